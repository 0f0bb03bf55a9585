"""What clearance does when money arrives."""

from uuid import UUID

from fees.selectors import declarations_awaiting_money
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext


def releases_after_credit(work: Work, job: JobContext) -> None:
    """Have every declaration that waits for this organisation's money looked at again, oldest first.

    Each in a job of its own: what one of them takes is gone for the next, and none holds another up.
    """
    actor = system_actor("clearance", conversation_id=job.conversation_id)
    for declaration_id in declarations_awaiting_money(UUID(job.subject_id)):
        queue(work, "MoneyAvailable", subject_id=str(declaration_id), actor=actor)
