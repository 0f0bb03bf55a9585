"""The early warning: goods that were not released in time, told to whoever holds them now, once."""

from datetime import datetime, timedelta
from uuid import UUID

from clearance.models import Alert, Case
from clearance.types import AlertKind, Holder
from declarations.selectors import declaration_head
from declarations.states import LegalState
from declarations.types import DeclarationHead
from singlewindow.accounts.selectors import organisations_of_agency
from singlewindow.accounts.types import system_actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.reference.selectors import profile

LATE_AFTER = timedelta(seconds=60)
COLUMNS = ("case_id", "kind", "deadline", "raised_at", "late", "holder", "agency", "blocking")


def clearance_alert(work: Work, job: JobContext) -> None:
    """Raise one alert for goods whose deadline has come and that are still not released.

    Release and alert exclude each other: both lock the declaration, and whichever comes second finds the other done.

    Locks: the declaration, then its case.

    Idempotent: the timer is one job, and the table holds each kind once a declaration.

    Source: CL-CLK-01, CL-CLK-02 (domain.md K12).
    """
    head = declaration_head(UUID(job.subject_id), lock=True)
    if head.legal_state is not LegalState.ACCEPTED:
        return
    case = Case.objects.select_for_update().get(pk=head.id)
    kind, deadline = AlertKind(job.payload["kind"]), datetime.fromisoformat(job.payload["deadline"])
    if moved(case, head, kind, deadline):
        return
    now = max(clock.now(), deadline)
    late = now - deadline > LATE_AFTER
    row = (head.id, kind.value, deadline, now, late, case.holder, case.agency, case.blocking)
    work.insert(Alert, COLUMNS, [row])
    case.alert = latest_alert(case.alert, kind)
    case.save(update_fields=["alert"])
    data = {
        "mrn": head.mrn,
        "kind": kind.value,
        "deadline": deadline.isoformat(),
        "holder": case.holder,
        "agency": case.agency,
        "waiting_for": case.blocking,
    }
    event_record(
        work,
        actor=system_actor("clearance", conversation_id=job.conversation_id),
        verb=Verb.ALERT_RAISED,
        subject_type="declaration",
        subject_id=str(head.id),
        data=data,
        at=now,
    )
    party_event_publish(
        work,
        organisation_ids=_warned(case, head),
        type="clearance.late",
        subject_id=str(head.id),
        data=data,
        at=now,
    )


def moved(case: Case, head: DeclarationHead, kind: AlertKind, deadline: datetime) -> bool:
    """Whether the deadline of an alert was moved by an amendment since the timer was set: the new timer speaks."""
    if case.red_at is None or head.version == 1:
        return False
    country = profile((head.accepted_at or case.red_at).date())
    stands = {
        AlertKind.AMBER: case.amber_at,
        AlertKind.RED: case.red_at,
        AlertKind.LATE_LIST: case.red_at - country.clearance_limit + country.late_list_after,
    }
    return stands[kind] != deadline


def latest_alert(standing: str, raised: AlertKind) -> str:
    """The alert that a case shows: the latest by its deadline, in whatever order delayed jobs came."""
    order = [kind.value for kind in AlertKind]
    return max(standing, raised.value, key=lambda kind: order.index(kind) if kind else -1)


def _warned(case: Case, head: DeclarationHead) -> list[UUID]:
    """Whoever holds the consignment: an agency or a trader in their feed; customs reads its alerts on the desk."""
    if case.holder == Holder.TRADER.value:
        return list(head.parties)
    if case.holder == Holder.AGENCY.value:
        return organisations_of_agency(case.agency)
    return []
