"""A country, a trader whose account covers any debt, and the trader's browser."""

import pytest
from django.test import Client

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from tests.factories import accounts, clearance, portal


@pytest.fixture
def trader(db: None) -> Organisation:
    """The importer of these tests."""
    clearance.country_load()
    return clearance.trader_rich()


@pytest.fixture
def client(trader: Organisation) -> Client:
    """The browser of a person of the trader."""
    return portal.browser(accounts.user(Role.TRADER, of=trader))
