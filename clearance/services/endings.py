"""What clearance does when a declaration ends without release."""

from uuid import UUID

from agencies.services import holds_withdraw, permits_free
from clearance.models import Case
from clearance.services.cases import case_hold
from clearance.services.disputes.ending import dispute_lift
from clearance.services.release import TIMER
from clearance.services.warnings import warnings_lift
from clearance.types import Holder
from declarations.selectors import declaration_head
from declarations.states import LegalState
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import Work
from singlewindow.guarantees.services import guarantee_free
from singlewindow.jobs.services import timers_cancel
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.quotas.services import quota_return

ENDED = frozenset({LegalState.EXPIRED, LegalState.INVALIDATED, LegalState.REFUSED})


def case_close_ended(work: Work, job: JobContext) -> None:
    """Close the case of a declaration that expired or was invalidated, and give back what it reserved.

    Locks: the declaration, its case, its holds, its permits, its quotas.

    Idempotent: what is closed stays closed.
    """
    head = declaration_head(UUID(job.subject_id), lock=True)
    if head.legal_state not in ENDED:
        return
    case_hold(work, head.id)
    actor, now = system_actor("clearance", conversation_id=job.conversation_id), clock.now()
    holds_withdraw(work, head.id, actor=actor, reason="The declaration ended.", at=now)
    permits_free(work, head.id, actor=actor, at=now)
    guarantee_free(work, subject_id=head.id, actor=actor, at=now, reason="The declaration ended.", undone=True)
    dispute_lift(work, head, actor=actor, reason="The declaration ended.")
    quota_return(work, head.id, actor=actor, at=now)
    timers_cancel(work, subject_id=str(head.id), kind=TIMER)
    if head.legal_state is not LegalState.REFUSED:  # what is refused stays where it is, and so does the instruction
        warnings_lift(work, head.id, actor=actor, why="ended", at=now)
    Case.objects.filter(pk=head.id, closed_at=None).update(
        closed_at=now, holder=Holder.NOBODY.value, blocking="", agency=""
    )
