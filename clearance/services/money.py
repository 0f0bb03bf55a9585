"""What clearance does when money arrives."""

from uuid import UUID

from declarations.selectors import declaration_head
from declarations.services import declaration_clear
from declarations.states import LegalState
from fees.selectors import declarations_awaiting_money, fiscal_state
from fees.states import FiscalState
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


def debts_final(work: Work, job: JobContext) -> None:
    """Clear a released declaration whose debt has become final: its statement was paid, or it was determined.

    Locks: the declaration.

    Idempotent: what is cleared, or was never released, is left alone.

    Source: domain.md K1 (RELEASED becomes CLEARED when the debt is final).
    """
    head = declaration_head(UUID(job.subject_id), lock=True)
    if head.legal_state is LegalState.RELEASED and fiscal_state(head.id) is FiscalState.FINAL:
        actor = system_actor("clearance", conversation_id=job.conversation_id)
        declaration_clear(work, head.id, actor, locked=head)
