"""What a granted change does, by the stage of the declaration: all of it in the transaction of the grant."""

from dataclasses import dataclass, replace
from datetime import datetime

from agencies.services import holds_lock, holds_renew, holds_withdraw, permits_change, permits_free
from agencies.types import PermitOutcome
from clearance.models import Case
from clearance.rules.release import CUSTOMS
from clearance.services.cases import case_hold, case_lock, case_values, case_write, control_take
from clearance.services.decision import conclude, control_begin, deadlines_of, priced
from clearance.services.disputes.ending import dispute_lift, dispute_outdate
from clearance.services.matching import differences_hold, differences_watch
from clearance.services.release import TIMER, release_try
from clearance.services.two_step.obligations import supplementary_lift
from clearance.services.two_step.payment import completed_keep, completed_lock, settled_by_full
from clearance.services.warnings import warning_raise
from clearance.states import ControlState
from clearance.types import Holder, Term
from declarations.services import declaration_invalidate
from declarations.services.amendments import declaration_amend
from declarations.services.changes import Money, change_decide
from declarations.services.presentation import EXPIRY_TASK
from declarations.states import GoodsState, LegalState
from declarations.types import Change, ChangeKind, DeclarationSnapshot
from fees.services import assessment_make, debt_adjust, debt_reopen, debt_return
from fees.services.assessments import AGAIN
from fees.types import AssessmentKind, AssessmentSummary
from risk.services import history_update, risk_assess
from risk.types import HistoryEvent, Lane, RiskResult, Stage, lane_max
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue, timers_cancel
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import RuleViolated, Violation
from singlewindow.quotas.services import quota_change, quota_return
from singlewindow.reference.selectors import profile
from singlewindow.revenue.services import claims_end, claims_follow, claims_hold


def amendment_effect(
    work: Work, snapshot: DeclarationSnapshot, change: Change, actor: Actor, *, reason: str, at: datetime
) -> Change:
    """Put the content of a request in force with everything that follows from it; returns the granted request.

    Locks: the caller holds the declaration; permits, quotas, the fiscal status and the account are locked here.

    Source: CH-STG-01, CH-STG-02, CH-STG-04 (domain.md K1: re-run validation, assessment, risk).

    Raises:
        RuleViolated: GU-DIS-07, security was given for what is disputed; what follows from the new content.
    """
    message = change.message
    assert message is not None
    case_hold(work, snapshot.id)
    dispute_outdate(work, snapshot, actor=system_actor("clearance", conversation_id=actor.conversation_id))
    completed_lock(snapshot)
    after = declaration_amend(work, snapshot, message, change=change, actor=actor, at=at)
    work.flush()
    window = system_actor("clearance", conversation_id=actor.conversation_id)
    anew = _accepted_assess(work, after, window, at) if after.legal_state is LegalState.ACCEPTED else None
    if anew is not None:
        assessed: AssessmentSummary | None = anew.assessed
    elif after.legal_state is LegalState.REGISTERED:
        assessed = _scored_again(work, after, window, at)
    else:
        assessed = _settled_again(work, after, window, at)
    granted = change_decide(
        work,
        after,
        change,
        "grant",
        actor,
        at=at,
        reason=reason,
        money=_money(change, assessed),
        granted_version=after.version,
    )
    if (anew is None and after.legal_state is not LegalState.REGISTERED) or change.kind is ChangeKind.CORRECT:
        # What stands or is released is compared by a job: nothing waits for the answer.
        queue(work, "DifferenceAsked", subject_id=str(after.id), actor=window)
    if anew is not None and change.kind is ChangeKind.CORRECT:
        _case_corrected(after, anew)
    elif anew is not None:
        _decide_again(work, after, anew, window, at)
    return granted


def _money(change: Change, assessed: AssessmentSummary | None) -> Money:
    """What was owed when it was asked, and what was assessed of the new content."""
    known = assessed is not None and assessed.assessment_id is not None
    return Money(
        before_minor=change.money_before_minor,
        after_minor=assessed.total_minor if known and assessed else change.money_after_minor,
        currency=change.currency or (assessed.currency if assessed else ""),
    )


def _scored_again(work: Work, after: DeclarationSnapshot, window: Actor, at: datetime) -> AssessmentSummary | None:
    """Before acceptance: tell the new amount, and choose the lane again, never a lower one (CH-LAN-01).

    What was not looked at yet is looked at by the job that waits for this lock, on the new version.
    """
    standing = Case.objects.select_for_update().filter(pk=after.id).first()
    if standing is None or after.goods_state is not GoodsState.EXPECTED:
        return None
    assessed = assessment_make(work, after, at=at, kind=AssessmentKind.ESTIMATE, actor=window)
    result = risk_assess(work, after, actor=window, stage=Stage.AMENDMENT, revenue_minor=assessed.total_minor)
    lane = lane_max(Lane(standing.lane), result.lane)
    case = priced(case_values(after, lane=lane, score=int(result.score), at=at), assessed)
    state = ControlState(standing.control_state)
    if lane.needs_officer and state is ControlState.NONE:
        state = control_take(work, declaration_id=after.id, mrn=after.mrn, current=state, action="select", actor=window)
    case = differences_watch(work, after, replace(case, control_state=state), actor=window, at=at)
    warning_raise(work, after, result, actor=window, at=clock.now(), since=at)
    case_write(work, replace(case, holder=Holder.TRADER, blocking=Term.GOODS.value))
    return assessed


@dataclass(frozen=True, slots=True)
class _Anew:
    """An accepted declaration assessed and scored on its new content."""

    standing: Case
    outcomes: list[PermitOutcome]
    held: list[str]
    assessed: AssessmentSummary
    result: RiskResult
    """Its lane is never lower than before (CH-LAN-01)."""


def _accepted_assess(work: Work, after: DeclarationSnapshot, window: Actor, at: datetime) -> _Anew:
    """Permits and holds of the new content, its assessment at the rates of acceptance, and its score.

    Locks: the case, the holds, permits and quotas of both versions, the fiscal status.
    """
    standing = case_lock(after.id)
    holds_lock(work, after.id)
    outcomes = permits_change(work, after, actor=window, at=at)
    quota_change(work, after, actor=window, at=at)
    completed_keep(work, after)
    debt_reopen(work, after.id, at=at)
    timers_cancel(work, subject_id=str(after.id), kind=AGAIN)
    accepted_at = after.accepted_at or at
    assessed = assessment_make(work, after, at=accepted_at, kind=AssessmentKind.ASSESSMENT, actor=window)
    result = risk_assess(work, after, actor=window, stage=Stage.AMENDMENT, revenue_minor=assessed.total_minor)
    history_update(work, after, event=HistoryEvent.AMENDED, at=at)
    held = [hold.agency for hold in holds_renew(work, after, actor=window, at=at, outcomes=outcomes)]
    result = replace(result, lane=lane_max(Lane(standing.lane), result.lane))
    return _Anew(standing, outcomes, held, assessed, result)


def _decide_again(work: Work, after: DeclarationSnapshot, anew: _Anew, window: Actor, at: datetime) -> None:
    """Begin the check that the new content asks for, or release; the clock counts from now where the profile says so.

    Source: CH-CLK-01.
    """
    lane, held = anew.result.lane, list(anew.held)
    case = priced(case_values(after, lane=lane, score=int(anew.result.score), at=at), anew.assessed)
    restart = profile((after.accepted_at or at).date()).amendment_restarts_clock
    differing = differences_hold(work, after, actor=window, at=at)
    case, head = control_begin(work, after, after, case, anew.result, window, at, differing=differing)
    if lane.needs_officer or differing:
        held.append(CUSTOMS)
    verdict, released = release_try(
        work,
        head,
        actor=window,
        at=at,
        lane=lane,
        fiscal=anew.assessed.state,
        holds=held,
        permits_satisfied=all(outcome.satisfied for outcome in anew.outcomes),
        permits_used=bool(anew.outcomes),
    )
    if restart:
        timers_cancel(work, subject_id=str(after.id), kind=TIMER)
    deadlines = deadlines_of(head, amended_at=at if restart else None)
    conclude(work, after, case, verdict, released, window, deadlines, timed=not restart)


def _case_corrected(after: DeclarationSnapshot, anew: _Anew) -> None:
    """The check goes on as it is, with the new figures; an officer's act moves no deadline."""
    lane, score, assessed = anew.result.lane, int(anew.result.score), anew.assessed
    case = priced(case_values(after, lane=lane, score=score, at=anew.standing.decided_at or clock.now()), assessed)
    Case.objects.filter(pk=after.id).update(
        importer=case.importer,
        goods=case.goods,
        item_count=case.item_count,
        amount_minor=case.amount_minor,
        currency=case.currency,
        score=score,
    )


def _settled_again(work: Work, after: DeclarationSnapshot, window: Actor, at: datetime) -> AssessmentSummary | None:
    """After release: permits are re-credited and used anew, and the difference of the debt moves at once.

    No money moves for a simplified declaration whose full one was paid: that one is amended (TS-09).

    Raises:
        RuleViolated: CH-PER-02, a permit does not bear the new content; CH-MON-01, the account does not.
    """
    outcomes = permits_change(work, after, actor=window, at=at, consumed=True)
    missing = [outcome for outcome in outcomes if not outcome.satisfied]
    if missing:
        message = "A permit does not bear the amended goods."
        raise RuleViolated(
            violations=[
                Violation("CH-PER-02", f"/items/{max(one.item - 1, 0)}", message, "", one.permit_number or one.code)
                for one in missing
            ]
        )
    quota_change(work, after, actor=window, at=at)
    if settled_by_full(after.id):
        history_update(work, after, event=HistoryEvent.AMENDED, at=at)
        return None
    claims = claims_hold(work, after.id)
    assessed = debt_adjust(work, after, assessed_at=after.accepted_at or at, at=at, actor=window)
    reason = f"{after.mrn} was amended to version {after.version} and assessed anew."
    claims_follow(work, claims, reason=reason, actor=window, at=at)
    history_update(work, after, event=HistoryEvent.AMENDED, at=at)
    Case.objects.filter(pk=after.id).update(amount_minor=assessed.total_minor, item_count=len(after.message.items))
    return assessed


def invalidation_effect(
    work: Work, snapshot: DeclarationSnapshot, change: Change, actor: Actor, *, reason: str, at: datetime
) -> Change:
    """End a declaration, and give back all that it reserved, used, paid and held; returns the granted request.

    Locks: the caller holds the declaration; the case, holds, permits, quotas, the fiscal status and the account are
    locked here.

    Idempotent: each reservation and payment comes back once, whoever asks and how often.

    Source: CH-INV-01 to CH-INV-04, CH-RET-01 (domain.md F21: in the same transaction).
    """
    window = system_actor("clearance", conversation_id=actor.conversation_id)
    more: dict[str, JsonValue] = {
        "version": snapshot.version,
        "request": change.number,
        "decision": "granted",
        "code": change.reason_code,
    }
    case_hold(work, snapshot.id)
    ended = declaration_invalidate(work, snapshot.id, actor, reason=change.reason, locked=snapshot, more=more)
    holds_withdraw(work, snapshot.id, actor=window, reason="The declaration was invalidated.", at=at)
    permits_free(work, snapshot.id, actor=window, at=at)
    quota_return(work, snapshot.id, actor=window, at=at)
    claims = claims_hold(work, snapshot.id)
    debt_return(work, snapshot, at=at, actor=window)
    claims_end(work, claims, reason=f"{snapshot.mrn} was invalidated.", actor=window, at=at)
    supplementary_lift(work, snapshot.id, actor=window)
    dispute_lift(work, snapshot, actor=window, reason="The declaration was invalidated.")
    for kind in (TIMER, EXPIRY_TASK, AGAIN):
        timers_cancel(work, subject_id=str(snapshot.id), kind=kind)
    if snapshot.legal_state is not LegalState.REGISTERED:
        history_update(work, snapshot, event=HistoryEvent.INVALIDATED, at=at)
    Case.objects.filter(pk=snapshot.id, closed_at=None).update(
        closed_at=at, holder=Holder.NOBODY.value, blocking="", agency=""
    )
    return change_decide(work, ended, change, "grant", actor, at=at, reason=reason)
