"""The decision: assess, score, accept, and release by itself what nobody needs to look at."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from agencies.services import hold_open as agency_hold_open
from agencies.services import holds_open, permits_reserve
from agencies.types import HoldReason
from clearance.models import Alert, Case
from clearance.rules.clock import Deadlines, clock_deadlines
from clearance.rules.lanes import ACTION_OF_LANE
from clearance.rules.release import CUSTOMS
from clearance.services.cases import CaseValues, case_hold, case_values, case_write, control_take
from clearance.services.matching import control_for_comparison, differences_hold, differences_watch
from clearance.services.release import closed, release_try
from clearance.services.two_step import supplementary_link
from clearance.services.two_step.payment import completed_keep
from clearance.services.warnings import warning_raise, warnings_lift
from clearance.states import ControlState
from clearance.types import AlertKind, Holder, Term, Verdict
from declarations.selectors import ask_subject, declaration_snapshot
from declarations.services import declaration_accept, goods_control_begin
from declarations.states import GoodsState, LegalState
from declarations.types import DeclarationHead, DeclarationSnapshot
from fees.selectors import fiscal_state_of_version
from fees.services import assessment_make
from fees.types import AssessmentKind, AssessmentSummary
from risk.services import history_update, risk_assess
from risk.types import HistoryEvent, Lane, RiskResult, Stage
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.documents.services import documents_match
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.quotas.services import quota_claim
from singlewindow.reference.selectors import profile

HOLD_REASONS: dict[Lane, HoldReason] = {
    Lane.YELLOW: HoldReason.CUSTOMS_DOCUMENTS,
    Lane.RED: HoldReason.CUSTOMS_EXAMINATION,
}


def declaration_decide(work: Work, job: JobContext) -> None:
    """Bring a declaration as far as it gets without an officer.

    Before the goods arrive: assess and score, so that the trader knows the amount and customs its choice. With the
    goods presented: accept, reserve permits, assess at the rates of acceptance, score, open the holds, start the
    clock, and release when nothing stands against it.

    Locks: the declaration first, then its case, permits, quotas, the fiscal status and the account.

    Idempotent: a declaration that went on in the meantime is only looked at again.

    Source: CL-DEC-01 to CL-DEC-04.
    """
    actor = system_actor("clearance", conversation_id=job.conversation_id)
    snapshot = declaration_snapshot(UUID(job.subject_id), lock=True)
    if snapshot.legal_state is LegalState.REGISTERED:
        documents_match(work, ask_subject(snapshot))
    if snapshot.legal_state is LegalState.REGISTERED and snapshot.goods_state is GoodsState.EXPECTED:
        _before_arrival(work, snapshot, actor)
    elif snapshot.legal_state is LegalState.REGISTERED:
        _on_acceptance(work, snapshot, actor)
    elif snapshot.legal_state is LegalState.ACCEPTED:
        release_again(work, snapshot, actor)


def _before_arrival(work: Work, snapshot: DeclarationSnapshot, actor: Actor) -> None:
    """Tell the amount and choose the lane while the goods are on their way (F13)."""
    if case_hold(work, snapshot.id) is not None:
        return
    now = clock.now()
    assessed = assessment_make(work, snapshot, at=now, kind=AssessmentKind.ESTIMATE, actor=actor)
    result = risk_assess(work, snapshot, actor=actor, stage=Stage.ARRIVAL, revenue_minor=assessed.total_minor)
    case = priced(case_values(snapshot, lane=result.lane, score=int(result.score), at=now), assessed)
    if result.lane.needs_officer:
        state = control_take(
            work, declaration_id=snapshot.id, mrn=snapshot.mrn, current=case.control_state, action="select", actor=actor
        )
        case = replace(case, control_state=state)
    case = differences_watch(work, snapshot, case, actor=actor, at=now, first=True)
    warning_raise(work, snapshot, result, actor=actor, at=clock.now(), since=snapshot.lodged_at)
    case_write(work, replace(case, holder=Holder.TRADER, blocking=Term.GOODS.value))


def _on_acceptance(work: Work, snapshot: DeclarationSnapshot, actor: Actor) -> None:
    before = case_hold(work, snapshot.id)
    head = declaration_accept(work, snapshot.id, actor, locked=snapshot)
    accepted = replace(snapshot, legal_state=head.legal_state, accepted_at=head.accepted_at)
    supplementary_link(work, accepted)
    at = head.accepted_at or clock.now()
    outcomes = permits_reserve(work, accepted, actor=actor, at=at)
    quota_claim(work, accepted, actor=actor, at=at)
    completed_keep(work, accepted)
    assessed = assessment_make(work, accepted, at=at, kind=AssessmentKind.ASSESSMENT, actor=actor)
    result = risk_assess(work, accepted, actor=actor, revenue_minor=assessed.total_minor)
    history_update(work, accepted, event=HistoryEvent.ACCEPTED, at=at)
    held = [hold.agency for hold in holds_open(work, accepted, actor=actor, at=at, outcomes=outcomes)]
    case = priced(case_values(accepted, lane=result.lane, score=int(result.score), at=clock.now()), assessed)
    case = replace(case, control_state=before or ControlState.NONE)
    differing = differences_hold(work, accepted, actor=actor, at=at, first=before is None)
    case, head = control_begin(work, accepted, head, case, result, actor, at, differing=differing)
    if result.lane.needs_officer or differing:
        held.append(CUSTOMS)
    verdict, head = release_try(
        work,
        head,
        actor=actor,
        at=clock.now(),
        lane=result.lane,
        fiscal=assessed.state,
        holds=held,
        permits_satisfied=all(outcome.satisfied for outcome in outcomes),
        permits_used=bool(outcomes),
    )
    conclude(work, accepted, case, verdict, head, actor)


def control_begin(
    work: Work,
    snapshot: DeclarationSnapshot,
    head: DeclarationHead,
    case: CaseValues,
    result: RiskResult,
    actor: Actor,
    at: datetime,
    *,
    differing: bool = False,
) -> tuple[CaseValues, DeclarationHead]:
    """Begin the check that the lane asks for, or end a choice that no longer stands.

    Args:
        differing: the goods differ from other records, so their documents are checked whatever the lane.
    """
    action = ACTION_OF_LANE[result.lane]
    if action is None and differing:
        return control_for_comparison(work, snapshot, case, actor, at), head
    if action is None:
        action = "unselect" if case.control_state is ControlState.SELECTED else None
    if action is None:
        return case, head
    if action == "unselect":
        warnings_lift(work, snapshot.id, actor=actor, why="not_chosen", at=at)
    state = control_take(
        work,
        declaration_id=snapshot.id,
        mrn=snapshot.mrn,
        current=case.control_state,
        action=action,
        actor=actor,
        parties=snapshot.parties,
        more={"steps": [str(step) for step in result.trader_steps]},
    )
    if result.lane.needs_officer:
        agency_hold_open(work, snapshot, agency=CUSTOMS, reason=HOLD_REASONS[result.lane], actor=actor, at=at)
        event_record(
            work,
            actor=actor,
            verb=Verb.CASE_OPENED,
            subject_type="declaration",
            subject_id=str(snapshot.id),
            data={"mrn": snapshot.mrn},
        )
    if result.lane is Lane.RED:
        head = goods_control_begin(work, snapshot.id, actor, locked=head)
    return replace(case, control_state=state), head


def conclude(
    work: Work,
    snapshot: DeclarationSnapshot,
    case: CaseValues,
    verdict: Verdict,
    head: DeclarationHead,
    actor: Actor,
    deadlines: Deadlines | None = None,
    *,
    timed: bool = False,
) -> None:
    """Close the case of released goods, or note what they wait for, start the clock and tell the parties.

    Args:
        timed: the timers of these deadlines run already.
    """
    if verdict.release:
        case_write(work, closed(case, at=head.released_at or clock.now(), automatic=True))
        return
    deadlines = deadlines or deadlines_of(head)
    case_write(work, replace(case, amber_at=deadlines.amber_at, red_at=deadlines.red_at).under(verdict))
    if not timed:
        timers_start(work, head, deadlines, actor)
    party_event_publish(
        work,
        organisation_ids=snapshot.parties,
        type="waiting",
        subject_id=str(snapshot.id),
        data={"mrn": snapshot.mrn, "waiting_for": [term.value for term in verdict.blocking], "agency": verdict.agency},
    )


def priced(case: CaseValues, assessed: AssessmentSummary) -> CaseValues:
    """The case with what was assessed."""
    return replace(case, amount_minor=assessed.total_minor, currency=assessed.currency)


def deadlines_of(head: DeclarationHead, *, amended_at: datetime | None = None) -> Deadlines:
    """The deadlines of goods that are presented and accepted, by the profile in force at acceptance.

    Args:
        amended_at: when the content took force, where the profile counts from an amendment anew (CH-CLK-01).
    """
    presented_at, accepted_at = head.presented_at or clock.now(), head.accepted_at or clock.now()
    country = profile(accepted_at.date())
    return clock_deadlines(
        presented_at=presented_at,
        accepted_at=max(accepted_at, amended_at or accepted_at),
        amber_after=country.amber_after,
        limit=country.clearance_limit,
        late_list_after=country.late_list_after,
    )


def timers_start(work: Work, head: DeclarationHead, deadlines: Deadlines, actor: Actor) -> None:
    """Write one timer for each alert that was not raised yet; release drops those that have not fired."""
    version = f":v{head.version}" if head.version > 1 else ""
    raised = set(Alert.objects.filter(case_id=head.id).values_list("kind", flat=True)) if version else set()
    for kind in AlertKind:
        if kind.value in raised:
            continue
        queue(
            work,
            "ClearanceDeadline",
            subject_id=str(head.id),
            payload={"kind": kind.value, "deadline": deadlines.of(kind).isoformat()},
            dedup=f"{head.id}:{kind.value}{version}",
            not_before=deadlines.of(kind),
            actor=actor,
        )


def release_again(work: Work, head: DeclarationHead, actor: Actor, *, reason: str = "") -> Verdict:
    """Ask the predicate again after a hold was decided or money came, and release or note why not.

    Locks: the caller holds the declaration's row.
    """
    case = Case.objects.select_for_update().get(pk=head.id)
    verdict, released = release_try(
        work,
        head,
        actor=actor,
        at=clock.now(),
        lane=Lane(case.lane),
        # Never released on what another version owed.
        fiscal=fiscal_state_of_version(head.id, head.version),
        reason=reason,
    )
    if verdict.release:
        case.released_at = case.closed_at = released.released_at
        case.holder, case.blocking, case.agency = Holder.NOBODY.value, "", ""
        case.automatic = case.control_state == ControlState.NONE.value
        if not case.automatic:
            warnings_lift(work, head.id, actor=actor, why="released", at=released.released_at or clock.now())
    else:
        first = verdict.first
        asked = case.control_state == ControlState.QUERY.value
        case.holder = Holder.TRADER.value if asked else verdict.holder.value
        case.blocking, case.agency = first.value if first else "", verdict.agency
    case.save(update_fields=["released_at", "closed_at", "holder", "blocking", "agency", "automatic"])
    return verdict
