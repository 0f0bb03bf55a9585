"""AP-002, AP-004: of each kind of proposal the roles that may propose it and agree to it; everybody else is refused."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as configured

from agencies.services.applications.issuing import IssueOrder, part_issue
from fees.services.crediting import credit_or_propose
from fees.services.rulings import RulingDraft, ruling_propose
from fees.services.schedule import charge_propose
from fees.services.tariff.changes import change_propose
from risk.services import alert_propose, rule_change_propose
from risk.services.alerts import alert_end_propose
from risk.services.profile_life import profile_end_propose
from risk.services.profiles import profile_propose
from risk.types import AlertKind, RuleChange, RuleChangeKind
from singlewindow.accounts.permissions import Permission, Role
from singlewindow.accounts.types import Actor, ActorKind
from singlewindow.approvals.models import Proposal
from singlewindow.approvals.selectors import may_decide, proposal_for, proposal_view
from singlewindow.approvals.services import proposal_decide
from singlewindow.guarantees.services.changing import limit_change
from singlewindow.guarantees.services.registering import guarantee_propose
from singlewindow.guarantees.services.reinstating import guarantee_reinstate
from singlewindow.kernel import clock
from singlewindow.kernel.errors import DomainError, NotPermitted
from singlewindow.kernel.identifiers import uuid7
from singlewindow.payments.services.clearing import Plan, suspense_clear
from singlewindow.quotas.services import QuotaChange, quota_change_propose
from singlewindow.quotas.types import ChangeKind
from singlewindow.revenue.services import deferment_propose
from singlewindow.revenue.services.determining import determination_begin
from singlewindow.revenue.services.resuming import deferment_resume
from singlewindow.revenue.types import FinalDebt
from singlewindow.runtime.checks import proposal_kinds_have_their_office, proposal_kinds_resolve
from singlewindow.screening.services.lists import lists_load
from tests.factories import accounts, approvals, revenue

pytestmark = pytest.mark.django_db

OFFICER, SUPERVISOR, ANALYST, AGENCY = Role.OFFICER, Role.SUPERVISOR, Role.RISK_ANALYST, Role.AGENCY_OFFICER
NOBODY = uuid7()
TODAY = clock.today()


def rules(kind: RuleChangeKind, **values: Any) -> Callable[[Actor], object]:
    return lambda by: rule_change_propose(actor=by, change=RuleChange(kind, values), title="A change")


def alert(by: Actor) -> object:
    entry: dict[str, Any] = {"kind": AlertKind.PARTY, "value": "X", "reason": "", "basis": "b", "owner": "o"}
    return alert_propose(actor=by, valid_to=TODAY + timedelta(days=9), **entry)


def ruling(by: Actor) -> object:
    days = {"valid_from": TODAY, "valid_to": TODAY}
    return ruling_propose(RulingDraft("N", "NOBODY", "090111", "", goods="g", text="t", **days), actor=by)


def permit(by: Actor) -> object:
    return part_issue(actor=by, part_id=NOBODY, order=IssueOrder(valid_from=TODAY, valid_to=TODAY, lines=()))


def credit(by: Actor) -> object:
    asked: dict[str, Any] = {"organisation_id": NOBODY, "currency": "EUR", "reference": "R"}
    return credit_or_propose(amount=Decimal(0), actor=by, **asked)


def quota(by: Actor) -> object:
    change = QuotaChange(kind=ChangeKind.VOLUME, reason="More", quantity=Decimal(1))
    return quota_change_propose(quota_id=NOBODY, change=change, actor=by)


@dataclass(frozen=True)
class Office:
    """Who proposes, who agrees, and how one proposes; what is proposed here does not exist, so it is never accepted."""

    proposes: set[Role]
    agrees: set[Role]
    propose: Callable[[Actor], object]


RISK: tuple[set[Role], set[Role]] = ({ANALYST}, {ANALYST, SUPERVISOR})
MONEY: tuple[set[Role], set[Role]] = ({SUPERVISOR}, {SUPERVISOR})
DESK: tuple[set[Role], set[Role]] = ({OFFICER, SUPERVISOR}, {SUPERVISOR})
LAW: tuple[set[Role], set[Role]] = ({SUPERVISOR, Role.ADMINISTRATOR}, {SUPERVISOR})
OFFICES = {
    "risk.profile": Office(*RISK, lambda by: profile_propose(actor=by, profile_id=NOBODY)),
    "risk.profile_end": Office(*RISK, lambda by: profile_end_propose(actor=by, profile_id=NOBODY, reason="Over")),
    "risk.model": Office(*RISK, rules(RuleChangeKind.MODEL, hash="a" * 64)),
    "risk.shadow": Office(*RISK, rules(RuleChangeKind.SHADOW, hashes=["a" * 64])),
    "risk.bands": Office(*RISK, rules(RuleChangeKind.BANDS, blue=9, yellow=5, red=1)),
    "risk.selection": Office(*RISK, rules(RuleChangeKind.SELECTION, capacity={"*": -1})),
    "risk.tables": Office(*RISK, rules(RuleChangeKind.TABLES, version="a" * 64)),
    "risk.alert": Office(*RISK, alert),
    "risk.alert_end": Office(*RISK, lambda by: alert_end_propose(actor=by, alert_id=NOBODY, reason="Over")),
    "screening.list": Office(*RISK, lambda by: lists_load(files=[], actor=by)),
    "agencies.issue": Office({AGENCY}, {AGENCY}, permit),
    "payments.clear": Office(
        *MONEY, lambda by: suspense_clear(suspense_id=NOBODY, plan=Plan("clear", NOBODY), reason="Theirs", actor=by)
    ),
    "fees.credit": Office(*MONEY, credit),
    "revenue.deferment": Office(*MONEY, lambda by: deferment_propose(revenue.terms(accounts.organisation()), actor=by)),
    "quotas.change": Office(*MONEY, quota),
    "revenue.determination": Office(
        *DESK, lambda by: determination_begin(declaration_id=NOBODY, final=FinalDebt(due={}, reason=""), actor=by)
    ),
    "guarantees.grant": Office(
        *DESK, lambda by: guarantee_propose(actor=by, guarantee_id=NOBODY, level=100, criteria=[], reason="Seen")
    ),
    "guarantees.limit": Office(
        *DESK, lambda by: limit_change(actor=by, guarantee_id=NOBODY, limit=Decimal(5), reason="They trade more.")
    ),
    "guarantees.reinstate": Office(
        *DESK, lambda by: guarantee_reinstate(actor=by, guarantee_id=NOBODY, reason="They pay again.")
    ),
    "revenue.resume": Office(
        *MONEY, lambda by: deferment_resume(deferment_id=NOBODY, reason="They pay again.", actor=by)
    ),
    "fees.charge": Office({SUPERVISOR, AGENCY}, {SUPERVISOR}, lambda by: charge_propose(draft_id=NOBODY, actor=by)),
    "tariff.change": Office(*LAW, lambda by: change_propose(change_id=NOBODY, actor=by)),
    "fees.ruling": Office(*LAW, ruling),
}
KINDS = sorted(OFFICES)


def may_propose(kind: str, actor: Actor) -> bool:
    try:
        OFFICES[kind].propose(actor)
    except NotPermitted:
        return False
    except DomainError:
        return True  # the office is theirs; what they ask for does not exist
    return True


def refused(proposal: Proposal, actor: Actor) -> bool:
    """Whether the proposal stays as it is, whatever the actor says."""
    for grant in (True, False):
        with pytest.raises(NotPermitted):
            proposal_decide(proposal_id=proposal.pk, actor=actor, grant=grant, reason="I say so.")
    return Proposal.objects.get(pk=proposal.pk).state == "open" and not may_decide(actor, proposal_view(proposal))


@pytest.fixture
def waiting(settings: Any) -> Callable[[str, Actor], Proposal]:
    """Something of a kind that waits, whose effect only notes that it was called."""
    settings.PROPOSAL_KINDS = dict.fromkeys(settings.PROPOSAL_KINDS, "tests.factories.approvals.effect")
    settings.PROPOSAL_DECLINED = {}
    approvals.done.clear()
    return lambda kind, by: Proposal.objects.get(pk=approvals.propose(by, kind=kind))


def test_AP_004_every_kind_stands_in_the_table() -> None:
    assert set(OFFICES) == set(configured.PROPOSAL_KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_AP_004_only_whose_office_it_is_proposes(kind: str) -> None:
    assert {role for role in Role if may_propose(kind, accounts.actor(role))} == OFFICES[kind].proposes


@pytest.mark.parametrize("kind", KINDS)
def test_AP_004_only_whose_office_it_is_agrees(kind: str, waiting: Callable[[str, Actor], Proposal]) -> None:
    proposal = waiting(kind, accounts.actor(ANALYST))
    for role in set(Role) - OFFICES[kind].agrees:
        assert refused(proposal, accounts.actor(role)), role
    assert not approvals.done
    for role in OFFICES[kind].agrees:
        another, second = waiting(kind, accounts.actor(ANALYST)), accounts.actor(role)
        assert may_decide(second, proposal_view(another))
        assert proposal_decide(proposal_id=another.pk, actor=second, grant=True, reason="Looked at it.").decided_by
        assert approvals.done.pop() == ("effect", another.subject_id, second.label)


@pytest.mark.parametrize("kind", KINDS)
def test_AP_002_nobody_agrees_to_what_they_proposed(kind: str, waiting: Callable[[str, Actor], Proposal]) -> None:
    for role in OFFICES[kind].agrees:
        one = accounts.actor(role)
        assert refused(waiting(kind, one), one), role
    assert not approvals.done


@pytest.mark.parametrize("kind", KINDS)
def test_AP_002_no_software_agrees_whatever_it_may_do(kind: str, waiting: Callable[[str, Actor], Proposal]) -> None:
    software = replace(accounts.actor(SUPERVISOR), kind=ActorKind.CLIENT, permissions=frozenset(Permission))
    proposal = waiting(kind, accounts.actor(ANALYST))
    with pytest.raises(NotPermitted):
        proposal_decide(proposal_id=proposal.pk, actor=software, grant=True, reason="I say so.")
    assert not approvals.done


def test_AP_004_a_kind_of_which_nothing_is_said_is_agreed_to_by_nobody(
    waiting: Callable[[str, Actor], Proposal], settings: Any
) -> None:
    proposal = waiting("fees.credit", accounts.actor(SUPERVISOR))
    settings.PROPOSAL_NEEDS = {kind: need for kind, need in settings.PROPOSAL_NEEDS.items() if kind != "fees.credit"}
    everything = replace(accounts.actor(SUPERVISOR), permissions=frozenset(Permission))
    assert refused(proposal, everything)
    assert not may_decide(everything, proposal_for(everything, proposal.pk))


def test_AP_004_a_kind_of_which_nothing_is_said_is_found_at_start(settings: Any) -> None:
    assert proposal_kinds_resolve(None) == proposal_kinds_have_their_office(None) == []
    settings.PROPOSAL_NEEDS = {kind: need for kind, need in settings.PROPOSAL_NEEDS.items() if kind != "fees.credit"}
    (found,) = proposal_kinds_have_their_office(None)
    assert found.id == "runtime.E005"
    assert "fees.credit" in found.msg
    settings.PROPOSAL_NEEDS = settings.PROPOSAL_NEEDS | {"fees.credit": "system", "fees.credits": "account.credit"}
    assert [found.id for found in proposal_kinds_have_their_office(None)] == ["runtime.E005"] * 2
