"""A warning is over when its goods are released, its declaration ends, or the choice no longer stands."""

from datetime import datetime
from uuid import UUID

from clearance.models import EarlyWarning
from clearance.services.warnings.acknowledging import TIMER
from clearance.services.warnings.port import port_tell_lifted
from clearance.types import WarningKind
from declarations.selectors import declaration_snapshot
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.services import timers_cancel


def warnings_lift(work: Work, declaration_id: UUID, *, actor: Actor, why: str, at: datetime) -> int:
    """End the warnings before arrival of a declaration, and tell whoever holds the goods; returns how many.

    Locks: the warnings; the caller holds the declaration's row.
    Idempotent: what is over stays over.

    Source: docs/rules/clearance.md, CL-WRN-06.
    """
    standing = EarlyWarning.objects.select_for_update().filter(
        declaration_id=declaration_id, kind=WarningKind.ARRIVAL.value, lifted_at=None
    )
    rows = list(standing.order_by("pk"))
    if not rows:
        return 0
    snapshot = declaration_snapshot(declaration_id)
    for warning in rows:
        warning.lifted_at, warning.lifted_why = max(at, warning.raised_at), why
        warning.save(update_fields=["lifted_at", "lifted_why"])
        timers_cancel(work, subject_id=str(warning.pk), kind=TIMER)
        event_record(
            work,
            actor=actor,
            verb=Verb.WARNING_LIFTED,
            subject_type="declaration",
            subject_id=str(declaration_id),
            data={"mrn": warning.mrn, "warning": str(warning.pk), "why": why},
            at=at,
        )
        port_tell_lifted(work, warning.pk, snapshot, warning.told, why=why, at=at)
    return len(rows)
