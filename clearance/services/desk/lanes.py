"""Changes of lane, and the second officer that a step down from RED needs."""

from uuid import UUID

from agencies.services import hold_open
from clearance.models import Case, LaneChange
from clearance.rules.lanes import ACTION_OF_LANE, lowering_needs_second_officer, may_confirm
from clearance.rules.release import CUSTOMS
from clearance.services.cases import case_lock, control_take
from clearance.services.decision import HOLD_REASONS
from clearance.services.desk.common import (
    case_event,
    case_mine,
    case_still_open,
    customs_holds_lift,
    refuse,
    text_required,
)
from clearance.states import CONTROL
from declarations.selectors import declaration_head
from declarations.services import goods_control_begin
from declarations.states import GoodsState
from declarations.types import DeclarationHead
from risk.types import Lane
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotPermitted, TransitionRefused


def lane_change(*, declaration_id: UUID, actor: Actor, lane: Lane, reason: str) -> bool:
    """Change the lane; a step down from RED waits for another officer. Returns whether it is in force now.

    Locks: the declaration, then its case.

    Source: CL-LAN-01 (domain.md K2).

    Raises:
        RuleViolated: CL-LAN-04, no reason, or the lane is what it was.
        Conflict: a change waits for confirmation already.
        TransitionRefused: the case is not under check.
    """
    with unit_of_work() as work:
        head, case = case_mine(declaration_id, actor)
        text_required("CL-LAN-04", "/reason", reason, "Say why the lane should change.")
        present = Lane(case.lane)
        if lane is present:
            refuse("CL-LAN-04", "/lane", "This is the lane it has.")
        CONTROL.next_state(_step_of(lane), case.control_state)  # asked now, so that nothing waits that cannot be
        if LaneChange.objects.filter(case=case, ended_at=None).exists():
            raise Conflict("A change of lane waits for another officer already.", code="lane_change_open")
        waits = lowering_needs_second_officer(present, lane)
        now = clock.now()
        change = LaneChange.objects.create(
            case=case,
            lane_from=present.value,
            lane_to=lane.value,
            reason=reason.strip(),
            asked_by=actor.label,
            asked_at=now,
            ended_at=None if waits else now,
            granted=None if waits else True,
        )
        if not waits:
            _lane_apply(work, head, case, change, actor)
        return not waits


def lane_change_decide(*, declaration_id: UUID, actor: Actor, grant: bool) -> None:
    """Confirm or decline, as a second officer, that a lane is lowered.

    Locks: the declaration, then its case.

    Source: CL-LAN-02.

    Raises:
        NotPermitted: the actor may not confirm, or asked for the change.
        TransitionRefused: no change waits.
    """
    actor.require(Permission.LOWER_LANE)
    with unit_of_work() as work:
        head = declaration_head(declaration_id, lock=True)
        case = case_lock(declaration_id)
        case_still_open(case)
        change = LaneChange.objects.select_for_update().filter(case=case, ended_at=None).first()
        if change is None:
            raise TransitionRefused("No change of lane waits for confirmation.")
        if not may_confirm(asked_by=change.asked_by, confirming=actor.label):
            raise NotPermitted("You asked for this change; another officer must confirm it (CL-LAN-02).")
        change.confirmed_by, change.ended_at, change.granted = actor.label, clock.now(), grant
        change.save(update_fields=["confirmed_by", "ended_at", "granted"])
        if grant:
            _lane_apply(work, head, case, change, actor)


def _step_of(lane: Lane) -> str:
    """The step of control that puts a lane in force; a lane without a check ends the one that runs."""
    return ACTION_OF_LANE[lane] or "conclude"


def _lane_apply(work: Work, head: DeclarationHead, case: Case, change: LaneChange, actor: Actor) -> None:
    """Put a lane in force: the control and the hold of customs follow it."""
    lane, now = Lane(change.lane_to), clock.now()
    case_event(work, head, actor, Verb.LANE_CHANGED, **{"from": change.lane_from, "to": change.lane_to})
    case.lane = lane.value
    if lane.needs_officer:
        state = control_take(
            work,
            declaration_id=head.id,
            mrn=head.mrn,
            current=case.control_state,
            action=_step_of(lane),
            actor=actor,
            parties=head.parties,
        )
        case.control_state = state.value
        case.save(update_fields=["lane", "control_state"])
        customs_holds_lift(work, head, actor, "The lane was changed.", now)
        hold_open(work, head, agency=CUSTOMS, reason=HOLD_REASONS[lane], actor=actor, at=now)
        if lane is Lane.RED and head.goods_state is GoodsState.PRESENTED:
            goods_control_begin(work, head.id, actor, locked=head)
        return
    state = control_take(
        work, declaration_id=head.id, mrn=head.mrn, current=case.control_state, action=_step_of(lane), actor=actor
    )
    case.control_state = state.value
    case.save(update_fields=["lane", "control_state"])
    customs_holds_lift(work, head, actor, "The lane was lowered.", now)
