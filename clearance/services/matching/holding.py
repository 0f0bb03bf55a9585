"""A difference beyond tolerance holds the goods by itself, by the hold that any check of customs has."""

from dataclasses import replace
from datetime import datetime

from agencies.selectors import holds_open_for
from agencies.services import hold_open
from agencies.types import HoldReason
from clearance.rules.release import CUSTOMS
from clearance.services.cases import CaseValues, control_take
from clearance.services.matching.compare import differences_find
from clearance.states import ControlState
from declarations.types import DeclarationSnapshot
from risk.types import Lane, lane_max
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work

REASON = HoldReason.CUSTOMS_COMPARISON
BEGIN = {
    ControlState.NONE: "require_documents",
    ControlState.SELECTED: "require_documents",
    ControlState.DONE: "reopen",
}
"""The step of control by which an officer gets to see a new difference; a check that runs goes on as it is."""


def differences_watch(
    work: Work, snapshot: DeclarationSnapshot, case: CaseValues, *, actor: Actor, at: datetime, first: bool = False
) -> CaseValues:
    """Compare a declaration whose goods are on their way; what differs holds them, and they are checked on arrival.

    Args:
        first: it was never compared before.

    Source: docs/rules/matching.md, MT-010.
    """
    compared = differences_find(work, snapshot, actor=actor, at=at, first=first)
    if not compared.holding:
        return case
    hold_for_comparison(work, snapshot, actor, at)
    if case.control_state is not ControlState.NONE:
        return case
    state = control_take(
        work,
        declaration_id=snapshot.id,
        mrn=snapshot.mrn,
        current=case.control_state,
        action="select",
        actor=actor,
    )
    return replace(case, control_state=state, lane=lane_max(case.lane, Lane.YELLOW))


def differences_hold(
    work: Work, snapshot: DeclarationSnapshot, *, actor: Actor, at: datetime, first: bool = False
) -> bool:
    """Compare a declaration that is being accepted; whether its goods are held for it.

    A hold that was opened before arrival and that nobody has decided counts as well.

    Args:
        first: it was never compared before.

    Source: docs/rules/matching.md, MT-010.
    """
    compared = differences_find(work, snapshot, actor=actor, at=at, first=first)
    if compared.holding:
        hold_for_comparison(work, snapshot, actor, at)
    return compared.holding or (compared.before and _held(snapshot))


def _held(snapshot: DeclarationSnapshot) -> bool:
    return any(hold.agency == CUSTOMS and hold.reason is REASON for hold in holds_open_for(snapshot.id))


def hold_for_comparison(work: Work, snapshot: DeclarationSnapshot, actor: Actor, at: datetime) -> None:
    """Open the hold; it says that records are compared and never which. Idempotent."""
    hold_open(work, snapshot, agency=CUSTOMS, reason=REASON, actor=actor, at=at)


def control_for_comparison(
    work: Work, snapshot: DeclarationSnapshot, case: CaseValues, actor: Actor, at: datetime
) -> CaseValues:
    """Bring the case before an officer, where no check runs already: documents are checked, YELLOW at the least."""
    action, lane = BEGIN.get(case.control_state), lane_max(case.lane, Lane.YELLOW)
    if action is None:
        return case
    state = control_take(
        work,
        declaration_id=snapshot.id,
        mrn=snapshot.mrn,
        current=case.control_state,
        action=action,
        actor=actor,
        parties=snapshot.parties,
    )
    event_record(
        work,
        actor=actor,
        verb=Verb.CASE_OPENED,
        subject_type="declaration",
        subject_id=str(snapshot.id),
        data={"mrn": snapshot.mrn, "lane": lane.value, "hold": REASON.value},
        at=at,
    )
    return replace(case, control_state=state, lane=lane)
