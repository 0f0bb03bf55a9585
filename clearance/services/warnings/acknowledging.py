"""An officer takes note of a warning, and the time is kept; where nobody does, the supervisors are told, once."""

from uuid import UUID

from agencies.types import CUSTOMS
from clearance.models import EarlyWarning
from singlewindow.accounts.permissions import Permission, Role
from singlewindow.accounts.selectors import organisations_of_role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.services import timers_cancel
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound

TIMER = "clearance.warning_due"
ESCALATED = "warning.escalated"


def warning_acknowledge(*, warning_id: UUID, actor: Actor) -> EarlyWarning:
    """Take note of a warning; who did it first counts, and how long it took is kept.

    Locks: the warning.
    Idempotent: a warning that was taken note of stays as it is.

    Source: docs/rules/clearance.md, CL-WRN-04; domain.md F28.

    Raises:
        NotFound: there is none.
    """
    actor.require(Permission.ENTRY_ASSESS)
    with unit_of_work() as work:
        warning = EarlyWarning.objects.select_for_update().filter(pk=warning_id).first()
        if warning is None:
            raise NotFound
        if warning.acknowledged_at is not None:
            return warning
        warning.acknowledged_at = max(clock.now(), warning.raised_at)
        warning.acknowledged_by = actor.label
        warning.save(update_fields=["acknowledged_at", "acknowledged_by"])
        timers_cancel(work, subject_id=str(warning.pk), kind=TIMER)
        took = int((warning.acknowledged_at - warning.raised_at).total_seconds())
        _record(work, warning, actor, Verb.WARNING_ACKNOWLEDGED, seconds=took)
        return warning


def warning_escalate(work: Work, job: JobContext) -> None:
    """Tell the supervisors of a warning that nobody took note of in time.

    Locks: the warning, so that taking note and escalating exclude each other.
    Idempotent: once.

    Source: docs/rules/clearance.md, CL-WRN-05.
    """
    warning = EarlyWarning.objects.select_for_update().filter(pk=UUID(job.subject_id)).first()
    if warning is None or warning.acknowledged_at or warning.lifted_at or warning.escalated_at:
        return
    warning.escalated_at = max(clock.now(), warning.due_at)
    warning.save(update_fields=["escalated_at"])
    _record(work, warning, system_actor("clearance", conversation_id=job.conversation_id), Verb.WARNING_ESCALATED)
    data = {"mrn": warning.mrn, "warning": str(warning.pk), "office": warning.office, "agency": CUSTOMS}
    party_event_publish(
        work,
        organisation_ids=organisations_of_role(Role.SUPERVISOR),
        type=ESCALATED,
        subject_id=str(warning.pk),
        data=data,
        at=warning.escalated_at,
    )


def _record(work: Work, warning: EarlyWarning, actor: Actor, verb: Verb, **more: int) -> None:
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type="declaration",
        subject_id=str(warning.declaration_id),
        data={"mrn": warning.mrn, "warning": str(warning.pk), "version": warning.version, **more},
    )
