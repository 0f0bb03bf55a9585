"""What tests of screening share: a small list in force, and nothing remembered from one test to the next."""

from collections.abc import Iterator

import pytest

from singlewindow.accounts.types import Actor
from tests.factories import screening


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    screening.forget()
    yield
    screening.forget()


@pytest.fixture
def first(db: None) -> Actor:
    """An analyst."""
    return screening.analyst()


@pytest.fixture
def second(db: None) -> Actor:
    """Another one."""
    return screening.analyst()


@pytest.fixture
def in_force(first: Actor, second: Actor) -> None:
    """The small list of specially designated nationals, agreed by two people."""
    screening.put_in_force(screening.sdn_files(), by=first, agreed_by=second)
