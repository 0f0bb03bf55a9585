"""The country as it is shipped, loaded once for a module: its tariff has thousands of rows."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.factories.clearance import country_load


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The country as it is shipped, taken away after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        country_load()
        yield
        transaction.set_rollback(True)
