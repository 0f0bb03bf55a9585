"""The list of rules and the partials that other pages include."""

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from risk.rules.rule_set import RULE_SET
from risk.selectors import risk_result_for
from risk.selectors.results import STEPS
from risk.services import risk_assess
from risk.types import StepShown, TraderStep
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from tests.factories import accounts
from tests.factories.risk import facts, item, message, snapshot

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [Role.RISK_ANALYST, Role.OFFICER, Role.AUDITOR])
def test_the_list_of_rules_shows_every_rule_to_who_may_see_risk(client: Client, role: Role) -> None:
    client.force_login(accounts.user(role), backend="django.contrib.auth.backends.ModelBackend")
    with CaptureQueriesContext(connection) as queries:
        response = client.get(reverse("risk:rules"))
    page = response.content.decode()
    assert response.status_code == 200
    assert all(f'id="{rule.id}"' in page for rule in RULE_SET.rules)
    assert len(queries) <= 6


def test_the_list_of_rules_is_closed_to_traders_and_strangers(client: Client) -> None:
    assert client.get(reverse("risk:rules")).status_code == 302
    client.force_login(accounts.user(Role.TRADER), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("risk:rules")).status_code == 403


def test_the_officers_partial_shows_reasons_bars_and_what_were_without_them() -> None:
    odd = message(
        item(price={"amount": "100", "currency": "EUR"}, description="<b>L\u0430ptops</b>"),
        transport={"border_mode": "1", "border_id": "<i>1</i>", "border_id_type": "10"},
    )
    of = snapshot(odd)
    with unit_of_work() as work:
        risk_assess(work, of, actor=system_actor("tests"), facts=facts(pair_seen=False))
    risk = risk_result_for(of.id, accounts.actor(Role.OFFICER))
    page = render_to_string("risk/partials/reasons.html", {"risk": risk})
    assert "RM-VAL-01" in page
    assert 'width="100%"' in page
    assert "<bdi>5.00 EUR per kg" in page
    assert "<i>1</i>" not in page
    assert "<b>L" not in page
    assert f"Score {risk.score} of 100" in page


def test_the_partial_says_so_when_nothing_was_found() -> None:
    of = snapshot()
    with unit_of_work() as work:
        risk_assess(work, of, actor=system_actor("tests"), facts=facts())
    risk = risk_result_for(of.id, accounts.actor(Role.OFFICER))
    assert "No rule found anything odd." in render_to_string("risk/partials/reasons.html", {"risk": risk})


def test_the_traders_partial_has_sentences_and_codes_only() -> None:
    steps = [StepShown(step, str(STEPS[step])) for step in TraderStep]
    page = render_to_string("risk/partials/steps.html", {"steps": steps})
    assert "Have the invoice" in page
    assert "TS-VALUE" in page
    assert "RM-" not in page
    assert render_to_string("risk/partials/steps.html", {"steps": []}).strip() == ""
