"""The write-off of bills: noted at lodging, taken at acceptance, given back when the declaration ends or changes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

import orjson
from psycopg2.extras import Json

from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.cargo.models import CargoLink, Citation, WriteOff
from singlewindow.cargo.rules import Allocation, Taken, allocate, reference_key
from singlewindow.cargo.selectors.bills import rooms_for
from singlewindow.cargo.services.arrays import array_text
from singlewindow.cargo.states import CARGO, CargoState
from singlewindow.cargo.types import CargoClaim, CargoLine, WriteOffOutcome
from singlewindow.db.work import Work
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.errors import RuleViolated, Violation

LINK_COLUMNS = ("declaration_id", "mrn", "direction", "office", "state", "lines", "keys", "awaits_arrival", "at")
CITATION_COLUMNS = ("declaration_id", "kind", "reference")
WRITE_OFF_COLUMNS = ("bill_id", "declaration_id", "mrn", "item", "version", "packages", "mass_kg", "at", "actor")

LINK_SQL = """
SELECT mrn, direction, office, state, version, lines, keys, accepted FROM cargo_cargolink
WHERE declaration_id = %s FOR NO KEY UPDATE
"""
UNCITE_SQL = "DELETE FROM cargo_citation WHERE declaration_id = %s"
CONTAINERS_SQL = "SELECT reference FROM cargo_citation WHERE declaration_id = %s AND kind = 'container'"
ACTIVE_SQL = """
SELECT w.bill_id, w.item, w.packages, w.mass_kg, w.id FROM cargo_writeoff w
WHERE w.declaration_id = %s AND w.reverses_id IS NULL
  AND NOT EXISTS (SELECT FROM cargo_writeoff r WHERE r.reverses_id = w.id)
ORDER BY w.bill_id, w.id
"""
TAKE_SQL = """
UPDATE cargo_bill b SET packages_written = b.packages_written + t.packages,
    mass_written_kg = b.mass_written_kg + t.mass
FROM (SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::numeric[]) AS t(id, packages, mass)) t WHERE b.id = t.id
"""
RETURN_SQL = """
INSERT INTO cargo_writeoff (bill_id, declaration_id, mrn, item, version, packages, mass_kg, reverses_id, at, actor)
SELECT bill_id, declaration_id, mrn, item, version, packages, mass_kg, id, %s, %s
FROM cargo_writeoff WHERE id = ANY(%s)
"""
LOCK_BILLS_SQL = "SELECT id FROM cargo_bill WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE"
STATE_SQL = """
UPDATE cargo_cargolink SET state = %s, version = %s, lines = %s::jsonb, accepted = %s WHERE declaration_id = %s
"""

SUBJECT = "declaration"


@dataclass(frozen=True, slots=True)
class _Link:
    """A declaration's row, locked."""

    declaration_id: UUID
    claim: CargoClaim
    state: CargoState
    version: int
    accepted: bool


@dataclass(frozen=True, slots=True)
class _Entry:
    """A ledger entry that was not returned yet."""

    bill_id: UUID
    item: int
    packages: int
    mass_kg: Decimal
    id: int


def cargo_cite(work: Work, declaration_id: UUID, claim: CargoClaim) -> None:
    """Note what a declaration that is being lodged says of its transport; written with the declaration's own rows.

    Nothing is taken yet: goods are written off when the declaration gets its legal effect.
    """
    at = clock.now()
    if claim.lines:
        row = (
            declaration_id,
            claim.mrn,
            claim.direction,
            claim.office,
            CargoState.CITED.value,
            [line.as_json() for line in claim.lines],
            array_text(claim.keys),
            claim.awaits_arrival,
            at,
        )
        work.insert(CargoLink, LINK_COLUMNS, [row])
    _citations_insert(work, declaration_id, claim)


def write_off(work: Work, declaration_id: UUID, lines: Sequence[CargoLine] | None, actor: Actor) -> WriteOffOutcome:
    """Write off the goods of a declaration that is being accepted, in the accepting transaction.

    All lines whose bills are in a manifest, or, where one asks for more than is left, none of them: the declaration is
    then SHORT, and its goods are not released until there is room. Lines whose bills are in no manifest wait for it.

    Locks: the declaration's cargo row, then its bills in the order of their ids.
    Idempotent: what is written off already is not taken again.

    Args:
        lines: what to take; without them, what was noted at lodging.

    Source: docs/rules/cargo.md, CA-010 to CA-014.
    """
    link = _link(work, declaration_id)
    if link is None:
        return WriteOffOutcome(CargoState.CITED)
    if link.state is CargoState.RETURNED:
        return WriteOffOutcome(CargoState.RETURNED)
    if lines is not None:
        link = replace(link, claim=replace(link.claim, lines=tuple(lines)))
    written = {entry.item for entry in _active(work, declaration_id)}
    asked = replace(link.claim, lines=tuple(line for line in link.claim.lines if line.item not in written))
    allocation = allocate(asked.lines, rooms_for(asked, lock=True))
    return _settle(work, link, allocation, actor)


def write_off_reverse(work: Work, declaration_id: UUID, actor: Actor) -> int:
    """Give back what a declaration wrote off, in the transaction that ends it; how many entries were returned.

    Locks: the declaration's cargo row, then its bills in the order of their ids.
    Idempotent: each entry is returned once, which the database holds by a unique key.

    Source: docs/rules/cargo.md, CA-015; domain.md F21.
    """
    link = _link(work, declaration_id)
    if link is None or link.state is CargoState.RETURNED:
        return 0
    entries = _active(work, declaration_id)
    _bills_lock(work, {entry.bill_id for entry in entries})
    _return(work, entries, actor)
    state = CARGO.next_state("give_back", link.state)
    _link_write(work, link, state, link.version)
    if entries:
        _record(work, link, Verb.CARGO_RETURNED, actor, entries)
        _room_tell(work, entries, actor)
    return len(entries)


def write_off_change(
    work: Work,
    declaration_id: UUID,
    lines: Sequence[CargoLine],
    actor: Actor,
    *,
    claim: CargoClaim | None = None,
) -> WriteOffOutcome:
    """Take what an amended declaration needs instead of what it took, in the amending transaction.

    Before acceptance only the note of lodging changes. Afterwards what stays the same stays taken, and the rest is
    returned and taken anew.

    Locks: the declaration's cargo row, then the bills before and after in the order of their ids.

    Args:
        claim: the whole claim of the new content, where parties, containers or references changed too.

    Source: docs/rules/cargo.md, CA-016.

    Raises:
        RuleViolated: CA-010 or CA-012, the new lines ask for more than is left; nothing has changed.
    """
    link = _link(work, declaration_id)
    if link is None:
        if claim is not None:
            work.execute(UNCITE_SQL, [declaration_id])  # containers are cited where no bill is
            cargo_cite(work, declaration_id, claim)
        return WriteOffOutcome(CargoState.CITED)
    if link.state is CargoState.RETURNED:
        return WriteOffOutcome(CargoState.RETURNED)
    link = replace(link, claim=replace(claim or link.claim, lines=tuple(lines)))
    if claim is not None:
        _cited_again(work, link)
    if not link.accepted:
        _link_write(work, link, link.state, link.version)
        return WriteOffOutcome(link.state)
    entries = _active(work, declaration_id)
    _bills_lock(work, {entry.bill_id for entry in entries} | _bills_of(link.claim))
    _return(work, entries, actor)
    allocation = allocate(link.claim.lines, rooms_for(link.claim, lock=True))
    if allocation.refused:
        raise RuleViolated(allocation.refused[0][1], violations=_violations(allocation))
    link = replace(link, version=link.version + 1)
    outcome = _settle(work, link, allocation, actor)
    _room_tell(work, entries, actor)
    return outcome


def write_off_again(work: Work, declaration_id: UUID, actor: Actor) -> WriteOffOutcome | None:
    """Try again for a declaration whose bill was missing or short, after a manifest came or room was given back.

    Idempotent: a declaration that misses nothing is left as it is.
    """
    link = _link(work, declaration_id)
    if link is None or not link.accepted or link.state not in {CargoState.UNMANIFESTED, CargoState.SHORT}:
        return None
    before = link.state
    outcome = write_off(work, declaration_id, None, actor)
    if before is CargoState.SHORT and outcome.state is not CargoState.SHORT:
        queue(work, "CargoCovered", subject_id=str(declaration_id), actor=actor)
    return outcome


def over_write_off(claim: CargoClaim) -> Iterator[Violation]:
    """Find lines that ask for more than their bills have left now, before anything is lodged; one query at most.

    Source: docs/rules/cargo.md, CA-010, CA-012.
    """
    if not claim.lines or not any(line.bills for line in claim.lines):
        return
    yield from _violations(allocate(claim.lines, rooms_for(claim)))


def _violations(allocation: Allocation) -> Iterator[Violation]:
    remedy = "Check packages and mass against the bill, or ask the carrier to amend the manifest."
    for line, sentence in allocation.short:
        yield Violation("CA-010", line.pointer, sentence, remedy, value=_named(line))
    for line, sentence in allocation.split:
        pointer = line.bills[0].pointer if line.bills else line.pointer
        yield Violation("CA-012", pointer, sentence, value=_named(line))


def _named(line: CargoLine) -> str:
    return line.bills[0].reference if line.bills else ""


def _settle(work: Work, link: _Link, allocation: Allocation, actor: Actor) -> WriteOffOutcome:
    if allocation.refused:
        state = CARGO.next_state("fall_short", link.state)
        _link_write(work, replace(link, accepted=True), state, link.version)
        if state is not link.state:
            _record(work, link, Verb.CARGO_SHORT, actor, [])
        return WriteOffOutcome(state, short=tuple((line.item, text) for line, text in allocation.refused))
    _take(work, link, allocation.taken, actor)
    state = CARGO.next_state("miss" if allocation.missing else "cover", link.state)
    _link_write(work, replace(link, accepted=True), state, link.version)
    if allocation.taken:
        _record(work, link, Verb.CARGO_WRITTEN_OFF, actor, allocation.taken)
    return WriteOffOutcome(state, missing=tuple(line.item for line in allocation.missing))


def _take(work: Work, link: _Link, taken: Sequence[Taken], actor: Actor) -> None:
    if not taken:
        return
    _add(work, taken, 1)
    at = clock.now()
    work.insert(
        WriteOff,
        WRITE_OFF_COLUMNS,
        [
            (
                one.bill_id,
                link.declaration_id,
                link.claim.mrn,
                one.item,
                link.version,
                one.packages,
                one.mass_kg,
                at,
                actor.label,
            )
            for one in taken
        ],
    )
    work.flush()


def _return(work: Work, entries: Sequence[_Entry], actor: Actor) -> None:
    if not entries:
        return
    _add(work, entries, -1)
    work.execute(RETURN_SQL, [clock.now(), actor.label, [entry.id for entry in entries]])


def _add(work: Work, rows: Sequence[Taken] | Sequence[_Entry], sign: int) -> None:
    packages: dict[UUID, int] = defaultdict(int)
    mass: dict[UUID, Decimal] = defaultdict(Decimal)
    for row in rows:
        packages[row.bill_id] += sign * row.packages
        mass[row.bill_id] += sign * row.mass_kg
    ids = sorted(packages)
    work.execute(
        TAKE_SQL, [[str(bill) for bill in ids], [packages[bill] for bill in ids], [mass[bill] for bill in ids]]
    )


def _link(work: Work, declaration_id: UUID) -> _Link | None:
    rows = work.fetch(LINK_SQL, [declaration_id])
    if not rows:
        return None
    mrn, direction, office, state, version, lines, keys, accepted = rows[0]
    claim = CargoClaim(
        mrn=mrn,
        direction=direction,
        office=office,
        lines=tuple(CargoLine.of_json(line) for line in orjson.loads(lines)),
        keys=tuple(keys),
        containers=tuple(row[0] for row in work.fetch(CONTAINERS_SQL, [declaration_id])),
    )
    return _Link(declaration_id, claim, CargoState(state), version, accepted)


def _link_write(work: Work, link: _Link, state: CargoState, version: int) -> None:
    lines = Json([line.as_json() for line in link.claim.lines])
    work.execute(STATE_SQL, [state.value, version, lines, link.accepted, link.declaration_id])


def _active(work: Work, declaration_id: UUID) -> list[_Entry]:
    return [_Entry(*row) for row in work.fetch(ACTIVE_SQL, [declaration_id])]


def _bills_lock(work: Work, bill_ids: Iterable[UUID]) -> None:
    ids = sorted(set(bill_ids))
    if ids:
        work.fetch(LOCK_BILLS_SQL, [[str(bill) for bill in ids]])


def _bills_of(claim: CargoClaim) -> set[UUID]:
    return {room.bill_id for rooms in rooms_for(claim).values() for room in rooms}


def _cited_again(work: Work, link: _Link) -> None:
    work.execute(UNCITE_SQL, [link.declaration_id])
    work.execute(
        "UPDATE cargo_cargolink SET keys = %s, office = %s WHERE declaration_id = %s",
        [list(link.claim.keys), link.claim.office, link.declaration_id],
    )
    _citations_insert(work, link.declaration_id, link.claim)
    work.flush()


def _citations_insert(work: Work, declaration_id: UUID, claim: CargoClaim) -> None:
    references = {bill.reference for line in claim.lines for bill in line.bills}
    named = {("bill", reference_key(reference)) for reference in references}
    named |= {("ucr", ucr[:70]) for ucr in claim.ucrs} | {("plate", plate) for plate in claim.plates}
    if claim.manifest_reference:
        named.add(("manifest", reference_key(claim.manifest_reference)))
    if claim.awaits_arrival or not any(kind == "bill" for kind, _ in named):
        named |= {("container", container) for container in claim.containers}
    work.insert(Citation, CITATION_COLUMNS, [(declaration_id, *one) for one in sorted(named) if one[1]])


def _record(work: Work, link: _Link, verb: Verb, actor: Actor, rows: Sequence[Taken] | Sequence[_Entry]) -> None:
    packages = sum(row.packages for row in rows)
    mass = sum((row.mass_kg for row in rows), Decimal(0))
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type=SUBJECT,
        subject_id=str(link.declaration_id),
        data={
            "mrn": link.claim.mrn,
            "bills": sorted({str(row.bill_id) for row in rows}),
            "packages": packages,
            "mass_kg": format(mass, "f"),
        },
    )


def _room_tell(work: Work, entries: Sequence[_Entry], actor: Actor) -> None:
    """Let declarations that fell short on these bills try again."""
    for bill_id in sorted({entry.bill_id for entry in entries}):
        queue(work, "CargoRoomChanged", subject_id=str(bill_id), payload={"bills": [str(bill_id)]}, actor=actor)
