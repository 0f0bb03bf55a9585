"""Fixtures of fees: the demonstration tariff, as much of it as a test reads."""

import pytest

from fees.services import tariff_load
from tests.factories.tariff import tariff_small_load


@pytest.fixture
def loaded(db):
    """The tariff of the demonstration country in the database, without the texts of its nomenclature."""
    return tariff_small_load()


@pytest.fixture
def loaded_whole(db):
    """The same with its nomenclature, for tests that read it."""
    return tariff_load()
