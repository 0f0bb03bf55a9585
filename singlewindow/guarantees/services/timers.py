"""The days of a guarantee that end it: its last day, and the day its notice runs out."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.guarantees.models import Guarantee
from singlewindow.guarantees.services.records import guarantee_tell
from singlewindow.guarantees.states import GUARANTEE
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock


def end_await(work: Work, guarantee: Guarantee, day: date, *, actor: Actor) -> None:
    """Set the timer of the day after the last one."""
    midnight = datetime.combine(day + timedelta(days=1), time.min, tzinfo=UTC)
    queue(work, "GuaranteeDue", subject_id=str(guarantee.pk), not_before=midnight, actor=actor)


def guarantee_due(work: Work, job: JobContext) -> None:
    """End a guarantee whose days are over.

    Nothing waits for it: every drawing asks for the day itself, so a late timer secures nothing more.

    Locks: the guarantee.

    Idempotent: what is not over, or has ended, is left alone.

    Source: GU-LIF-03.
    """
    guarantee = Guarantee.objects.select_for_update(no_key=True).filter(pk=UUID(job.subject_id)).first()
    if guarantee is None:
        return
    today, actor = clock.today(), system_actor("guarantees", conversation_id=job.conversation_id)
    over = guarantee.valid_to is not None and guarantee.valid_to < today
    noticed = guarantee.liability_ends_on is not None and guarantee.liability_ends_on < today
    action = "cancel" if noticed else "expire" if over else ""
    if not action or action not in GUARANTEE.allowed(guarantee.state):
        return
    guarantee.state = GUARANTEE.next_state(action, guarantee.state).value
    guarantee.save(update_fields=["state"])
    guarantee_tell(work, guarantee, Verb.GUARANTEE_CHANGED, actor=actor, more={"step": action})
    queue(work, "GuaranteeEnded", subject_id=str(guarantee.pk), actor=actor)
