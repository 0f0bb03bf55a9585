"""What a check found, and the release that may follow."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clearance.models import Case, Check, LaneChange
from clearance.rules.lanes import may_release
from clearance.services.cases import control_take
from clearance.services.decision import release_again
from clearance.services.desk.common import TEXT_MAX, case_mine, customs_holds_lift, text_required
from clearance.states import ControlState
from clearance.types import CheckKind, Verdict
from declarations.selectors import declaration_snapshot
from risk.services import outcome_record
from risk.types import Lane, Outcome
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotPermitted
from singlewindow.kernel.identifiers import uuid7


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check of documents or goods found."""

    outcome: Outcome
    findings: str = ""
    revenue_delta_minor: int = 0


def check_conclude(*, declaration_id: UUID, actor: Actor, result: CheckResult) -> Verdict:
    """Record what the check found, end the hold of customs, and release when nothing else stands against it.

    Locks: the declaration, its case, then what the release locks.

    Source: CL-CHK-01, CL-LAN-03 (domain.md K2).

    Raises:
        NotPermitted: CL-LAN-03, the actor lowered the lane or confirmed that.
        RuleViolated: CL-CHK-02, a finding without a text.
        TransitionRefused: the case is neither under check nor detained.
    """
    with unit_of_work() as work:
        head, case = case_mine(declaration_id, actor)
        _not_who_lowered(case, actor)
        if result.outcome is not Outcome.CONFORM:
            text_required("CL-CHK-02", "/findings", result.findings, "Say what was found.")
        now = clock.now()
        state = control_take(
            work,
            declaration_id=head.id,
            mrn=head.mrn,
            current=case.control_state,
            action="end_detention" if case.control_state == ControlState.DETAINED else "conclude",
            actor=actor,
            more={"outcome": result.outcome.value},
        )
        _check_write(work, case, actor, result, now)
        case.control_state = state.value
        case.save(update_fields=["control_state"])
        outcome_record(
            work,
            declaration_snapshot(head.id),
            outcome=result.outcome,
            revenue_delta_minor=result.revenue_delta_minor,
            kind=_kind(case).value,
            actor=actor,
            at=now,
        )
        customs_holds_lift(work, head, actor, f"Check concluded: {result.outcome.value}", now)
        return release_again(work, head, actor, reason=f"check: {result.outcome.value}")


def _not_who_lowered(case: Case, actor: Actor) -> None:
    for change in LaneChange.objects.filter(case=case, granted=True):
        lowered = Lane(change.lane_to).rank < Lane(change.lane_from).rank
        if lowered and not may_release(
            officer=actor.label, lowered_by=change.asked_by, confirmed_by=change.confirmed_by
        ):
            raise NotPermitted("You lowered the lane; another officer must conclude the check (CL-LAN-03).")


def _kind(case: Case) -> CheckKind:
    return CheckKind.EXAMINATION if case.lane == Lane.RED.value else CheckKind.DOCUMENTS


def _check_write(work: Work, case: Case, actor: Actor, result: CheckResult, now: datetime) -> None:
    kind = _kind(case)
    check_id = uuid7()
    work.insert(
        Check,
        ("id", "case_id", "kind", "officer", "started_at", "ended_at", "outcome", "revenue_delta_minor", "findings"),
        [
            (
                check_id,
                case.pk,
                kind.value,
                actor.label,
                case.claimed_at or now,
                now,
                result.outcome.value,
                result.revenue_delta_minor,
                result.findings.strip()[:TEXT_MAX],
            )
        ],
    )
    event_record(
        work,
        actor=actor,
        verb=Verb.INSPECTION_RECORDED,
        subject_type="declaration",
        subject_id=str(case.pk),
        data={"mrn": case.mrn, "check": str(check_id), "kind": kind.value, "outcome": result.outcome.value},
    )
