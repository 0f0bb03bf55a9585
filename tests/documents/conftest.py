"""Files of documents lie in a folder of each test's own."""

from copy import deepcopy
from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> Path:
    """The folder under which incoming and kept files lie."""
    places = deepcopy(settings.STORAGES)
    places["incoming"]["OPTIONS"]["location"] = str(tmp_path / "incoming")
    settings.STORAGES = places
    return tmp_path
