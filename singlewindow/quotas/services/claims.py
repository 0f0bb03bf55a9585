"""Claims on quotas: what a declaration asks for when it is accepted, and what an amendment makes of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_UP, Decimal

from declarations.schemas import GoodsItem
from declarations.types import DeclarationSnapshot
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.quotas.rules import FREE_CIRCULATION, ZERO, quantity_asked, standing_of
from singlewindow.quotas.services.book import Book, Held, Line, book_named, office_day, run_plan
from singlewindow.quotas.services.returns import Live, live_claims, return_lines
from singlewindow.quotas.types import ClaimKind, QuotaClaimed, StandingState

REFUSALS: Mapping[StandingState, str] = {
    StandingState.NONE: "QU-CLM-01",
    StandingState.BLOCKED: "QU-CLM-03",
    StandingState.EXHAUSTED: "QU-CLM-04",
    StandingState.CLOSED: "QU-CLM-04",
}
"""The rule under which a standing refuses a claim."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """An item that names a quota, with the day on which it asks."""

    item: GoodsItem
    number: str
    on: date


def quota_claim(work: Work, snapshot: DeclarationSnapshot, *, actor: Actor, at: datetime) -> list[QuotaClaimed]:
    """Claim for every item that names a quota, in the order of items, with the day of acceptance at its office.

    Belongs into the transaction that accepts the declaration, after its permits and before its assessment. What is
    asked counts against the quota at once; what of it is granted is decided when the day has ended everywhere.

    Locks: the quotas and those they are parts of, in the order of their ids.

    Source: docs/rules/quotas.md, QU-CLM-01 to QU-CLM-07, QU-DAY-01 (domain.md F46).

    Raises:
        IntegrityError: the same version claimed before; acceptance happens once.
    """
    on = office_day(snapshot.office, at)
    asked = [_Asked(item, number, on) for item, number in _naming(snapshot)]
    if not asked:
        return []
    book = book_named(work, {one.number for one in asked}, on, actor=actor, at=at)
    outcomes = [_claim(book, snapshot, one, at) for one in asked]
    _finish(book, snapshot, outcomes)
    return outcomes


def quota_change(work: Work, snapshot: DeclarationSnapshot, *, actor: Actor, at: datetime) -> list[QuotaClaimed]:
    """What an amendment does: an item keeps what it has as far as it still needs it, and asks for what it adds.

    An open claim keeps its day. What is asked for anew, or more than before a day that is settled, counts from the day
    of the amendment. What is not needed any more goes back to the quota.

    Locks: the quotas of both versions together, in the order of their ids.

    Idempotent: a claim is given back once, and a version claims once.

    Source: docs/rules/quotas.md, QU-AMD-01 to QU-AMD-04.
    """
    accepted = snapshot.accepted_at or at
    day, today = office_day(snapshot.office, accepted), office_day(snapshot.office, at)
    naming = dict(_naming(snapshot))
    book = book_named(work, naming.values(), day, actor=actor, at=at, declaration_id=snapshot.id)
    if not book.held:
        return [_refused(book, snapshot, _Asked(item, number, today), "QU-CLM-01") for item, number in naming.items()]
    live = {(one.item, one.quota_id): one for one in live_claims(work, snapshot.id) if one.version < snapshot.version}
    return_lines(book, live.values())
    outcomes = []
    for item, number in naming.items():
        quota = _quota(book, number)
        before = live.get((item.number, quota.id)) if quota else None
        if quota is None or before is None:
            outcomes.append(_claim(book, snapshot, _Asked(item, number, today), at))
        else:
            outcomes.append(_claim_again(book, snapshot, item, quota, before, today, at))
    _finish(book, snapshot, outcomes)
    return outcomes


def _naming(snapshot: DeclarationSnapshot) -> Iterator[tuple[GoodsItem, str]]:
    """The items that name a quota, each with its order number as six digits."""
    if snapshot.direction != "import":
        return
    for item in snapshot.message.items:
        if item.quota_order_number:
            yield item, item.quota_order_number.replace(".", "").strip()


def _quota(book: Book, number: str) -> Held | None:
    return next((one for one in book.held.values() if one.order_number == number), None)


def _claim(book: Book, snapshot: DeclarationSnapshot, asked: _Asked, at: datetime) -> QuotaClaimed:
    quota = _quota(book, asked.number)
    if quota is None:
        return _refused(book, snapshot, asked, "QU-CLM-01")
    quantity = _quantity(asked.item, quota)
    reason = _bar(book, quota, asked.item, quantity, amended=snapshot.version > 1)
    if reason or quantity is None:
        return _refused(book, snapshot, asked, reason or "QU-CLM-06", quota)
    _book_claim(book, snapshot, asked.item, quota, quantity=quantity, demand=quantity, on=asked.on, at=at)
    return _claimed(book, asked.item, quota, quantity)


def _claim_again(
    book: Book, snapshot: DeclarationSnapshot, item: GoodsItem, quota: Held, before: Live, today: date, at: datetime
) -> QuotaClaimed:
    """The claim of an item that had one: it keeps what it has, and its day as long as that is not settled."""
    quantity = _quantity(item, quota)
    if quantity is None:
        return _refused(book, snapshot, _Asked(item, quota.order_number, today), "QU-CLM-06", quota)
    keeps = before.granted if before.granted is not None else before.carried
    more = quantity - before.quantity
    demand = max(more, ZERO) if before.granted is not None else max(before.demand + more, ZERO)
    on = today if before.granted is not None else before.accepted_on
    if before.granted is not None and demand and _bar(book, book.held[quota.id], item, quantity, amended=True):
        demand = ZERO
    carried = min(keeps, quantity)
    _book_claim(book, snapshot, item, quota, quantity=quantity, demand=demand, on=on, at=at, carried=carried)
    return _claimed(book, item, quota, quantity)


def _book_claim(
    book: Book,
    snapshot: DeclarationSnapshot,
    item: GoodsItem,
    quota: Held,
    *,
    quantity: Decimal,
    demand: Decimal,
    on: date,
    at: datetime,
    carried: Decimal = ZERO,
) -> None:
    """Put a claim on the quota and its mirror on what the quota is a part of; with nothing to ask for it is settled."""
    for one, part in _with_parent(book, quota):
        scaled = [_scaled(value, quota, one) for value in (quantity, demand, carried)]
        line = Line(
            quota_id=one.id,
            kind=ClaimKind.CLAIM,
            declaration_id=snapshot.id,
            item=item.number,
            version=snapshot.version,
            quantity=scaled[0],
            demand=scaled[1],
            carried=scaled[2],
            part=part,
            accepted_on=on,
            accepted_at=snapshot.accepted_at or at,
        )
        book.add(line)
        book.move(one.id, balance=-scaled[2], pending=scaled[1])
        if not demand:
            book.add(
                Line(
                    quota_id=one.id,
                    kind=ClaimKind.ALLOCATE,
                    declaration_id=snapshot.id,
                    item=item.number,
                    version=snapshot.version,
                    quantity=scaled[2],
                    part=part,
                    accepted_on=on,
                )
            )
    if demand:
        settled = book.held[quota.root_id].settled_to if quota.root_id in book.held else quota.settled_to
        run_plan(book.work, quota, _run_day(on, settled), actor=book.actor, at=book.at)


def _run_day(on: date, settled: date | None) -> date:
    """The day with which a claim is settled: its own, or the first that is not settled yet (QU-DAY-03)."""
    return on if settled is None or on > settled else date.fromordinal(settled.toordinal() + 1)


def _with_parent(book: Book, quota: Held) -> Iterator[tuple[Held, bool]]:
    yield quota, False
    if quota.parent_id is not None:
        yield book.held[quota.parent_id], True


def _scaled(value: Decimal, quota: Held, onto: Held) -> Decimal:
    if onto.id == quota.id:
        return value
    return (value * quota.coefficient).quantize(Decimal(1).scaleb(-onto.decimals), rounding=ROUND_UP)


def _quantity(item: GoodsItem, quota: Held) -> Decimal | None:
    return quantity_asked(item, unit=quota.unit, by_value=quota.by_value, decimals=quota.decimals)


def _bar(book: Book, quota: Held, item: GoodsItem, quantity: Decimal | None, *, amended: bool) -> str:
    """The rule that keeps an item from claiming; empty where nothing does. A stop of today bars what is added too."""
    for one, _part in _with_parent(book, quota):
        stop = one.stop or (one.stop_today if amended else None)
        standing = standing_of(one.figures, state=one.state, stop=stop)
        if standing in REFUSALS:
            return REFUSALS[standing]
    if quota.origins and not {item.preferential_origin, item.origin} & set(quota.origins):
        return "QU-CLM-02"
    if item.procedure[:2] not in FREE_CIRCULATION:
        return "QU-CLM-05"
    return "" if quantity is not None else "QU-CLM-06"


def _refused(
    book: Book, snapshot: DeclarationSnapshot, asked: _Asked, reason: str, quota: Held | None = None
) -> QuotaClaimed:
    if quota is not None:
        book.add(
            Line(
                quota_id=quota.id,
                kind=ClaimKind.REFUSE,
                declaration_id=snapshot.id,
                item=asked.item.number,
                version=snapshot.version,
                quantity=ZERO,
                accepted_on=asked.on,
                reason=reason,
            )
        )
    standing = standing_of(quota.figures, state=quota.state, stop=quota.stop) if quota else StandingState.NONE
    unit = quota.unit if quota else ""
    return QuotaClaimed(asked.item.number, asked.number, ZERO, unit, standing, claimed=False, reason=reason)


def _claimed(book: Book, item: GoodsItem, quota: Held, quantity: Decimal) -> QuotaClaimed:
    one = book.held[quota.id]
    standing = standing_of(one.figures, state=one.state, stop=one.stop)
    return QuotaClaimed(item.number, quota.order_number, quantity, quota.unit, standing, claimed=True)


def _finish(book: Book, snapshot: DeclarationSnapshot, outcomes: Iterable[QuotaClaimed]) -> None:
    """Write the book, and tell what was claimed and what could not be."""
    for outcome in outcomes:
        quota = _quota(book, outcome.order_number)
        event_record(
            book.work,
            actor=book.actor,
            verb=Verb.QUOTA_CLAIMED if outcome.claimed else Verb.QUOTA_REFUSED,
            subject_type="quota",
            subject_id=str(quota.id if quota else outcome.order_number),
            data={
                "mrn": snapshot.mrn,
                "item": outcome.item,
                "quantity": format(outcome.quantity, "f"),
                "unit": outcome.unit,
                "rule": outcome.reason,
            },
            at=book.at,
        )
    book.close()
