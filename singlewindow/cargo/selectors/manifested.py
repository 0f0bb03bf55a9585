"""What manifests say of the goods of a declaration, and whose goods a bill, container or plate means."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from singlewindow.cargo.rules import reference_key
from singlewindow.cargo.selectors.bills import mine_sql
from singlewindow.cargo.states import ManifestState
from singlewindow.cargo.types import BillKind, CargoClaim, ManifestedBill, Mode

MANIFESTED_SQL = """
WITH named AS (
    SELECT id FROM cargo_bill WHERE reference_key = ANY(%(references)s)
    UNION SELECT bill_id FROM cargo_billcontainer
    WHERE container_id = ANY(%(containers)s)
), who AS (SELECT coalesce((SELECT keys FROM cargo_cargolink WHERE declaration_id = %(declaration)s), '{{}}') AS keys)
SELECT b.id, b.reference_key, b.reference, b.kind, b.houses > 0, b.packages, b.mass_kg, b.{party}::text,
    {mine}, b.reference_key = ANY(%(references)s) AS cited,
    (SELECT json_agg(json_build_array(g.hs, g.description) ORDER BY g.number)::text
     FROM cargo_billgoods g WHERE g.bill_id = b.id),
    (SELECT json_object_agg(c.container_id, to_json(c.seals))::text FROM cargo_billcontainer c WHERE c.bill_id = b.id),
    m.mode, m.state, m.conveyance_id, m.conveyance_name, m.voyage, coalesce(b.arrived_at, m.arrived_at), m.expected_at
FROM cargo_bill b JOIN cargo_manifest m ON m.id = b.manifest_id, who
WHERE b.id IN (SELECT id FROM named) AND b.state = 'LIVE' AND m.direction = %(way)s AND m.state <> 'CANCELLED'
ORDER BY b.id
"""
CITING_SQL = """
SELECT DISTINCT declaration_id FROM cargo_citation WHERE kind = %(kind)s AND reference = ANY(%(references)s)
"""
BILLS_WITH_SQL = """
SELECT DISTINCT b.reference_key FROM cargo_billcontainer c JOIN cargo_bill b ON b.id = c.bill_id
WHERE c.container_id = %s AND b.state = 'LIVE'
"""


def manifested_for(declaration_id: UUID, claim: CargoClaim) -> tuple[ManifestedBill, ...]:
    """The bills that a declaration names, or, where it names none, those of its containers for its parties; one query.

    Of bills with one reference the newest for the declaration's parties is meant, else the newest.
    """
    references = sorted({reference_key(bill.reference) for line in claim.lines for bill in line.bills})
    containers = [] if references else list(claim.containers)
    if not references and not containers:
        return ()
    mine = mine_sql(claim.direction).replace("%(keys)s::varchar[]", "who.keys")
    sql = MANIFESTED_SQL.format(mine=mine, party="consignor" if claim.direction == "export" else "consignee")
    parameters: dict[str, Any] = {
        "references": references,
        "containers": containers,
        "declaration": declaration_id,
        "way": "outward" if claim.direction == "export" else "inward",
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        bills = [(cited, _bill(row)) for *row, cited in _cited_last(cursor.fetchall())]
    meant: dict[str, ManifestedBill] = {}
    for cited, bill in bills:
        before = meant.get(bill.key)
        if (cited or bill.theirs) and (before is None or bill.theirs or not before.theirs):
            meant[bill.key] = bill
    return tuple(meant.values())


def _cited_last(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [(*row[:9], *row[10:], row[9]) for row in rows]


def _bill(row: list[Any]) -> ManifestedBill:
    bill_id, key, reference, kind, split, packages, mass, party, theirs, goods, containers, *journey = row
    mode, state, conveyance_id, conveyance_name, voyage, arrived_at, expected_at = journey
    named = orjson.loads(party)
    return ManifestedBill(
        id=bill_id,
        key=key,
        reference=reference,
        kind=BillKind(kind),
        split=split,
        packages=packages,
        mass_kg=mass,
        party_id=named.get("id") or "",
        party_name=named.get("name") or "",
        theirs=theirs,
        goods=tuple((hs, text) for hs, text in orjson.loads(goods or "[]")),
        containers={name: tuple(seals) for name, seals in orjson.loads(containers or "{}").items()},
        mode=Mode(mode),
        state=ManifestState(state),
        conveyance_id=conveyance_id,
        conveyance_name=conveyance_name,
        voyage=voyage,
        arrived_at=arrived_at,
        expected_at=expected_at,
    )


def declarations_citing(kind: str, references: Collection[str]) -> list[UUID]:
    """The declarations that name one of some bills or plates."""
    with connection.cursor() as cursor:
        cursor.execute(CITING_SQL, {"kind": kind, "references": list(references)})
        return [row[0] for row in cursor.fetchall()]


def declarations_of_container(container: str) -> list[UUID]:
    """The declarations that name a bill whose goods travel in a container, whether they name the container or not."""
    with connection.cursor() as cursor:
        cursor.execute(BILLS_WITH_SQL, [container])
        references = [row[0] for row in cursor.fetchall()]
    return declarations_citing("bill", references) if references else []


def manifest_key(manifest_id: UUID) -> str:
    """The reference of a manifest in its one written form; empty where there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reference FROM cargo_manifest WHERE id = %s", [manifest_id])
        row = cursor.fetchone()
    return reference_key(row[0]) if row else ""
