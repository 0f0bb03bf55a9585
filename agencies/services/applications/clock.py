"""What time and money do to a part: review begins when the fee is paid, alerts, and questions nobody answered."""

from uuid import UUID

from agencies.models import PartEntry
from agencies.services.applications.applying import SUBJECT
from agencies.services.applications.steps import ENTRY_COLUMNS, part_locked, part_step
from agencies.states import PartState
from agencies.types import EntryKind
from singlewindow.accounts.types import system_actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock


def part_fee_paid(work: Work, job: JobContext) -> None:
    """Begin the review of the part whose fee was paid, or for which nothing was to be paid.

    Idempotent: a part whose review has begun, or that was taken back, is left as it is.
    """
    if job.payload.get("subject_type") != SUBJECT:
        return
    part = part_locked(UUID(job.subject_id))
    if part.fee_state != "due" or part.state != PartState.APPLIED.value:
        return
    part.fee_state = "paid" if job.payload.get("demand") else "none"
    actor = system_actor("agencies", conversation_id=job.conversation_id)
    part_step(work, part, "begin", kind=EntryKind.BEGUN, actor=actor, at=clock.now())


def part_clock_told(work: Work, job: JobContext) -> None:
    """Tell an agency that three quarters or all of its time are over (AG-064).

    Idempotent: a timer of an earlier run of the clock, and one whose share was told, do nothing.
    """
    part = part_locked(UUID(job.subject_id))
    percent = int(job.payload["percent"])
    running = part.state == PartState.UNDER_REVIEW.value and part.clock_number == job.payload["clock"]
    if not running or part.warned >= percent:
        return
    part.warned = percent
    part.save(update_fields=["warned"])
    actor, now = system_actor("agencies", conversation_id=job.conversation_id), clock.now()
    entry = (part.pk, EntryKind.LATE.value, now, actor.label, "", str(percent), None, "", part.state)
    work.insert(PartEntry, ENTRY_COLUMNS, [entry])
    event_record(
        work,
        actor=actor,
        verb=Verb.LPCO_LATE,
        subject_type="lpco_part",
        subject_id=str(part.pk),
        data={"reference": part.application.reference, "agency": part.agency, "percent": percent, "owner": part.owner},
        at=now,
    )


def part_query_lapse(work: Work, job: JobContext) -> None:
    """Go on without the answer whose deadline has passed: the agency's clock runs again (AG-063).

    Idempotent: a question that was answered, and a later one, are left.
    """
    part = part_locked(UUID(job.subject_id))
    if part.state != PartState.QUERIED.value or part.clock_number != job.payload["clock"]:
        return
    actor = system_actor("agencies", conversation_id=job.conversation_id)
    part_step(work, part, "lapse", kind=EntryKind.LAPSED, actor=actor, at=clock.now())
