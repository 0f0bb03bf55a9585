"""What was told after lodging is set beside the declarations it concerns: a manifest, a captured event."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from clearance.models import Case
from clearance.services.cases import CaseValues
from clearance.services.decision import release_again
from clearance.services.matching.compare import Compared, differences_find
from clearance.services.matching.holding import control_for_comparison, differences_watch, hold_for_comparison
from clearance.services.warnings import warning_of_left
from clearance.states import ControlState
from clearance.types import Holder
from declarations.selectors import declaration_snapshot, declarations_here
from declarations.states import GoodsState, LegalState
from declarations.types import DeclarationSnapshot
from risk.types import Lane
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.capture.selectors import reading
from singlewindow.capture.types import Reading
from singlewindow.cargo.selectors import (
    declarations_citing,
    declarations_met,
    declarations_of_container,
    manifest_key,
)
from singlewindow.cargo.types import ArrivalSubject
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.reference.selectors import profile

ASKED = "DifferenceAsked"
RELEASED = frozenset({LegalState.RELEASED, LegalState.CLEARED})
PCA_SQL = """
INSERT INTO clearance_postclearancecase (declaration_id, source, opened_at) VALUES (%s, 'DIFFERENCE', %s)
ON CONFLICT (declaration_id) DO NOTHING
"""


def event_told(work: Work, job: JobContext) -> None:
    """Ask of each declaration that a captured event may be about whether it differs; a job each.

    The search runs after the event is committed, and the decision reads events while it holds the declaration:
    whichever comes second sees the other, so no difference falls between them.
    """
    seen = reading(UUID(job.subject_id))
    if not seen.compared:
        return
    _ask(work, _concerned(seen), job, mrn=seen.mrn, containers=[seen.container] if seen.container else [])


def _concerned(seen: Reading) -> list[UUID]:
    found = declarations_citing("plate", [seen.plate]) if seen.plate else []
    return found + (declarations_of_container(seen.container) if seen.container else [])


def manifest_told(work: Work, job: JobContext) -> None:
    """The same for a manifest that was filed or amended."""
    reference = manifest_key(UUID(job.subject_id))
    met = declarations_met(ArrivalSubject.MANIFEST, reference, UUID(job.subject_id)) if reference else []
    _ask(work, met, job)


def _ask(
    work: Work, among: Collection[UUID], job: JobContext, *, mrn: str = "", containers: Collection[str] = ()
) -> None:
    scheme = profile(clock.today()).matching
    if scheme is None:
        return
    actor = system_actor("clearance", conversation_id=job.conversation_id)
    since = clock.now() - timedelta(hours=scheme.hours_after_release)
    for one in declarations_here(released_since=since, containers=containers, mrn=mrn, among=among):
        queue(work, ASKED, subject_id=str(one), priority=3, actor=actor)


def declaration_match(work: Work, job: JobContext) -> None:
    """Compare one declaration again, and hold its goods, or follow them where they left.

    A declaration that is not decided yet is compared by its decision.

    Locks: the declaration, then its case.

    Idempotent: what stands is not found again.

    Source: docs/rules/matching.md, MT-010, MT-012.
    """
    actor = system_actor("clearance", conversation_id=job.conversation_id)
    snapshot = declaration_snapshot(UUID(job.subject_id), lock=True)
    case = Case.objects.select_for_update().filter(pk=snapshot.id).first()
    if case is None:
        return
    if snapshot.legal_state is LegalState.REGISTERED and snapshot.goods_state is GoodsState.EXPECTED:
        _before_arrival(work, snapshot, case, actor)
    elif snapshot.legal_state is LegalState.ACCEPTED:
        _accepted(work, snapshot, case, actor)
    elif snapshot.legal_state in RELEASED:
        _left(work, snapshot, actor)


def _before_arrival(work: Work, snapshot: DeclarationSnapshot, case: Case, actor: Actor) -> None:
    watched = differences_watch(work, snapshot, _values(case), actor=actor, at=clock.now())
    case.control_state, case.lane = watched.control_state.value, watched.lane.value
    case.save(update_fields=["control_state", "lane"])


def _accepted(work: Work, snapshot: DeclarationSnapshot, case: Case, actor: Actor) -> None:
    at = clock.now()
    if not differences_find(work, snapshot, actor=actor, at=at).holding:
        return
    hold_for_comparison(work, snapshot, actor, at)
    under = control_for_comparison(work, snapshot, _values(case), actor, at)
    case.control_state, case.lane = under.control_state.value, under.lane.value
    case.save(update_fields=["control_state", "lane"])
    work.flush()
    release_again(work, snapshot, actor)


def _left(work: Work, snapshot: DeclarationSnapshot, actor: Actor) -> None:
    """The goods are released: an audit is opened and the desk warned, and no hold, which would hold nothing."""
    at = clock.now()
    compared: Compared = differences_find(work, snapshot, actor=actor, at=at, after_release=True)
    if not compared.holding:
        return
    work.execute(PCA_SQL, [snapshot.id, at])
    warning_of_left(work, snapshot, compared.new, actor=actor, at=at)


def _values(case: Case) -> CaseValues:
    """The case as a value, as far as matching asks it."""
    return CaseValues(
        declaration_id=case.pk,
        mrn=case.mrn,
        lrn=case.lrn,
        direction=case.direction,
        office=case.office,
        importer=case.importer,
        goods=case.goods,
        item_count=case.item_count,
        lane=Lane(case.lane),
        score=case.score,
        holder=Holder(case.holder),
        decided_at=case.decided_at or clock.now(),
        control_state=ControlState(case.control_state),
    )
