"""What comes back to a quota: once for every claim, whoever asks and how often."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.quotas.rules import ZERO
from singlewindow.quotas.services.book import Book, Line, book_of_declaration
from singlewindow.quotas.types import ClaimKind

LIVE_SQL = """
SELECT c.quota_id, c.item, c.version, c.quantity, c.demand, c.carried, c.part, c.accepted_on, c.accepted_at, a.quantity
FROM quotas_entry c
LEFT JOIN quotas_entry a ON a.kind = 'allocate' AND a.declaration_id = c.declaration_id AND a.item = c.item
    AND a.version = c.version AND a.quota_id = c.quota_id
WHERE c.kind = 'claim' AND c.declaration_id = %s AND NOT EXISTS (
    SELECT FROM quotas_entry r WHERE r.kind = 'return' AND r.declaration_id = c.declaration_id AND r.item = c.item
      AND r.version = c.version AND r.quota_id = c.quota_id)
ORDER BY c.id
"""


@dataclass(frozen=True, slots=True)
class Live:
    """A claim that was not given back."""

    declaration_id: UUID
    quota_id: UUID
    item: int
    version: int
    quantity: Decimal
    demand: Decimal
    carried: Decimal
    part: bool
    accepted_on: date
    accepted_at: datetime
    granted: Decimal | None
    """What it was allocated; None while its day is not settled."""


def live_claims(work: Work, declaration_id: UUID) -> list[Live]:
    """The claims of a declaration that were not given back; its quotas are locked by the caller."""
    return [Live(declaration_id, *row) for row in work.fetch(LIVE_SQL, [declaration_id])]


def quota_return(work: Work, declaration_id: UUID, *, actor: Actor, at: datetime) -> int:
    """Give back what a declaration claimed or was allocated, after its refusal or invalidation; the claims returned.

    What comes back may be claimed from now on; no day that is settled is opened again.

    Locks: its quotas in the order of their ids; none when it claimed none.

    Idempotent: each claim is given back once.

    Source: docs/rules/quotas.md, QU-RET-01, QU-RET-02.
    """
    book = book_of_declaration(work, declaration_id, actor=actor, at=at)
    if not book.held:
        return 0
    live = live_claims(work, declaration_id)
    return_lines(book, live)
    for one in live:
        event_record(
            work,
            actor=actor,
            verb=Verb.QUOTA_RETURNED,
            subject_type="quota",
            subject_id=str(one.quota_id),
            data={"declaration": str(declaration_id), "item": one.item, "quantity": format(_back(one), "f")},
            at=at,
        )
    book.close()
    return sum(not one.part for one in live)


def return_lines(book: Book, live: Iterable[Live]) -> None:
    """Put the returns of these claims on the ledger of the act."""
    for one in live:
        back = _back(one)
        book.add(
            Line(
                quota_id=one.quota_id,
                kind=ClaimKind.RETURN,
                declaration_id=one.declaration_id,
                item=one.item,
                version=one.version,
                quantity=back,
                part=one.part,
            )
        )
        book.move(one.quota_id, balance=back, pending=ZERO if one.granted is not None else -one.demand)


def _back(one: Live) -> Decimal:
    return one.granted if one.granted is not None else one.carried
