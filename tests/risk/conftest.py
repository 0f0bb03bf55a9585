"""What the risk tests share: reference data that stand in the tables, and a clock that stands still."""

from collections.abc import Iterator

import pytest

from singlewindow.accounts.types import system_actor
from singlewindow.kernel import clock
from singlewindow.reference.loading import LOADS
from singlewindow.reference.selectors import reference_refresh
from singlewindow.reference.services import reference_load
from tests.factories.risk import NOW

ASKED = {"profiles.json", "exchange_rates.csv"}
"""What risk asks of the reference data; the nomenclature alone would take longer than a test."""


@pytest.fixture
def loaded(db: None) -> Iterator[None]:
    """The country's profile and rates stand in the tables; no other test answers from them."""
    for load in LOADS:
        if load.name in ASKED:
            load.model._default_manager.bulk_create(load.model(**row, source="test") for row in load.rows())
    reference_refresh()
    with clock.frozen(NOW):
        yield
    reference_refresh()


@pytest.fixture
def all_loaded(db: None) -> Iterator[None]:
    """All reference data stand in the tables, for declarations that are lodged in earnest."""
    reference_load(actor=system_actor("test"))
    with clock.frozen(NOW):
        yield
    reference_refresh()
