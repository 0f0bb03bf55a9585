"""The case of a declaration: one row that says where clearance stands. Written by acts, never by hand."""

from dataclasses import dataclass, fields, replace
from datetime import datetime
from uuid import UUID

from clearance.models import Case
from clearance.states import CONTROL, ControlState
from clearance.types import Holder, Verdict
from declarations.types import DeclarationSnapshot
from risk.types import Lane
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel.canonical import JsonValue
from singlewindow.kernel.errors import NotFound

TOLD = {
    ControlState.DOCS_REQUIRED: "control.documents",
    ControlState.PHYSICAL: "control.examination",
    ControlState.QUERY: "query.sent",
    ControlState.DETAINED: "control.detained",
}
"""What the parties are told of a step of control; never the lane, the score or a reason of risk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseValues:
    """The columns of a case, as a value."""

    declaration_id: UUID
    mrn: str
    lrn: str
    direction: str
    office: str
    importer: str
    goods: str
    item_count: int
    lane: Lane
    score: int
    holder: Holder
    decided_at: datetime
    blocking: str = ""
    agency: str = ""
    amount_minor: int = 0
    currency: str = ""
    control_state: ControlState = ControlState.NONE
    presented_at: datetime | None = None
    accepted_at: datetime | None = None
    amber_at: datetime | None = None
    red_at: datetime | None = None
    released_at: datetime | None = None
    closed_at: datetime | None = None
    automatic: bool = False

    def under(self, verdict: Verdict) -> "CaseValues":
        """The same case with whose turn it is."""
        first = verdict.first
        return replace(self, holder=verdict.holder, blocking=first.value if first else "", agency=verdict.agency)


_NAMES = tuple(field.name for field in fields(CaseValues))
UPSERT_SQL = (
    f"INSERT INTO clearance_case ({', '.join(_NAMES)}) VALUES ({', '.join(['%s'] * len(_NAMES))}) "  # noqa: S608
    "ON CONFLICT (declaration_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _NAMES if name != "declaration_id")
)
HOLD_SQL = "SELECT control_state FROM clearance_case WHERE declaration_id = %s FOR NO KEY UPDATE"


def case_values(snapshot: DeclarationSnapshot, *, lane: Lane, score: int, at: datetime) -> CaseValues:
    """The case of a declaration that was just scored."""
    message = snapshot.message
    party = message.importer if snapshot.direction == "import" else message.exporter
    first = message.items[0]
    return CaseValues(
        declaration_id=snapshot.id,
        mrn=snapshot.mrn,
        lrn=snapshot.lrn,
        direction=snapshot.direction,
        office=snapshot.office,
        importer=((party.name or party.id or "") if party else "")[:120],
        goods=f"{first.commodity_code or ''} {first.description or ''}".strip()[:120],
        item_count=len(message.items),
        lane=lane,
        score=score,
        holder=Holder.CUSTOMS,
        decided_at=at,
        presented_at=snapshot.presented_at,
        accepted_at=snapshot.accepted_at,
    )


def case_write(work: Work, case: CaseValues) -> None:
    """Insert or replace the row of a case. Idempotent."""
    work.execute(UPSERT_SQL, [getattr(case, name) for name in _NAMES])


def case_lock(declaration_id: UUID) -> Case:
    """The case of a declaration, its row locked; the declaration's row must be locked before it.

    Raises:
        NotFound: the declaration was not scored yet.
    """
    case = Case.objects.select_for_update().filter(pk=declaration_id).first()
    if case is None:
        raise NotFound
    return case


def case_hold(work: Work, declaration_id: UUID) -> ControlState | None:
    """Lock the case of a declaration, where it has one; returns where its control stands.

    The case comes after its declaration and before permits, quotas and money: who changes it last locks it first.

    Locks: the case.
    """
    rows = work.fetch(HOLD_SQL, [declaration_id])
    return ControlState(rows[0][0]) if rows else None


def control_take(
    work: Work,
    *,
    declaration_id: UUID,
    mrn: str,
    current: str,
    action: str,
    actor: Actor,
    parties: tuple[UUID, ...] = (),
    reason: str = "",
    more: dict[str, JsonValue] | None = None,
) -> ControlState:
    """Take a step of control: ask the life cycle, record it, tell the parties what they have to do.

    Raises:
        TransitionRefused: the life cycle has no such arrow.
    """
    target = CONTROL.next_state(action, current)
    event_record(
        work,
        actor=actor,
        verb=Verb.CONTROL_CHANGED,
        subject_type="declaration",
        subject_id=str(declaration_id),
        reason=reason,
        before=str(current),
        after=target.value,
        data={"mrn": mrn, "action": action, **(more or {})},
    )
    told = TOLD.get(target)
    if told and parties:
        party_event_publish(
            work,
            organisation_ids=parties,
            type=told,
            subject_id=str(declaration_id),
            data={"mrn": mrn, **(more or {})},
        )
    return target
