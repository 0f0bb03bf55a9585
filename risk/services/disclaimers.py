"""A disclaimer that an agency found false counts in the history of those who declared it."""

from uuid import UUID

from declarations.selectors import declaration_snapshot
from risk.services.history import history_update
from risk.types import HistoryEvent, Outcome
from singlewindow.db.work import Work
from singlewindow.jobs.types import JobContext


def disclaimer_was_false(work: Work, job: JobContext) -> None:
    """Count a finding for the trader, the partner and the declarant of goods that were declared as free of a permit.

    It is no outcome that scoring learns from: only disclaimers that were false are told, and a rate needs both.

    Locks: the rows of day and month of the three parties, in one order.

    Idempotent: the job is done once.

    Source: RM-FCT-05 (AG-093).
    """
    snapshot = declaration_snapshot(UUID(job.subject_id))
    history_update(work, snapshot, event=HistoryEvent.INSPECTED, outcome=Outcome.PROHIBITED)
