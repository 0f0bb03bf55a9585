"""What every test may count on: the embedded servers run, and the address of no other machine is needed."""

import os
from pathlib import Path

import pytest
from django.conf import settings

# Playwright's synchronous API keeps an event loop in the thread; the ORM of the test itself is still synchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.fixture(scope="session")
def shared_inputs() -> Path:
    """The folder of sample inputs beside the project; tests that read it are skipped where it is absent."""
    folder: Path = settings.CSW_SHARED / "inputs"
    if not folder.is_dir():
        pytest.skip(f"no sample inputs at {folder}")
    return folder
