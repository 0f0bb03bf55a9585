"""New lists are held against open declarations, and what is found of them scores them again and holds the goods."""

from datetime import datetime, timedelta
from uuid import UUID

from agencies.services import hold_open
from clearance.models import Case
from clearance.rules.lanes import ACTION_OF_LANE
from clearance.rules.release import CUSTOMS
from clearance.services.cases import control_take
from clearance.services.decision import HOLD_REASONS, release_again
from clearance.services.warnings import warning_raise
from clearance.states import CONTROL, ControlState
from declarations.selectors import declaration_snapshot
from declarations.services import goods_control_begin
from declarations.states import GoodsState, LegalState
from declarations.types import DeclarationSnapshot
from risk.selectors.rescreening import screening_new
from risk.services import risk_assess
from risk.types import Lane, RiskResult, Stage, lane_max
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock

PAGE = 200
"""Declarations that one job holds against the lists."""
AGAIN = timedelta(seconds=60)
"""Decisions that read the lists of before are committed by then, and are looked at a second time."""


def lists_rescreen(work: Work, job: JobContext) -> None:
    """Hold a page of the open declarations against the lists in force; each that meets something new is scored again.

    The first page also asks for a second look, a minute later, at what was decided in between with the lists of
    before.

    Idempotent: what the newest result names already is not found again.

    Source: docs/rules/risk.md, RM-SCR-02.
    """
    actor = system_actor("clearance", conversation_id=job.conversation_id)
    after, since = job.payload.get("after"), job.payload.get("since")
    cases = Case.objects.filter(closed_at=None).order_by("pk")
    if after:
        cases = cases.filter(pk__gt=UUID(after))
    if since:
        cases = cases.filter(decided_at__gte=datetime.fromisoformat(since))
    ids = list(cases.values_list("pk", flat=True)[:PAGE])
    for declaration_id in screening_new([declaration_snapshot(one) for one in ids]):
        queue(work, "ScreeningMet", subject_id=str(declaration_id), priority=2, actor=actor)
    page = {"since": since} if since else {}
    if len(ids) == PAGE:
        queue(work, "ListsToScreen", subject_id=job.subject_id, payload={**page, "after": str(ids[-1])}, actor=actor)
    if not after and not since:
        again = {"since": (clock.now() - AGAIN).isoformat()}
        queue(
            work,
            "ListsToScreen",
            subject_id=job.subject_id,
            payload=again,
            not_before=clock.now() + AGAIN,
            actor=actor,
        )


def declaration_rescore(work: Work, job: JobContext) -> None:
    """Score an open declaration again on what is known now; its lane only rises, and a new check holds the goods.

    Locks: the declaration, then its case.

    Idempotent: the lane and the hold; each call adds a result.

    Source: docs/rules/risk.md, RM-SCR-02; docs/rules/clearance.md, CL-LAN-01.
    """
    actor = system_actor("clearance", conversation_id=job.conversation_id)
    snapshot = declaration_snapshot(UUID(job.subject_id), lock=True)
    case = Case.objects.select_for_update().filter(pk=snapshot.id, closed_at=None).first()
    if case is None:
        return
    waiting = snapshot.legal_state is LegalState.REGISTERED and snapshot.goods_state is GoodsState.EXPECTED
    if not waiting and snapshot.legal_state is not LegalState.ACCEPTED:
        return  # the decision that waits for this lock scores it on what is known now
    result = risk_assess(work, snapshot, actor=actor, stage=Stage.AGAIN, revenue_minor=case.amount_minor)
    present = Lane(case.lane)
    lane = lane_max(present, result.lane)
    case.score = int(result.score)
    if lane is not present:
        _lane_tell(work, snapshot, present, lane, actor)
        case.lane = lane.value
    if waiting:
        _before_arrival(work, snapshot, case, result, actor)
        return
    asked = lane.needs_officer and result.lane is lane
    held = asked and _check_begin(work, snapshot, case, result, actor)
    case.save(update_fields=["lane", "score", "control_state", "returns_to"])
    if held:
        work.flush()
        release_again(work, snapshot, actor)


def _before_arrival(work: Work, snapshot: DeclarationSnapshot, case: Case, result: RiskResult, actor: Actor) -> None:
    if result.lane.needs_officer and case.control_state == ControlState.NONE.value:
        case.control_state = _step(work, snapshot, case, "select", actor, None)
    case.save(update_fields=["lane", "score", "control_state"])
    warning_raise(work, snapshot, result, actor=actor, at=clock.now(), since=clock.now())


def _check_begin(work: Work, snapshot: DeclarationSnapshot, case: Case, result: RiskResult, actor: Actor) -> bool:
    """Bring the goods under the check of a lane, as far as it does not run already; whether they are held anew."""
    lane = result.lane
    wanted, state = ACTION_OF_LANE[lane], ControlState(case.control_state)
    steps = [str(step) for step in result.trader_steps]
    if wanted is None or state is ControlState.DETAINED or (state is ControlState.PHYSICAL and lane is Lane.RED):
        return False
    if state is ControlState.QUERY:
        if lane is Lane.RED:
            case.returns_to = ControlState.PHYSICAL.value  # the answer to the question is awaited all the same
    else:
        if state is ControlState.DONE:
            case.control_state = _step(work, snapshot, case, "reopen", actor, None if lane is Lane.RED else steps)
        if wanted in CONTROL.allowed(case.control_state):
            case.control_state = _step(work, snapshot, case, wanted, actor, steps)
    at = clock.now()
    hold_open(work, snapshot, agency=CUSTOMS, reason=HOLD_REASONS[lane], actor=actor, at=at)
    if state in (ControlState.NONE, ControlState.SELECTED, ControlState.DONE):
        data = {"mrn": snapshot.mrn}
        event_record(
            work,
            actor=actor,
            verb=Verb.CASE_OPENED,
            subject_type="declaration",
            subject_id=str(snapshot.id),
            data=data,
        )
    if lane is Lane.RED and snapshot.goods_state is GoodsState.PRESENTED:
        goods_control_begin(work, snapshot.id, actor, locked=snapshot)
    return True


def _step(
    work: Work, snapshot: DeclarationSnapshot, case: Case, action: str, actor: Actor, steps: list[str] | None
) -> str:
    """Take a step of control; the parties are told with what they have to do, as in any decision, or not at all."""
    state = control_take(
        work,
        declaration_id=snapshot.id,
        mrn=snapshot.mrn,
        current=case.control_state,
        action=action,
        actor=actor,
        parties=snapshot.parties if steps is not None else (),
        more={"steps": steps} if steps is not None else None,
    )
    return state.value


def _lane_tell(work: Work, snapshot: DeclarationSnapshot, present: Lane, lane: Lane, actor: Actor) -> None:
    event_record(
        work,
        actor=actor,
        verb=Verb.LANE_CHANGED,
        subject_type="declaration",
        subject_id=str(snapshot.id),
        data={"mrn": snapshot.mrn, "from": present.value, "to": lane.value},
        reason="What is known of it has changed.",
    )
