"""Fixtures of revenue: the demonstration tariff in the database."""

from typing import Any

import pytest

from fees.services import tariff_load


@pytest.fixture
def loaded(db: Any) -> Any:
    """The tariff of the demonstration country in the database."""
    return tariff_load()
