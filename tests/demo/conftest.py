"""The demonstration is loaded in whole days, each in one transaction, by one process that is alone in its database."""

import pytest


@pytest.fixture(autouse=True)
def _locks_in_order() -> None:
    """Nobody waits for a load that is alone, so the order in which it locks the rows of many acts says nothing."""
