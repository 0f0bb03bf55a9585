"""Pages of the style guide and a browser for them."""

from typing import Any

import pytest

from singlewindow.accounts.models import User
from singlewindow.accounts.permissions import Role
from singlewindow.runtime.browser import chromium_path
from tests.factories import accounts


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Chromium as the machine has it; without its sandbox, because tests may run as root."""
    return {**browser_type_launch_args, "executable_path": chromium_path(), "args": ["--no-sandbox"]}


@pytest.fixture
def administrator(db: None) -> User:
    """A person who may see the style guide."""
    return accounts.user(Role.ADMINISTRATOR)


@pytest.fixture(scope="session")
def base_url() -> str:
    """No address in advance: each test has its server's. The plugin's own fixture warns under this pytest."""
    return ""
