"""Files of documents lie in a folder of each test's own."""

from copy import deepcopy
from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def folders(settings: Settings, tmp_path: Path) -> Path:
    """The folder under which incoming and kept files lie."""
    places = deepcopy(settings.STORAGES)
    for name in ("incoming", "documents"):
        places[name] = deepcopy(places["incoming"])
        places[name]["OPTIONS"]["location"] = str(tmp_path / name)
    settings.STORAGES = places
    return tmp_path
