"""The quotas of one act: locked once in the order of their ids, changed in memory, written together with the ledger."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound
from singlewindow.quotas.models import Entry
from singlewindow.quotas.rules import ZERO, Figures, day_ends, local_day, state_of
from singlewindow.quotas.states import QUOTA, QuotaState
from singlewindow.quotas.types import ClaimKind, StopKind
from singlewindow.reference.selectors import office, offices

COLUMNS_SQL = """
SELECT q.id, q.order_number, q.parent_id, q.coefficient, q.unit, q.by_value, q.decimals, q.origins, q.state,
    q.period_to, q.settled_to, q.volume, q.balance, q.pending, q.critical_share, q.critical_decided,
    (SELECT min(s.kind) FROM quotas_stop s WHERE s.quota_id = q.id AND s.day_from <= %(on)s
        AND coalesce(s.day_to, 'infinity') >= %(on)s) AS stop,
    (SELECT min(s.kind) FROM quotas_stop s WHERE s.quota_id = q.id AND s.day_from <= %(today)s
        AND coalesce(s.day_to, 'infinity') >= %(today)s) AS stop_today
FROM quotas_quota q WHERE
"""
LOCK_SQL = " ORDER BY q.id FOR NO KEY UPDATE OF q"
NAMED_SQL = """
q.id IN (SELECT unnest(ARRAY[n.id, n.parent_id]) FROM quotas_quota n
         WHERE n.order_number = ANY(%(numbers)s) AND %(on)s BETWEEN n.period_from AND n.period_to)
"""
OF_DECLARATION_SQL = """
q.id IN (SELECT e.quota_id FROM quotas_entry e WHERE e.declaration_id = %(declaration)s AND e.kind = 'claim')
"""
FAMILY_SQL = "(q.id = %(root)s OR q.parent_id = %(root)s)"
SAVE_SQL = """
UPDATE quotas_quota SET balance = balance + %s, pending = pending + %s, volume = volume + %s, state = %s,
    settled_to = greatest(settled_to, %s), critical_decided = %s, changed_at = %s
WHERE id = %s
"""
PLAN_SQL = """
INSERT INTO quotas_run (id, quota_id, day, planned_at) VALUES (gen_random_uuid(), %s, %s, %s)
ON CONFLICT (quota_id, day) DO NOTHING
"""
ENTRY_COLUMNS = (
    *("quota_id", "kind", "declaration_id", "item", "version", "quantity", "demand", "carried", "secured", "part"),
    *("accepted_on", "accepted_at", "at", "actor", "reason", "source"),
)
ACTIONS: dict[QuotaState, str] = {
    QuotaState.OPEN: "reopen",
    QuotaState.CRITICAL: "tighten",
    QuotaState.EXHAUSTED: "exhaust",
    QuotaState.BLOCKED: "block",
    QuotaState.CLOSED: "close",
}
"""The step that leads to each state."""


@dataclass(frozen=True, slots=True)
class Held:
    """A quota whose row is locked, as it stands within the act."""

    id: UUID
    order_number: str
    parent_id: UUID | None
    coefficient: Decimal
    unit: str
    by_value: bool
    decimals: int
    origins: tuple[str, ...]
    state: QuotaState
    period_to: date
    settled_to: date | None
    figures: Figures
    stop: StopKind | None
    """What stops claims of goods accepted on the day of the act."""
    stop_today: StopKind | None

    @property
    def root_id(self) -> UUID:
        """The quota whose days it is settled with: its parent, or itself."""
        return self.parent_id or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the ledger to be written."""

    quota_id: UUID
    kind: ClaimKind
    quantity: Decimal
    declaration_id: UUID | None = None
    item: int = 0
    version: int = 1
    demand: Decimal = ZERO
    carried: Decimal = ZERO
    part: bool = False
    accepted_on: date | None = None
    accepted_at: datetime | None = None
    reason: str = ""
    source: str = ""


@dataclass(slots=True)
class Book:
    """The quotas that one act has locked, and what it writes of them."""

    work: Work
    actor: Actor
    at: datetime
    held: dict[UUID, Held]
    before: dict[UUID, Held] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Remember how each stood."""
        self.before = dict(self.held)

    def move(self, quota_id: UUID, *, balance: Decimal = ZERO, pending: Decimal = ZERO, volume: Decimal = ZERO) -> None:
        """Change the figures of a quota within the act."""
        one = self.held[quota_id]
        figures = replace(
            one.figures,
            balance=one.figures.balance + balance,
            pending=one.figures.pending + pending,
            volume=one.figures.volume + volume,
        )
        self.held[quota_id] = replace(one, figures=figures)

    def settled(self, quota_id: UUID, day: date) -> None:
        """Note that the days up to this one are settled."""
        one = self.held[quota_id]
        self.held[quota_id] = replace(one, settled_to=max(day, one.settled_to or day))

    def add(self, line: Line) -> None:
        """Put a line on the ledger."""
        self.lines.append(line)

    def state_now(self, quota_id: UUID) -> QuotaState:
        """Where a quota stands by what the act has done so far."""
        one = self.held[quota_id]
        if one.state is QuotaState.CLOSED:
            return QuotaState.CLOSED
        return state_of(one.figures, stopped=one.stop_today is not None)

    def end(self, quota_id: UUID) -> None:
        """Close a quota whose period is over and settled."""
        one = self.held[quota_id]
        self.held[quota_id] = replace(one, state=QuotaState.CLOSED)
        self.close()

    def close(self) -> None:
        """Write every quota that changed, in the order of ids, with its lines and its change of state."""
        critical = {one for one in self.held if self.state_now(one) is QuotaState.CRITICAL}
        self.work.insert(Entry, ENTRY_COLUMNS, [self._row(line, line.quota_id in critical) for line in self.lines])
        for quota_id in sorted(self.held):
            self._save(quota_id)
        self.lines = []
        self.before = dict(self.held)
        self.work.flush()

    def _row(self, line: Line, critical: bool) -> tuple[object, ...]:
        parent = self.held[line.quota_id].parent_id
        secured = critical or (parent is not None and self.state_now(parent) is QuotaState.CRITICAL)
        return (
            *(line.quota_id, line.kind.value, line.declaration_id, line.item, line.version, line.quantity),
            *(line.demand, line.carried, secured and line.kind is ClaimKind.CLAIM, line.part),
            *(line.accepted_on, line.accepted_at, self.at, self.actor.label, line.reason, line.source),
        )

    def _save(self, quota_id: UUID) -> None:
        before, now = self.before[quota_id], self.held[quota_id]
        state = self.state_now(quota_id)
        if before == now and state is before.state:
            return
        parameters = (
            now.figures.balance - before.figures.balance,
            now.figures.pending - before.figures.pending,
            now.figures.volume - before.figures.volume,
            state.value,
            now.settled_to,
            now.figures.critical_decided,
            self.at,
            quota_id,
        )
        self.work.execute(SAVE_SQL, parameters)
        if state is not before.state:
            state_tell(self.work, now, before.state, state, self.actor, self.at)
            self.held[quota_id] = replace(now, state=state)


def state_tell(work: Work, one: Held, before: QuotaState, state: QuotaState, actor: Actor, at: datetime) -> None:
    """Record that a quota changed its state; the life cycle is asked first."""
    QUOTA.transition(ACTIONS[state], before)
    event_record(
        work,
        actor=actor,
        verb=Verb.QUOTA_STATE_CHANGED,
        subject_type="quota",
        subject_id=str(one.id),
        before=before.value,
        after=state.value,
        data={"order_number": one.order_number, "left": format(one.figures.balance, "f")},
        at=at,
    )


def book_named(
    work: Work, numbers: Iterable[str], on: date, *, actor: Actor, at: datetime, declaration_id: UUID | None = None
) -> Book:
    """The quotas of these order numbers on a day, with those they are parts of, and those of a declaration; locked.

    Locks: the quotas, in the order of their ids.
    """
    where = f"({NAMED_SQL} OR {OF_DECLARATION_SQL})" if declaration_id else NAMED_SQL
    return _book(work, where, {"numbers": sorted(set(numbers)), "declaration": declaration_id}, on, actor, at)


def book_of_declaration(work: Work, declaration_id: UUID, *, actor: Actor, at: datetime) -> Book:
    """The quotas that a declaration has claims on, locked in the order of their ids."""
    return _book(work, OF_DECLARATION_SQL, {"declaration": declaration_id}, at.date(), actor, at)


def book_of_family(work: Work, root_id: UUID, *, actor: Actor, at: datetime) -> Book:
    """A quota and its parts, locked in the order of their ids.

    Raises:
        NotFound: there is no such quota.
    """
    book = _book(work, FAMILY_SQL, {"root": root_id}, at.date(), actor, at)
    if root_id not in book.held:
        raise NotFound
    return book


def book_of(work: Work, quota_ids: Iterable[UUID], *, actor: Actor, at: datetime) -> Book:
    """These quotas, locked in the order of their ids."""
    ids = [str(one) for one in sorted(set(quota_ids))]
    return _book(work, "q.id = ANY(%(ids)s::uuid[])", {"ids": ids}, at.date(), actor, at)


def _book(work: Work, where: str, parameters: dict[str, object], on: date, actor: Actor, at: datetime) -> Book:
    rows = work.fetch(COLUMNS_SQL + where + LOCK_SQL, {**parameters, "on": on, "today": clock.today()})
    return Book(work, actor, at, {row[0]: _held(row) for row in rows})


def _held(row: tuple[Any, ...]) -> Held:
    quota_id, number, parent_id, coefficient, unit, by_value, decimals, origins, state, ends, settled_to = row[:11]
    stop, stop_today = row[16:]
    return Held(
        id=quota_id,
        order_number=number,
        parent_id=parent_id,
        coefficient=coefficient,
        unit=unit,
        by_value=by_value,
        decimals=decimals,
        origins=tuple(origins),
        state=QuotaState(state),
        period_to=ends,
        settled_to=settled_to,
        figures=Figures(*row[11:16]),
        stop=StopKind(stop) if stop else None,
        stop_today=StopKind(stop_today) if stop_today else None,
    )


def office_day(code: str, at: datetime) -> date:
    """The calendar day of an instant at an office; UTC where the office is not of this country (QU-DAY-01)."""
    try:
        zone = office(code, at.date()).time_zone
    except NotFound:
        zone = "UTC"
    return local_day(at, zone)


def day_over(day: date) -> datetime:
    """When every office's day has ended and its claims were awaited (QU-DAY-02)."""
    return day_ends(day, {one.time_zone for one in offices(day)})


def run_plan(work: Work, one: Held, day: date, *, actor: Actor, at: datetime) -> None:
    """Have a day settled once it has ended everywhere; a day is planned once.

    Idempotent: a day that is planned stays as it is.
    """
    if work.execute(PLAN_SQL, [one.root_id, day, at]):
        run_queue(work, one.root_id, day, not_before=day_over(day), actor=actor)


def run_queue(work: Work, root_id: UUID, day: date, *, not_before: datetime, actor: Actor) -> None:
    """Ask for the settlement of a planned day."""
    payload = {"day": day.isoformat()}
    queue(work, "QuotaDayEnded", subject_id=str(root_id), payload=payload, not_before=not_before, actor=actor)
