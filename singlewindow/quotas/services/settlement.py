"""The settlement of days: every claim of a day gets what it asks for, or its part of what is left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_DOWN, ROUND_UP, Decimal
from uuid import UUID

from singlewindow.accounts.types import system_actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.quotas.rules import ZERO, OpenClaim, days_allocate
from singlewindow.quotas.services.book import Book, Held, Line, book_of_family, day_over, run_queue
from singlewindow.quotas.types import ClaimKind, StopKind

PLANNED_SQL = "SELECT day FROM quotas_run WHERE quota_id = %s AND done_at IS NULL ORDER BY day"
OPEN_SQL = """
SELECT c.id, c.quota_id, c.declaration_id, c.item, c.version, c.quantity, c.demand, c.carried, c.secured, c.part,
    c.accepted_on
FROM quotas_entry c
WHERE c.kind = 'claim' AND c.quota_id = ANY(%s::uuid[]) AND c.accepted_on <= %s AND NOT EXISTS (
    SELECT FROM quotas_entry o WHERE o.kind IN ('allocate', 'return') AND o.declaration_id = c.declaration_id
      AND o.item = c.item AND o.version = c.version AND o.quota_id = c.quota_id)
ORDER BY c.accepted_on, c.id
"""
DONE_SQL = """
INSERT INTO quotas_run (id, quota_id, day, planned_at, done_at, claims, demand, granted, "left")
VALUES (gen_random_uuid(), %(quota)s, %(day)s, %(at)s, %(at)s, %(claims)s, %(demand)s, %(granted)s, %(left)s)
ON CONFLICT (quota_id, day) DO UPDATE SET done_at = excluded.done_at, claims = excluded.claims,
    demand = excluded.demand, granted = excluded.granted, "left" = excluded."left"
"""
AGAIN = timedelta(days=1)
"""How long the settlement of a blocked quota waits before it looks again."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open claim with what the ledger says of it."""

    id: int
    quota_id: UUID
    declaration_id: UUID
    item: int
    version: int
    quantity: Decimal
    demand: Decimal
    carried: Decimal
    secured: bool
    part: bool
    accepted_on: date

    @property
    def key(self) -> tuple[UUID, int, int]:
        """What it has in common with its mirror."""
        return self.declaration_id, self.item, self.version

    @property
    def open(self) -> OpenClaim:
        """What the rules need of it."""
        return OpenClaim(self.id, self.demand)


def quota_allocate(work: Work, job: JobContext) -> None:
    """Settle the planned days of a quota that have ended everywhere, the earliest first, each in one step.

    While a quota or a part of it is blocked nothing is allocated; it is looked at again a day later.

    Locks: the quota and its parts, in the order of their ids.

    Idempotent: a day is settled once; what is settled is passed over.

    Source: docs/rules/quotas.md, QU-ALL-01 to QU-ALL-05, QU-DAY-02.
    """
    root_id, day = UUID(job.subject_id), date.fromisoformat(job.payload["day"])
    actor, at = system_actor("quotas", conversation_id=job.conversation_id), clock.now()
    book = book_of_family(work, root_id, actor=actor, at=at)
    planned = [row[0] for row in work.fetch(PLANNED_SQL, [root_id])]
    if day not in planned:
        return
    if any(one.stop_today is StopKind.BLOCK for one in book.held.values()):
        run_queue(work, root_id, day, not_before=at + AGAIN, actor=actor)
        return
    if (over := day_over(day)) > at:
        run_queue(work, root_id, day, not_before=over, actor=actor)
        return
    for one in planned:
        if one <= day:
            _settle(book, root_id, one)


def _settle(book: Book, root_id: UUID, day: date) -> None:
    """Serve every open claim up to a day, day by day of acceptance, and close the day."""
    claims = [Waiting(*row) for row in book.work.fetch(OPEN_SQL, [[str(one) for one in book.held], day])]
    granted: dict[int, Decimal] = {}
    for accepted_on in sorted({claim.accepted_on for claim in claims}):
        of_day = [claim for claim in claims if claim.accepted_on == accepted_on]
        given = _granted(book, root_id, of_day)
        for claim in of_day:
            _allocate(book, claim, given[claim.id])
        granted |= given
    for quota_id in book.held:
        book.settled(quota_id, day)
    book.close()
    _runs_close(book, root_id, day, claims, granted)
    _settlements_ask(book, day, claims, granted)


def _granted(book: Book, root_id: UUID, claims: Sequence[Waiting]) -> dict[int, Decimal]:
    """What each claim of one day gets: of its own quota first, then no more than the whole bears."""
    root = book.held[root_id]
    first: dict[int, Decimal] = {}
    for quota in book.held.values():
        if quota.id != root_id:
            own = [claim.open for claim in claims if claim.quota_id == quota.id]
            first |= days_allocate(own, quota.figures.balance, quota.decimals)
    parts = {claim.key: claim for claim in claims if claim.quota_id != root_id}
    asked = [
        OpenClaim(claim.id, _mirrored(first[parts[claim.key].id], book.held[parts[claim.key].quota_id], root))
        if claim.part and claim.key in parts
        else claim.open
        for claim in claims
        if claim.quota_id == root_id
    ]
    result = days_allocate(asked, root.figures.balance, root.decimals)
    for claim in claims:
        if claim.quota_id == root_id and claim.part and claim.key in parts:
            part = parts[claim.key]
            quota = book.held[part.quota_id]
            back = (result[claim.id] / quota.coefficient).quantize(_step(quota), rounding=ROUND_DOWN)
            first[part.id] = min(first[part.id], back)
            result[claim.id] = min(result[claim.id], _mirrored(first[part.id], quota, root))
    return first | result


def _mirrored(quantity: Decimal, quota: Held, root: Held) -> Decimal:
    return (quantity * quota.coefficient).quantize(_step(root), rounding=ROUND_UP)


def _step(quota: Held) -> Decimal:
    return Decimal(1).scaleb(-quota.decimals)


def _allocate(book: Book, claim: Waiting, granted: Decimal) -> None:
    book.add(
        Line(
            quota_id=claim.quota_id,
            kind=ClaimKind.ALLOCATE,
            declaration_id=claim.declaration_id,
            item=claim.item,
            version=claim.version,
            quantity=claim.carried + granted,
            part=claim.part,
            accepted_on=claim.accepted_on,
        )
    )
    book.move(claim.quota_id, balance=-granted, pending=-claim.demand)


def _runs_close(
    book: Book, root_id: UUID, day: date, claims: Iterable[Waiting], granted: Mapping[int, Decimal]
) -> None:
    """Note of each quota that had claims, and of the whole, what its day came to."""
    for quota in sorted(book.held.values(), key=lambda one: one.id):
        own = [claim for claim in claims if claim.quota_id == quota.id]
        if not own and quota.id != root_id:
            continue
        figures: dict[str, Decimal | int] = {
            "claims": len(own),
            "demand": sum((claim.demand for claim in own), ZERO),
            "granted": sum((granted[claim.id] for claim in own), ZERO),
            "left": quota.figures.balance,
        }
        book.work.execute(DONE_SQL, {"quota": quota.id, "day": day, "at": book.at, **figures})
        event_record(
            book.work,
            actor=book.actor,
            verb=Verb.QUOTA_ALLOCATED,
            subject_type="quota",
            subject_id=str(quota.id),
            data={
                "order_number": quota.order_number,
                "day": day.isoformat(),
                **{
                    name: format(value, "f") if isinstance(value, Decimal) else value for name, value in figures.items()
                },
            },
            at=book.at,
        )


def _settlements_ask(book: Book, day: date, claims: Iterable[Waiting], granted: Mapping[int, Decimal]) -> None:
    """Have the money settled of every declaration that was secured or got less than it asked for."""
    touched = {
        claim.declaration_id
        for claim in claims
        if not claim.part and (claim.secured or granted[claim.id] < claim.demand)
    }
    for declaration_id in sorted(touched):
        queue(
            book.work,
            "QuotaAllocated",
            subject_id=str(declaration_id),
            payload={"day": day.isoformat()},
            actor=book.actor,
        )
