"""Fixtures of fees: the demonstration tariff, and a funded trader."""

import shutil

import pytest

from fees.services import tariff_load
from fees.services.tariff import DATA


@pytest.fixture
def loaded(db):
    """The tariff of the demonstration country in the database."""
    return tariff_load()


@pytest.fixture
def schedule_loaded(db, tmp_path):
    """The same without its nomenclature of seven thousand lines, which charges do not ask."""
    for path in DATA.glob("*.csv"):
        if path.name not in {"nomenclature.csv", "tariff_notes.csv"}:
            shutil.copy(path, tmp_path)
    return tariff_load(tmp_path)
