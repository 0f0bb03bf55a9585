"""The guided form: nothing is lost, errors lead to their field, one lodgement however often one presses."""

import pytest
from django.urls import reverse

from declarations.models import Declaration
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from tests.factories import accounts, clearance, portal

pytestmark = pytest.mark.django_db


@pytest.fixture
def trader(db: None) -> Organisation:
    clearance.country_load()
    return clearance.trader_rich()


@pytest.fixture
def client(trader):
    return portal.browser(accounts.user(Role.TRADER, of=trader))


def test_an_empty_form_becomes_a_declaration_with_its_number(client):
    draft = portal.filled(client)
    for name in ("tasks", "items", "estimate", "check"):
        page = client.get(reverse(f"portal:{name}", args=[draft]))
        assert page.status_code == 200, name
    assert "error-summary" not in page.content.decode()
    sent = client.post(reverse("portal:check", args=[draft]), {"agreed": "on"})
    assert sent.status_code == 302, sent.content.decode()
    row = Declaration.objects.get(pk=draft)
    assert row.legal_state == "REGISTERED"
    page = client.get(sent["Location"]).content.decode()
    assert row.mrn in page
