"""Release: the predicate asked under locks, the money taken and the goods freed in one transaction."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from agencies.selectors import holds_open_for, lpco_status
from agencies.services import permits_consume, permits_lock
from clearance.models import PostClearanceCase
from clearance.rules.release import release_verdict
from clearance.services.cases import CaseValues
from clearance.services.cover import debt_cover
from clearance.services.two_step.obligations import is_simplified, supplementary_owe
from clearance.services.two_step.payment import completed_lock
from clearance.types import Holder, Term, Verdict
from declarations.services import declaration_clear, declaration_release
from declarations.types import DeclarationHead
from fees.services import debt_finalise
from fees.states import COVERED, FiscalState
from risk.types import Lane
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.cargo.selectors import cargo_short
from singlewindow.db.work import Work
from singlewindow.jobs.services import timers_cancel

TIMER = "clearance.clock"
ALL_BUT_MONEY = frozenset({Term.MONEY})


def release_try(
    work: Work,
    head: DeclarationHead,
    *,
    actor: Actor,
    at: datetime,
    lane: Lane,
    fiscal: FiscalState,
    holds: Iterable[str] | None = None,
    permits_satisfied: bool | None = None,
    permits_used: bool = True,
    reason: str = "",
) -> tuple[Verdict, DeclarationHead]:
    """Release the goods if every term holds; the money is asked for last and taken in the same transaction.

    Locks: the caller holds the declaration's row; the simplified one that it completes, permits, then the fiscal
    status, guarantees and the account are locked here, in that order.

    Idempotent: a declaration that is not ACCEPTED any more is left as it is.

    Args:
        holds: agencies of the open holds and `permits_satisfied`, when the caller has just made them.
        permits_used: false when the caller has just seen that the declaration names no permit: none is looked for.
        fiscal: the fiscal state as it is before the money is asked for.

    Source: CL-REL-01, CL-REL-02.
    """
    held = [hold.agency for hold in holds_open_for(head.id)] if holds is None else list(holds)
    satisfied = lpco_status(head.id).satisfied if permits_satisfied is None else permits_satisfied

    short = cargo_short(head.id)

    def verdict_with(money: FiscalState) -> Verdict:
        return release_verdict(
            legal=head.legal_state,
            goods=head.goods_state,
            holds=held,
            permits_satisfied=satisfied,
            fiscal=money,
            cargo_short=short,
        )

    verdict = verdict_with(fiscal)
    if set(verdict.blocking) == ALL_BUT_MONEY:
        completed_lock(head)
        if permits_used:
            permits_lock(work, head.id)
        fiscal = debt_cover(work, head, actor=actor, at=at)
        verdict = verdict_with(fiscal)
    if not verdict.release:
        return verdict, head
    if permits_used:
        permits_consume(work, head.id, actor=actor, at=at)
    return verdict, _release(work, head, actor=actor, at=at, lane=lane, fiscal=fiscal, reason=reason)


def _release(
    work: Work, head: DeclarationHead, *, actor: Actor, at: datetime, lane: Lane, fiscal: FiscalState, reason: str
) -> DeclarationHead:
    released = declaration_release(work, head.id, actor, reason=reason, locked=head)
    timers_cancel(work, subject_id=str(head.id), kind=TIMER)
    if lane is Lane.BLUE:
        work.insert(PostClearanceCase, ("declaration_id", "source", "opened_at"), [(head.id, "BLUE", at)])
    if is_simplified(head):
        supplementary_owe(work, released, actor)
    elif fiscal in COVERED and debt_finalise(work, head.id, actor=actor, at=at):
        window = system_actor("clearance", conversation_id=actor.conversation_id)
        released = declaration_clear(work, head.id, window, locked=released)
    return released


def closed(case: CaseValues, *, at: datetime, automatic: bool) -> CaseValues:
    """The case after release."""
    return replace(
        case, holder=Holder.NOBODY, blocking="", agency="", released_at=at, closed_at=at, automatic=automatic
    )
