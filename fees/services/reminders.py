"""Reminders of money that is missing: a day after it was told, and on the two days that follow (K1, code 15)."""

from datetime import timedelta
from uuid import UUID

from fees.models import FiscalStatus
from fees.states import FiscalState
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import party_event_publish
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue, timers_cancel
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.money import from_minor

REMIND_AFTER = timedelta(hours=24)
REMINDERS = 3
KIND = "fees.remind"


def reminder_queue(work: Work, declaration_id: UUID, *, number: int, actor: Actor) -> None:
    """Set the timer of a reminder; the one before it, of another amount, is dropped."""
    timers_cancel(work, subject_id=str(declaration_id), kind=KIND)
    queue(
        work,
        "FundsReminderDue",
        subject_id=str(declaration_id),
        payload={"number": number},
        not_before=clock.now() + REMIND_AFTER,
        actor=actor,
    )


def funds_remind(work: Work, job: JobContext) -> None:
    """Tell payer and parties once more how much is missing; nothing where it was paid meanwhile.

    Locks: the fiscal status of the declaration, as the debit does.

    Idempotent: it is one job for each reminder.
    """
    row = FiscalStatus.objects.select_for_update().filter(pk=UUID(job.subject_id)).first()
    if row is None or row.state != FiscalState.INSUFFICIENT.value:
        return
    number = int(job.payload["number"])
    data: dict[str, JsonValue] = {
        "mrn": row.mrn,
        "state": row.state,
        "total": f"{from_minor(row.total_minor, row.currency):f}",
        "missing": f"{from_minor(row.missing_minor, row.currency):f}",
        "currency": row.currency,
        "reminder": number,
    }
    told = [row.organisation_id, *(UUID(party) for party in row.parties)]
    party_event_publish(
        work, organisation_ids=told, type="insufficient_funds.reminder", subject_id=job.subject_id, data=data
    )
    if number < REMINDERS:
        actor = system_actor("fees", conversation_id=job.conversation_id)
        reminder_queue(work, row.pk, number=number + 1, actor=actor)
