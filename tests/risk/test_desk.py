"""The analyst's desk and the pages of models: figures, curves, and what may be done by whom."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from risk.rules.learning import wilson
from risk.selectors.models_watched import models_watched
from risk.selectors.precision import precision_curve
from risk.selectors.rule_sets import rule_set_in_force
from risk.services import outcome_record, risk_assess
from risk.types import Outcome, RuleChange, RuleChangeKind
from singlewindow.accounts.models import User
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.approvals.models import Proposal
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import NotPermitted
from tests.factories import accounts
from tests.factories.governance import agree, change_live, model_registered
from tests.factories.risk import facts, item, message, snapshot

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
ACTOR = system_actor("tests")
CHEAP = {"amount": "100", "currency": "EUR"}


@pytest.fixture
def analyst(client: Client) -> User:
    person = accounts.user(Role.RISK_ANALYST)
    client.force_login(person, backend=BACKEND)
    return person


def scored(outcome: Outcome | None = None, **changes: Any) -> None:
    of = snapshot(message(item(**changes)))
    with unit_of_work() as work:
        risk_assess(work, of, actor=ACTOR, facts=facts())
    if outcome is not None:
        with unit_of_work() as work:
            outcome_record(work, of, outcome=outcome, actor=ACTOR)


def test_the_curve_counts_the_checked_of_the_highest_scores(loaded: None) -> None:
    scored(Outcome.VALUE, price=CHEAP)
    scored(Outcome.CONFORM, price=CHEAP)
    for _ in range(7):
        scored()
    scored(Outcome.CONFORM)
    tenth, half, everything = precision_curve(accounts.actor(Role.RISK_ANALYST), shares=(0.2, 0.5, 1.0))
    assert (tenth.declarations, tenth.checked, tenth.found) == (2, 2, 1)
    assert tenth.precision == wilson(1, 2)
    assert half.declarations == 5
    assert (everything.declarations, everything.checked, everything.found) == (10, 3, 1)


def test_the_curve_of_nothing_is_empty_and_of_the_unchecked_says_nothing(loaded: None) -> None:
    actor = accounts.actor(Role.RISK_ANALYST)
    assert precision_curve(actor) == []
    scored()
    assert {one.precision for one in precision_curve(actor)} == {None}
    with pytest.raises(NotPermitted):
        precision_curve(accounts.actor(Role.TRADER))


def test_the_desk_stands_before_anything_happened_and_after(loaded: None, analyst: User, client: Client) -> None:
    assert client.get(reverse("risk:desk")).status_code == 200
    scored(Outcome.VALUE, price=CHEAP)
    page = client.get(reverse("risk:desk")).content.decode()
    assert "Findings among checks" in page
    assert "100 % of 1" in page.replace("\u202f", " ").replace("\xa0", " ") or "100% of 1" in page


def test_the_desk_takes_no_more_queries_for_more_declarations(loaded: None, analyst: User, client: Client) -> None:
    scored(Outcome.VALUE, price=CHEAP)
    client.get(reverse("risk:desk"))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(reverse("risk:desk"))
    for _ in range(3):
        scored(Outcome.CONFORM, price=CHEAP)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("risk:desk"))
    assert len(many) == len(few)
    assert len(few) <= 22


@pytest.mark.parametrize("role", [Role.TRADER, Role.BROKER, Role.CARRIER, Role.AGENCY_OFFICER])
def test_to_strangers_desk_and_models_do_not_exist(role: Role, client: Client) -> None:
    client.force_login(accounts.user(role), backend=BACKEND)
    for address in ("risk:desk", "risk:models"):
        assert client.get(reverse(address)).status_code == 404


def test_a_model_is_watched_only_when_a_second_person_agrees(loaded: None, analyst: User, client: Client) -> None:
    model = model_registered()
    page = client.get(reverse("risk:model", args=[model])).content.decode()
    assert "Propose to watch it" in page
    answer = client.post(reverse("risk:model-watch", args=[model]), {"act": "begin"})
    assert answer.status_code == 302
    assert rule_set_in_force().shadow == ()
    agree(Proposal.objects.get().id)
    assert rule_set_in_force().shadow == (model,)
    assert "Watched" in client.get(reverse("risk:models")).content.decode()
    assert client.post(reverse("risk:model-watch", args=[model]), {"act": "begin"}).status_code == 404


def test_an_officer_reads_of_models_and_changes_none(loaded: None, client: Client) -> None:
    model = model_registered()
    client.force_login(accounts.user(Role.OFFICER), backend=BACKEND)
    assert "Propose" not in client.get(reverse("risk:model", args=[model])).content.decode()
    assert client.post(reverse("risk:model-watch", args=[model]), {"act": "begin"}).status_code == 404
    assert client.get(reverse("risk:model", args=["0" * 64])).status_code == 404


def test_models_in_force_and_watched_are_held_against_what_checks_found(loaded: None) -> None:
    model = model_registered()
    change_live(RuleChange(RuleChangeKind.SHADOW, {"hashes": [model]}))
    for outcome in (Outcome.VALUE, Outcome.CONFORM, Outcome.CONFORM):
        scored(outcome)
    watched = models_watched(accounts.actor(Role.RISK_ANALYST))[model]
    assert (watched.checked, watched.found) == (3, 1)
    assert watched.auc == 0.5  # three alike: a tie counts half
