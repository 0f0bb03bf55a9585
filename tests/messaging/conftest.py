"""What tests of messaging share: the country, and software of a trader."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.factories import accounts
from tests.factories.clearance import country_load
from tests.factories.third_party import Software


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The country as it is shipped, loaded once for a module and taken away after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        country_load()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def software(db: None) -> Software:
    """The software of a trader, ZZIMP0001."""
    return Software(accounts.organisation(identifier="ZZIMP0001", name="Amari Foods Ltd"))
