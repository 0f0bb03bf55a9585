"""No profile, model or list goes live by one person: every page, every address of the API, every command is walked."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command, get_commands
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from risk.models import AlertEntry, RuleSetInForce
from risk.rules.policy import SelectionPolicy
from risk.selectors.rule_sets import rule_set_in_force
from risk.services import alert_propose, rule_change_propose
from risk.types import AlertKind, RuleChange, RuleChangeKind
from singlewindow.accounts.models import User
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.approvals.models import Proposal
from singlewindow.demo import engine
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict
from tests.factories import accounts
from tests.factories.governance import model_registered, tried

CHANGES = [
    RuleChange(RuleChangeKind.BANDS, {"blue": 99, "yellow": 99, "red": 100}),
    RuleChange(RuleChangeKind.SELECTION, SelectionPolicy(capacity={"*": 0}).plain()),
    RuleChange(RuleChangeKind.TABLES, {"version": "a" * 64}),
]
KNOWN_COMMANDS = {
    "risk": {"load_risk", "risk_train", "risk_evaluate", "risk_register"},
    "screening": {"screening_load"},
    "learning": set(),
    "approvals": set(),
}
"""Commands that may propose, train or judge; a new one must be looked at before it is added here."""
pytestmark = pytest.mark.django_db


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield path


@pytest.mark.parametrize("role", [Role.RISK_ANALYST, Role.SUPERVISOR])
def test_who_proposed_cannot_agree_on_the_page_whatever_the_role(client: Client, role: Role) -> None:
    user = accounts.user(Role.RISK_ANALYST)
    analyst = actor_of_user(user)
    model = RuleChange(RuleChangeKind.MODEL, {"hash": model_registered(analyst)})
    for change in (*CHANGES, model):
        tried(change)
        rule_change_propose(actor=analyst, change=change, title="mine alone")
    entry: dict[str, Any] = {"kind": AlertKind.PARTY, "value": "X", "reason": "r", "basis": "b", "owner": "o"}
    alert_propose(actor=analyst, valid_to=clock.today() + timedelta(days=9), **entry)
    user.memberships.update(role=role.value)  # a new role makes no second person
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for proposal in Proposal.objects.all():
        answer = client.post(
            reverse("approvals:proposal", args=[proposal.id]), {"decision": "grant", "reason": "I agree with myself"}
        )
        assert answer.status_code in (403, 404, 409, 422), (proposal.kind, answer.status_code)
    assert not Proposal.objects.exclude(state="open").exists()
    assert not RuleSetInForce.objects.exclude(proposal_id=None).exists()
    assert not AlertEntry.objects.filter(state="live").exists()
    assert not rule_set_in_force().model


def test_the_api_has_no_address_that_changes_what_decisions_rest_on(client: Client) -> None:
    api = [path for path in routes(get_resolver()) if path.startswith("api/")]
    about = [path for path in api if any(w in path for w in ("risk", "rule", "profile", "model", "screen", "proposal"))]
    assert about == []
    for method in ("post", "put", "patch", "delete"):
        sent = getattr(client, method)("/api/v1/statistics/compliance", json.dumps({}), "application/json")
        assert sent.status_code in (401, 403, 405)


def test_every_command_of_these_rooms_was_looked_at() -> None:
    for label, known in KNOWN_COMMANDS.items():
        config = apps.get_app_config(label)
        found = {name for name, app in get_commands().items() if app == config.name}
        assert found <= known, (label, found - known)
        for name in found:
            text = (Path(config.path) / "management" / "commands" / f"{name}.py").read_text()
            assert "system_actor" not in text, f"{name} acts without a person"
            assert "proposal_decide" not in text, f"{name} agrees by itself"


@pytest.mark.parametrize("command", [("load_demo", {}), ("simulate_country", {"seed": 1, "days": 1})])
def test_no_command_makes_two_known_people_where_the_window_is_served_in_earnest(
    settings: Any, command: tuple[str, dict[str, int]]
) -> None:
    settings.SESSION_COOKIE_SECURE, settings.CSW_DEMO = True, False
    with pytest.raises(Conflict, match="passwords"):
        call_command(command[0], stdout=StringIO(), **command[1])
    assert not User.objects.filter(username="analyst").exists()
    assert not Proposal.objects.exists()


def test_the_way_past_the_second_person_is_shut_where_anything_was_lodged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs on made countries put rule sets in force by themselves, in scratch databases only."""
    monkeypatch.setattr(engine, "any_declaration_lodged", lambda: True)
    with pytest.raises(RuntimeError, match="second person"):
        engine.rule_set_put(SelectionPolicy(capacity={"*": 1}), bands={"blue": 1, "yellow": 1, "red": 1}, model="")
    assert not RuleSetInForce.objects.exists()
