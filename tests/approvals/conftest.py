"""What tests of approvals share: a kind of proposal of their own, and whether it took effect."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.factories import approvals


@pytest.fixture(autouse=True)
def kinds(settings: Any) -> Iterator[list[tuple[str, str, str]]]:
    """The kind of the tests is known; what takes effect is noted."""
    settings.PROPOSAL_KINDS = settings.PROPOSAL_KINDS | approvals.KINDS
    settings.PROPOSAL_NEEDS = settings.PROPOSAL_NEEDS | approvals.NEEDS
    settings.PROPOSAL_DECLINED = settings.PROPOSAL_DECLINED | approvals.DECLINED
    approvals.done.clear()
    yield approvals.done
    approvals.done.clear()
