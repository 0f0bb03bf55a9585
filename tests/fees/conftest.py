"""Fixtures of fees: the demonstration tariff, and a funded trader."""

import pytest

from fees.services import tariff_load


@pytest.fixture
def loaded(db):
    """The tariff of the demonstration country in the database."""
    return tariff_load()
