"""A7: what was stopped is not let go on by one person where much is at stake: guarantees and deferments."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from singlewindow.approvals.models import Proposal
from singlewindow.approvals.services import proposal_decide
from singlewindow.db.work import unit_of_work
from singlewindow.guarantees.models import Guarantee
from singlewindow.guarantees.selectors import reserved_for
from singlewindow.guarantees.services.changing import guarantee_step, limit_change
from singlewindow.guarantees.services.drawing import guarantee_convert
from singlewindow.guarantees.services.reinstating import guarantee_reinstate
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotPermitted, RuleViolated, TransitionRefused
from singlewindow.revenue.models import Deferment, Statement
from singlewindow.revenue.services import deferment_change
from singlewindow.revenue.services.resuming import deferment_resume
from singlewindow.revenue.types import DefermentBasis
from tests.factories import accounts, guarantees, revenue

pytestmark = pytest.mark.django_db

MOST = 100_000
"""What one officer answers for alone, in cents: settings.SUSPENSE_ALONE_MOST."""


def supervisor() -> Actor:
    return accounts.actor(Role.SUPERVISOR)


def decided(actor: Actor) -> None:
    proposal = Proposal.objects.get(state="open")
    proposal_decide(proposal_id=proposal.pk, actor=actor, grant=True, reason="Looked at it.")


def suspended(limit_minor: int, **changes: Any) -> Guarantee:
    row = guarantees.guarantee(accounts.organisation(), limit_minor=limit_minor, **changes)
    guarantee_step(actor=supervisor(), guarantee_id=row.pk, step="suspend", reason="The bank is in trouble.")
    return row


def state(row: Guarantee | Deferment) -> str:
    return type(row)._default_manager.get(pk=row.pk).state  # type: ignore[union-attr]


def test_GU_LIF_05_one_officer_reinstates_no_large_guarantee() -> None:
    row, officer = suspended(MOST + 1), accounts.actor(Role.OFFICER)
    with pytest.raises(RuleViolated) as refusal:
        guarantee_step(actor=officer, guarantee_id=row.pk, step="reinstate", reason="They asked.")
    assert [one.rule for one in refusal.value.violations] == ["GU-LIF-05"]
    assert guarantee_reinstate(actor=officer, guarantee_id=row.pk, reason="They asked.") is not None
    assert state(row) == "SUSPENDED"
    for wrong in (officer, accounts.actor(Role.OFFICER), accounts.actor(Role.RISK_ANALYST)):
        with pytest.raises(NotPermitted):
            decided(wrong)
    decided(supervisor())
    assert (state(row), Guarantee.objects.get(pk=row.pk).reason) == ("ACTIVE", "They asked.")


def test_GU_LIF_05_up_to_the_limit_one_is_enough() -> None:
    row = suspended(MOST)
    assert guarantee_reinstate(actor=accounts.actor(Role.OFFICER), guarantee_id=row.pk, reason="They asked.") is None
    assert state(row) == "ACTIVE"


def test_GU_LIF_05_a_guarantee_that_changed_since_is_proposed_again() -> None:
    row = suspended(MOST * 3)
    guarantee_reinstate(actor=supervisor(), guarantee_id=row.pk, reason="They asked.")
    limit_change(actor=supervisor(), guarantee_id=row.pk, limit=Decimal(2000), reason="They trade less.")
    with pytest.raises(TransitionRefused):
        decided(supervisor())
    assert state(row) == "SUSPENDED"


def test_GU_LIF_05_the_page_says_that_it_waits() -> None:
    row, page = suspended(MOST + 1), Client()
    page.force_login(accounts.user(Role.OFFICER), backend="django.contrib.auth.backends.ModelBackend")
    sent = {"act": "step", "step": "reinstate", "reason": "They asked."}
    answer = page.post(f"/desk/guarantees/{row.pk}/", sent, follow=True)
    assert "It waits for a second person." in answer.content.decode()
    assert (state(row), Proposal.objects.get().kind) == ("SUSPENDED", "guarantees.reinstate")


def stopped(**changes: Any) -> Deferment:
    row = revenue.deferment(revenue.trusted(), **changes)
    deferment_change(deferment_id=row.pk, action="suspend", reason="Arrears", actor=supervisor())
    return row


def test_RV_DEF_10_one_supervisor_resumes_no_large_deferment() -> None:
    row, one = stopped(limit_minor=MOST + 1), supervisor()
    with pytest.raises(TransitionRefused):
        deferment_change(deferment_id=row.pk, action="resume", reason="They paid.", actor=one)
    assert deferment_resume(deferment_id=row.pk, reason="They paid.", actor=one) is not None
    assert state(row) == "suspended"
    for wrong in (one, accounts.actor(Role.RISK_ANALYST)):
        with pytest.raises(NotPermitted):
            decided(wrong)
    decided(supervisor())
    assert state(row) == "active"


def test_RV_DEF_10_up_to_the_limit_one_is_enough() -> None:
    row = stopped(limit_minor=MOST)
    assert deferment_resume(deferment_id=row.pk, reason="They paid.", actor=supervisor()) is None
    assert state(row) == "active"


@pytest.mark.parametrize("when", ["before it is proposed", "before it is agreed to"])
def test_RV_DEF_10_nothing_is_deferred_again_while_a_statement_is_overdue(when: str) -> None:
    row = stopped(limit_minor=MOST + 1)
    asked: dict[str, Any] = {"deferment_id": row.pk, "reason": "A friend.", "actor": supervisor()}
    if when == "before it is agreed to":
        deferment_resume(**asked)
    month = Statement.objects.create(deferment=row, month=date(2026, 9, 1), due_on=date(2026, 10, 16))
    for step in ("due", "overdue"):
        Statement.objects.filter(pk=month.pk).update(state=step, closed_at=clock.now(), closed_minor=1)
    with pytest.raises(RuleViolated) as refusal:
        decided(supervisor()) if when == "before it is agreed to" else deferment_resume(**asked)
    assert [one.rule for one in refusal.value.violations] == ["RV-DEF-10"]
    assert state(row) == "suspended"


def test_RV_DEF_10_a_deferment_that_was_suspended_for_another_reason_is_proposed_again() -> None:
    row = stopped(limit_minor=MOST + 1)
    deferment_resume(deferment_id=row.pk, reason="They paid.", actor=supervisor())
    Deferment.objects.filter(pk=row.pk).update(reason="Fraud")
    with pytest.raises(Conflict):
        decided(supervisor())
    assert state(row) == "suspended"


def test_RV_DEF_10_the_guarantee_behind_it_holds_the_whole_limit_again() -> None:
    holder, now = revenue.trusted(), clock.now()
    behind = guarantees.guarantee(holder, limit_minor=MOST * 2)
    row = revenue.deferment(
        holder, limit_minor=MOST, basis=DefermentBasis.GUARANTEE, grn=behind.grn, access_code=guarantees.CODE
    )
    deferment_change(deferment_id=row.pk, action="suspend", reason="Arrears", actor=supervisor())
    with unit_of_work() as work:
        guarantee_convert(
            work, subject_id=row.pk, purpose="deferment", amount_minor=40_000, actor=supervisor(), at=now, reason="Owed"
        )
    assert [one.open_minor for one in reserved_for(row.pk)] == [60_000]
    deferment_resume(deferment_id=row.pk, reason="They paid.", actor=supervisor())
    assert [one.open_minor for one in reserved_for(row.pk)] == [MOST]
    deferment_change(deferment_id=row.pk, action="suspend", reason="Arrears", actor=supervisor())
    guarantee_step(actor=supervisor(), guarantee_id=behind.pk, step="suspend", reason="The bank is in trouble.")
    with pytest.raises(RuleViolated):
        deferment_resume(deferment_id=row.pk, reason="They paid.", actor=supervisor())
    assert state(row) == "suspended"
