"""Fixtures of revenue: the demonstration tariff, and the country of the journeys."""

from typing import Any

import pytest

from tests.factories.tariff import tariff_small_load
from tests.journeys.conftest import country, importer, jobs_done

__all__ = ["country", "importer", "jobs_done"]


@pytest.fixture
def loaded(db: Any) -> Any:
    """The tariff of the demonstration country in the database."""
    return tariff_small_load()
