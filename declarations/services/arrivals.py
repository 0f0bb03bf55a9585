"""What follows an arrival that was told: goods that were declared before are presented, exports leave."""

from datetime import datetime
from uuid import UUID

from declarations.selectors.snapshots import declaration_head, declaration_id_of_mrn
from declarations.services.presentation import goods_present_in
from declarations.services.steps import EXIT, REMOVE, step_take
from declarations.states import GOODS, GoodsState, LegalState
from singlewindow.accounts.types import system_actor
from singlewindow.cargo.selectors import arrival_of, declarations_met
from singlewindow.cargo.types import ArrivalSubject
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock


def cargo_arrived(work: Work, job: JobContext) -> None:
    """Ask of each declaration that names what has arrived whether all its goods are here; a job each.

    The search runs after the arrival is committed, and so does that of a lodgement: whichever comes second sees the
    other, so no declaration falls between them.
    """
    _each(work, job, "ArrivalAwaited")


def cargo_departed(work: Work, job: JobContext) -> None:
    """Let each declaration whose goods have left know it; a job each."""
    _each(work, job, "GoodsLeft")


def _each(work: Work, job: JobContext, event: str) -> None:
    actor = system_actor("declarations", conversation_id=job.conversation_id)
    subject, reference = ArrivalSubject(job.payload["subject"]), job.payload["reference"]
    manifest = job.payload.get("manifest")
    found = declarations_met(subject, reference, UUID(manifest) if manifest else None)
    if subject is ArrivalSubject.MRN and (named := declaration_id_of_mrn(reference)) is not None:
        found.append(named)
    for declaration_id in dict.fromkeys(found):
        payload = {"at": job.payload.get("happened_at", "")}
        queue(work, event, subject_id=str(declaration_id), payload=payload, priority=2, actor=actor)


def present_if_here(work: Work, job: JobContext) -> None:
    """Present the goods of a pre-lodged declaration when all of them have arrived.

    Locks: the declaration.
    Idempotent: goods that are presented, or whose declaration has ended, stay as they are.

    Source: docs/rules/cargo.md, CA-042; domain.md F13.
    """
    head = declaration_head(UUID(job.subject_id), lock=True)
    if head.legal_state is not LegalState.REGISTERED or head.goods_state is not GoodsState.EXPECTED:
        return
    arrived_at = arrival_of(head.id, head.mrn)
    if arrived_at is None:
        return
    actor = system_actor("declarations", conversation_id=job.conversation_id)
    goods_present_in(work, actor=actor, declaration_id=head.id, at=min(arrived_at, clock.now()))


def leave(work: Work, job: JobContext) -> None:
    """Note that released goods have left: exports the country, imports the place of presentation.

    Locks: the declaration.
    Idempotent: what has left, leaves no second time; what is not released is left as it is.
    """
    head = declaration_head(UUID(job.subject_id), lock=True)
    step = EXIT if head.direction == "export" else REMOVE
    if step.goods not in GOODS.allowed(head.goods_state):
        return
    actor = system_actor("declarations", conversation_id=job.conversation_id)
    text = job.payload.get("at", "")
    step_take(work, step, head, actor, at=datetime.fromisoformat(text) if text else None)
