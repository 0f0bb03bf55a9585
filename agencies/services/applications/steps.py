"""What every step of a part does: lock it, move its clock, keep what was said, tell those concerned."""

from datetime import datetime
from uuid import UUID

from agencies.models import ApplicationPart, PartEntry
from agencies.rules.applications import ALERT_SHARES, Clock
from agencies.selectors.applications import applications_for
from agencies.states import PART, PartState
from agencies.types import EntryKind
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_lock, proposal_outdate
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import NotFound

CLOCK_DUE = "LpcoClockDue"
ISSUE_KIND = "agencies.issue"
ENTRY_COLUMNS = ("part_id", "kind", "at", "actor", "element", "text", "deadline", "consequence", "state")
"""The same wherever an entry is written: entries of one act then stand in the order in which they were made."""


def part_of_agency(work: Work, part_id: UUID, actor: Actor, *, outdate: str = "") -> ApplicationPart:
    """A part of the officer's agency, locked after its proposal, as granting does.

    Args:
        outdate: why an open proposal to issue it is withdrawn; empty: it is left.

    Raises:
        NotPermitted: the actor manages no permits. NotFound: it is another agency's, or there is none.
    """
    actor.require(Permission.MANAGE_PERMIT)
    _proposal(work, part_id, actor, outdate)
    rows = ApplicationPart.objects.select_for_update(of=("self",)).select_related("application__organisation")
    part = rows.filter(pk=part_id, agency=actor.agency or "-").first()
    if part is None:
        raise NotFound
    return part


def part_of_trader(work: Work, part_id: UUID, actor: Actor, *, outdate: str = "") -> ApplicationPart:
    """A part of an application of the actor's organisation, locked. Raises NotPermitted, NotFound."""
    actor.require(Permission.APPLY_PERMIT)
    if not applications_for(actor).filter(parts=part_id).exists():
        raise NotFound
    _proposal(work, part_id, actor, outdate)
    return part_locked(part_id)


def part_locked(part_id: UUID) -> ApplicationPart:
    """A part, locked, for the window's own steps. Raises NotFound."""
    rows = ApplicationPart.objects.select_for_update(of=("self",)).select_related("application__organisation")
    part = rows.filter(pk=part_id).first()
    if part is None:
        raise NotFound
    return part


def _proposal(work: Work, part_id: UUID, actor: Actor, outdate: str) -> None:
    if not ApplicationPart.objects.filter(pk=part_id).exclude(proposed_by="").exists():
        return
    proposal = proposal_lock(ISSUE_KIND, str(part_id))
    if outdate and proposal is not None:
        proposal_outdate(work, proposal_id=proposal.id, actor=actor, reason=outdate)


def clock_of(part: ApplicationPart) -> Clock:
    """The agency's clock as the row keeps it."""
    return Clock(part.sla_hours, part.spent_s, part.clock_from)


def part_step(
    work: Work,
    part: ApplicationPart,
    action: str,
    *,
    kind: EntryKind,
    actor: Actor,
    at: datetime,
    text: str = "",
    element: str = "",
    deadline: datetime | None = None,
    consequence: str = "",
) -> None:
    """Take a step of the life cycle: the clock runs in review only (AG-063), and everything is kept and told."""
    part.state = PART.next_state(action, part.state).value
    if part.state == PartState.UNDER_REVIEW.value:
        _clock_start(work, part, at)
    elif part.clock_from is not None:
        _clock_stop(part, at)
    part.answer_by = deadline if part.state == PartState.QUERIED.value else None
    part.save()
    work.insert(
        PartEntry,
        ENTRY_COLUMNS,
        [(part.pk, kind.value, at, actor.label, element, text, deadline, consequence, part.state)],
    )
    data: dict[str, JsonValue] = {
        "reference": part.application.reference,
        "agency": part.agency,
        "code": part.code,
        "step": kind.value,
        "state": part.state,
    }
    subject = str(part.pk)
    event_record(
        work,
        actor=actor,
        verb=Verb.LPCO_STEP,
        subject_type="lpco_part",
        subject_id=subject,
        data=data,
        reason=text,
        at=at,
    )
    told = data | {"text": text, "element": element, "consequence": consequence}
    if deadline is not None:
        told["deadline"] = deadline.isoformat()
    organisations = {part.application.organisation_id, part.application.filed_by}
    party_event_publish(
        work, organisation_ids=organisations, type=f"lpco.{kind.value}", subject_id=subject, data=told, at=at
    )


def _clock_start(work: Work, part: ApplicationPart, at: datetime) -> None:
    clock = clock_of(part).started(at)
    part.clock_from, part.due_at = clock.running_from, clock.due_at
    part.clock_number += 1
    for percent in ALERT_SHARES:
        due = clock.alert_at(percent)
        if due is not None and percent > part.warned:
            payload = {"clock": part.clock_number, "percent": percent}
            queue(work, CLOCK_DUE, subject_id=str(part.pk), payload=payload, not_before=due)


def _clock_stop(part: ApplicationPart, at: datetime) -> None:
    part.spent_s = clock_of(part).stopped(at).spent_s
    part.clock_from = None
    part.due_at = None
