"""Which bills a declaration's lines mean, and what is left of them."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from singlewindow.cargo.models import WriteOff
from singlewindow.cargo.rules import Room, reference_key
from singlewindow.cargo.states import CargoState
from singlewindow.cargo.types import CargoClaim, CargoLine

HOUSE_CODES = frozenset({"703", "714"})
"""House air waybill, house bill of lading."""

ROOM_COLUMNS = (
    "b.id, b.reference_key, b.reference, b.packages - b.packages_written, b.mass_kg - b.mass_written_kg, "
    "b.packages > 0, b.houses > 0"
)
MINE = "b.state = 'LIVE' AND (b.to_order OR cardinality(b.keys) = 0 AND cardinality(b.consignor_keys) = 0 {more})"
"""A bill to order, or one that names nobody at all, is for whoever holds it."""

_THEIRS = "OR {column} && %(keys)s::varchar[]"
ROOMS_SQL = """
SELECT {columns} FROM cargo_bill b JOIN cargo_manifest m ON m.id = b.manifest_id
WHERE b.reference_key = ANY(%(references)s) AND m.direction = %(way)s AND {mine} ORDER BY b.id
"""
BY_CONTAINER_SQL = """
SELECT {columns} FROM cargo_bill b JOIN cargo_manifest m ON m.id = b.manifest_id
WHERE b.id IN (SELECT bill_id FROM cargo_billcontainer WHERE container_id = ANY(%(containers)s))
  AND m.direction = %(way)s AND b.keys && %(keys)s::varchar[] AND b.state = 'LIVE' ORDER BY b.id
"""
LOCKED = " FOR NO KEY UPDATE OF b"
"""In the order of their ids, so that crossed declarations wait for each other and never deadlock."""

SHORT_SQL = "SELECT 1 FROM cargo_cargolink WHERE declaration_id = %s AND state = 'SHORT'"


def mine_sql(direction: str) -> str:
    """The condition under which a bill is for a declaration's parties: consignees import, consignors export.

    Source: docs/rules/cargo.md, CA-011; reliability.md A5.
    """
    column = "b.consignor_keys" if direction == "export" else "b.keys"
    return MINE.format(more=_THEIRS.format(column=column))


def rooms_for(claim: CargoClaim, *, lock: bool = False) -> dict[int, list[Room]]:
    """By item number, the bills that its line means, each bill one object for all lines.

    A bill that is for somebody else is not found, just like one that is in no manifest.

    Locks: the bills, in the order of their ids, when asked to.
    """
    references = sorted({reference_key(bill.reference) for line in claim.lines for bill in line.bills})
    found: dict[str, list[Room]] = {}
    by_container: list[Room] = []
    if references:
        for key, room in _rooms(ROOMS_SQL, claim, {"references": references}, lock):
            found.setdefault(key, []).append(room)
    unnamed = any(not line.bills for line in claim.lines)
    if unnamed and claim.containers and claim.keys:
        by_container = [
            room for _, room in _rooms(BY_CONTAINER_SQL, claim, {"containers": list(claim.containers)}, lock)
        ]
    return {line.item: _of_line(line, found, by_container) for line in claim.lines}


def bills_known(references: Iterable[str]) -> frozenset[str]:
    """Those of the references, in their plain form, that a bill of some manifest bears: one query for any number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT reference_key FROM cargo_bill WHERE reference_key = ANY(%s)", [list(references)]
        )
        return frozenset(key for (key,) in cursor.fetchall())


def _of_line(line: CargoLine, found: dict[str, list[Room]], by_container: list[Room]) -> list[Room]:
    if not line.bills:
        return by_container
    houses = [bill for bill in line.bills if bill.code in HOUSE_CODES]
    rooms = [found.get(reference_key(bill.reference), [])[-1:] for bill in houses or line.bills]
    flat = [room for some in rooms for room in some]
    return list({room.bill_id: room for room in flat}.values())


def _rooms(sql: str, claim: CargoClaim, parameters: dict[str, Any], lock: bool) -> list[tuple[str, Room]]:
    way = "outward" if claim.direction == "export" else "inward"
    text = sql.format(columns=ROOM_COLUMNS, mine=mine_sql(claim.direction)) + (LOCKED if lock else "")
    with connection.cursor() as cursor:
        cursor.execute(text, parameters | {"keys": list(claim.keys), "way": way})
        return [
            (key, Room(bill_id, reference, packages, mass, counted, split))
            for bill_id, key, reference, packages, mass, counted, split in cursor.fetchall()
        ]


def cargo_short(declaration_id: UUID) -> bool:
    """Whether a declaration asks for more than the manifests have left, so that its goods may not be released."""
    with connection.cursor() as cursor:
        cursor.execute(SHORT_SQL, [declaration_id])
        return cursor.fetchone() is not None


def cargo_state(declaration_id: UUID) -> CargoState | None:
    """How a declaration stands to the manifests; nothing where its goods are in none and need none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM cargo_cargolink WHERE declaration_id = %s", [declaration_id])
        row = cursor.fetchone()
    return CargoState(row[0]) if row else None


def bills_out_of_balance() -> list[UUID]:
    """Bills whose written-off sums are not those of their ledger; there are none unless somebody broke in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT b.id FROM cargo_bill b LEFT JOIN cargo_writeoff w ON w.bill_id = b.id "
            "GROUP BY b.id HAVING b.packages_written <> "
            "coalesce(sum(CASE WHEN w.reverses_id IS NULL THEN w.packages ELSE -w.packages END), 0) "
            "OR b.mass_written_kg <> "
            "coalesce(sum(CASE WHEN w.reverses_id IS NULL THEN w.mass_kg ELSE -w.mass_kg END), 0)"
        )
        return [row[0] for row in cursor.fetchall()]


def ledger_of(bill_ids: Sequence[UUID]) -> Iterable[WriteOff]:
    """The entries of some bills, newest first."""
    return WriteOff.objects.filter(bill_id__in=bill_ids).order_by("-id")[:500]


def written_of(declaration_id: UUID) -> tuple[int, Decimal]:
    """What a declaration has written off now: packages and mass."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(CASE WHEN reverses_id IS NULL THEN packages ELSE -packages END), 0), "
            "coalesce(sum(CASE WHEN reverses_id IS NULL THEN mass_kg ELSE -mass_kg END), 0) "
            "FROM cargo_writeoff WHERE declaration_id = %s",
            [declaration_id],
        )
        row = cursor.fetchone()
    return int(row[0]), Decimal(row[1])
