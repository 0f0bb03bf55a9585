"""What the risk tests share: reference data that stand in the tables, and a clock that stands still."""

from collections.abc import Iterator

import pytest

from singlewindow.accounts.types import system_actor
from singlewindow.kernel import clock
from singlewindow.reference.selectors import reference_refresh
from singlewindow.reference.services import reference_load
from tests.factories.risk import NOW


@pytest.fixture
def loaded(db: None) -> Iterator[None]:
    """The country's profile and rates stand in the tables; no other test answers from them."""
    reference_refresh()
    reference_load(actor=system_actor("test"))
    with clock.frozen(NOW):
        yield
    reference_refresh()
