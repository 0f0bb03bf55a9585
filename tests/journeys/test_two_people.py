"""Nothing that decides about goods goes live by one person, by page, software, command or a hand in the tables."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from risk.models import Profile, RuleSet
from risk.services import risk_assess
from risk.types import Lane
from singlewindow.accounts.permissions import SCOPE_PERMISSIONS, Permission, Role
from singlewindow.accounts.types import system_actor
from singlewindow.approvals.models import Proposal
from singlewindow.audit.models import Event
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from tests.factories import accounts, profiles, risk

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"

MAY_CALL = {
    "singlewindow/approvals/services.py",
    "singlewindow/approvals/views.py",
    "singlewindow/demo/watching.py",
    "agencies/services/applications/issuing.py",
}
"""Code that decides proposals: the act, its page, the demonstration, whose two people are made up, and the page of an
agency on which a second officer agrees that a permit is issued."""

LAPTOPS = {
    "rows": "2",
    "c-0-field": "hs6",
    "c-0-operator": "begins",
    "c-0-values": "8471",
    "c-1-field": "origin",
    "c-1-operator": "in",
    "c-1-values": "CN",
    "effect": "RED",
    "step": "TS-GOODS",
    "hit_rate": "20",
    "valid_days": "30",
    "name": "Laptops of one origin",
    "owner": "Risk unit",
    "basis": "Customs act, section 9",
    "act": "save",
}


def browser(role: Role) -> Client:
    """The browser of a new person of a role."""
    client = Client()
    client.force_login(accounts.user(role), backend=BACKEND)
    return client


def lane_now() -> tuple[Lane, list[str], str]:
    """The lane of an ordinary declaration of laptops, the rules that say so, and the rule set it was scored with."""
    with unit_of_work() as work:
        result = risk_assess(work, risk.snapshot(), actor=system_actor("tests"), facts=risk.facts())
    return result.lane, [reason.rule for reason in result.reasons], result.rule_set_hash


def test_a_profile_decides_about_goods_from_the_moment_a_second_person_agrees_and_not_before() -> None:
    analyst, supervisor = browser(Role.RISK_ANALYST), browser(Role.SUPERVISOR)
    assert analyst.post(reverse("risk:profile-new"), LAPTOPS).status_code == 302
    made = Profile.objects.get()
    act = reverse("risk:profile-act", args=[made.id])
    assert lane_now()[0] is not Lane.RED

    profiles.simulate(made)
    assert analyst.post(act, {"act": "propose"}).status_code == 302
    page = reverse("approvals:proposal", args=[Proposal.objects.get().id])
    assert analyst.post(page, {"decision": "grant", "reason": "I wrote it well."}).status_code == 403
    assert lane_now()[0] is not Lane.RED

    assert supervisor.post(page, {"decision": "grant", "reason": "The figures hold."}).status_code == 302
    lane, rules, used = lane_now()
    assert (lane, made.code in rules) == (Lane.RED, True)
    committed = Event.objects.get(verb=Verb.RULE_SET_COMMITTED, subject_id=used)
    assert RuleSet.objects.filter(hash=used).exists()
    assert committed.id < Event.objects.filter(verb=Verb.RISK_ASSESSED).latest("id").id

    assert analyst.post(act, {"act": "end", "reason": "Nothing was found."}).status_code == 302
    assert lane_now()[0] is Lane.RED
    page = reverse("approvals:proposal", args=[Proposal.objects.get(kind="risk.profile_end").id])
    assert supervisor.post(page, {"decision": "grant", "reason": "So be it."}).status_code == 302
    assert lane_now()[0] is not Lane.RED


def test_no_token_carries_the_permission_to_write_or_to_agree() -> None:
    carried = frozenset().union(*SCOPE_PERMISSIONS.values())
    assert not carried & {Permission.DECIDE_PROPOSAL, Permission.EDIT_RISK, Permission.SYSTEM}


def test_no_command_task_or_other_page_agrees() -> None:
    folders = [settings.BASE_DIR / name for name in ("singlewindow", "declarations", "fees", "risk", "agencies")]
    files: list[Path] = [
        path for folder in [*folders, settings.BASE_DIR / "clearance"] for path in folder.rglob("*.py")
    ]
    callers = {
        str(path.relative_to(settings.BASE_DIR))
        for path in files
        if "proposal_decide(" in path.read_text(encoding="utf-8")
    }
    assert callers == MAY_CALL


def test_every_table_of_what_goes_live_asks_the_database_for_a_second_person() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE '%%needs_grant'"
        )
        guarded = {table for (table,) in cursor.fetchall()}
    assert guarded >= {"risk_profile", "risk_alertentry", "risk_rulesetinforce", "screening_listversion"}
