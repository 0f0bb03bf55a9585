"""What the tests of reference data share."""

from collections.abc import Iterator

import pytest

from singlewindow.accounts.types import system_actor
from singlewindow.reference.loading import LOADS
from singlewindow.reference.models import DataSource
from singlewindow.reference.selectors import reference_refresh
from singlewindow.reference.services import reference_load


@pytest.fixture(autouse=True)
def _nothing_held() -> Iterator[None]:
    """No test answers from what another one's transaction held."""
    reference_refresh()
    yield
    reference_refresh()


@pytest.fixture
def loaded(db: None) -> None:
    """The shipped data stand in the tables."""
    if DataSource.objects.count() != len(LOADS):
        reference_load(actor=system_actor("test"))
