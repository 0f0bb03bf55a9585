"""Lists of cargo: manifests, one manifest with its bills, goods in no manifest, goods that nobody declared."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.cargo.models import Bill, BillContainer, BillGoods, ManifestVersion
from singlewindow.cargo.selectors.bills import mine_sql
from singlewindow.cargo.states import BillState, CargoState, ManifestState
from singlewindow.cargo.types import BillKind, BillRow, ManifestKind, ManifestRow, Mode, Undeclared, Unmanifested
from singlewindow.kernel import clock
from singlewindow.kernel.errors import FormatRefused, NotFound, NotPermitted
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of

MANIFESTS_SQL = """
SELECT m.id, m.reference, m.kind, m.mode, m.direction, m.conveyance_id, m.conveyance_name, m.nationality, m.voyage,
    m.office, m.place, m.state, m.version, m.expected_at, m.arrived_at, m.departed_at, m.filed_at, m.carrier_id,
    o.name, s.bills, s.packages, s.packages_written, s.mass, s.mass_written
FROM (SELECT * FROM cargo_manifest m WHERE {where} ORDER BY id DESC LIMIT %(limit)s) m
JOIN accounts_organisation o ON o.id = m.carrier_id
LEFT JOIN LATERAL (
    SELECT count(*) AS bills, coalesce(sum(b.packages) FILTER (WHERE counts), 0) AS packages,
        coalesce(sum(least(b.packages, b.packages_written + coalesce(h.packages, 0))) FILTER (WHERE counts), 0)
            AS packages_written,
        coalesce(sum(b.mass_kg) FILTER (WHERE counts), 0) AS mass,
        coalesce(sum(least(b.mass_kg, b.mass_written_kg + coalesce(h.mass, 0))) FILTER (WHERE counts), 0)
            AS mass_written
    FROM cargo_bill b
    LEFT JOIN LATERAL (
        SELECT bool_or(x.manifest_id = b.manifest_id) AS inside, sum(x.packages_written) AS packages,
            sum(x.mass_written_kg) AS mass
        FROM cargo_bill x WHERE x.master_id = b.id AND x.state = 'LIVE') h ON b.houses > 0
    CROSS JOIN LATERAL (SELECT b.houses = 0 OR NOT coalesce(h.inside, false) AS counts) c
    WHERE b.manifest_id = m.id AND b.state = 'LIVE') s ON true
ORDER BY m.id DESC
"""
"""A master whose houses are in the same manifest counts through them; one that a forwarder split, with what its houses
wrote off. Nothing counts twice."""

BILLS_SQL = """
SELECT b.id, b.sequence, b.reference, b.kind, coalesce(m.reference, b.master_key), b.state, b.consignor, b.consignee,
    b.notify, b.to_order, b.loading, b.discharge, b.packages, b.packages_written, b.mass_kg, b.mass_written_kg,
    b.arrived_at, b.goods, b.houses, h.packages, h.mass,
    ARRAY(SELECT container_id FROM cargo_billcontainer c WHERE c.bill_id = b.id ORDER BY container_id LIMIT 5)
FROM (SELECT * FROM cargo_bill WHERE manifest_id = %(manifest)s AND sequence > %(after)s
      ORDER BY sequence LIMIT %(limit)s) b
LEFT JOIN cargo_bill m ON m.id = b.master_id
LEFT JOIN LATERAL (
    SELECT coalesce(sum(packages), 0) AS packages, coalesce(sum(mass_kg), 0) AS mass FROM cargo_bill h
    WHERE b.houses > 0 AND h.master_id = b.id AND h.state = 'LIVE') h ON true
ORDER BY b.sequence
"""
UNDECLARED_SQL = """
SELECT b.id, b.reference, m.id, m.reference, o.name, coalesce(b.consignee->>'name', b.consignee->>'id', ''), m.mode,
    m.office, b.goods, b.packages, b.packages - b.packages_written, coalesce(b.mass_kg, 0) - b.mass_written_kg,
    b.arrived_at
FROM cargo_bill b JOIN cargo_manifest m ON m.id = b.manifest_id JOIN accounts_organisation o ON o.id = m.carrier_id
WHERE b.arrived_at IS NOT NULL AND b.state = 'LIVE' AND b.houses = 0 AND m.direction = 'inward'
  AND (b.packages_written < b.packages OR b.packages = 0 AND b.mass_written_kg < b.mass_kg) {where}
ORDER BY b.arrived_at, b.id LIMIT %(limit)s
"""
UNMANIFESTED_SQL = """
SELECT l.declaration_id, l.mrn, l.direction, l.office, l.state, l.at, ARRAY(
    SELECT c.reference FROM cargo_citation c
    WHERE c.declaration_id = l.declaration_id AND c.kind = 'bill' AND NOT EXISTS (
        SELECT FROM cargo_bill b WHERE b.reference_key = c.reference AND {mine}) ORDER BY c.reference LIMIT 5)
FROM cargo_cargolink l
WHERE l.state IN ('CITED', 'UNMANIFESTED') {where} AND (
    l.state = 'UNMANIFESTED'
    OR NOT EXISTS (SELECT FROM cargo_citation c WHERE c.declaration_id = l.declaration_id AND c.kind = 'bill')
    OR EXISTS (
        SELECT FROM cargo_citation c WHERE c.declaration_id = l.declaration_id AND c.kind = 'bill' AND NOT EXISTS (
            SELECT FROM cargo_bill b WHERE b.reference_key = c.reference AND {mine})))
ORDER BY l.declaration_id DESC LIMIT %(limit)s
"""
MINE_OF_LINK = (
    mine_sql("import")
    .replace("%(keys)s::varchar[]", "l.keys")
    .replace("b.keys && ", "(b.keys || b.consignor_keys) && ")
)
AGES = {"1": timedelta(days=1), "3": timedelta(days=3), "7": timedelta(days=7), "30": timedelta(days=30)}
"""Older than so many days."""


def manifest_page_for(
    actor: Actor,
    *,
    state: str = "",
    mode: str = "",
    search: str = "",
    office: str = "",
    cursor: str = "",
    size: int = PAGE_SIZE,
) -> Page[ManifestRow]:
    """Manifests that the actor may see, newest first: its own organisation's, or all of them for customs.

    Raises:
        NotPermitted: it may see none.
        FormatRefused: the cursor or a filter is none of this list.
    """
    where, parameters = _visible(actor)
    if state:
        where.append("m.state = %(state)s")
        parameters["state"] = _one_of("state", state, ManifestState)
    if mode:
        where.append("m.mode = %(mode)s")
        parameters["mode"] = _one_of("mode", mode, Mode)
    if office:
        where.append("m.office = %(office)s")
        parameters["office"] = office
    if search := search.replace("\x00", "").strip():
        where.append(
            "(upper(m.reference) LIKE %(search)s OR upper(m.conveyance_id) LIKE %(search)s "
            "OR upper(m.voyage) LIKE %(search)s OR m.id IN "
            "(SELECT manifest_id FROM cargo_bill WHERE reference_key = %(exact)s))"
        )
        plain = search.upper().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
        parameters |= {"search": f"{plain[:35]}%", "exact": "".join(filter(str.isalnum, search.upper()))[:35]}
    if cursor:
        where.append("m.id < %(before)s::uuid")
        parameters["before"] = _uuid(cursor_decode(cursor, str)[0])
    sql = MANIFESTS_SQL.format(where=" AND ".join(where))
    rows = [_manifest(row) for row in _rows(sql, parameters | {"limit": size + 1})]
    return page_of(rows, size, lambda row: (str(row.id),))


def manifest_for(actor: Actor, manifest_id: UUID) -> ManifestRow:
    """One manifest that the actor may see. Raises NotFound."""
    where, parameters = _visible(actor)
    sql = MANIFESTS_SQL.format(where=" AND ".join([*where, "m.id = %(id)s"]))
    rows = _rows(sql, parameters | {"id": manifest_id, "limit": 1})
    if not rows:
        raise NotFound
    return _manifest(rows[0])


def manifest_content_for(actor: Actor, manifest_id: UUID) -> tuple[ManifestRow, bytes]:
    """A manifest that the actor may see, with its content in force. Raises NotFound."""
    row = manifest_for(actor, manifest_id)
    content = ManifestVersion.objects.filter(manifest_id=manifest_id, version=row.version).values_list(
        "content", flat=True
    )[0]
    return row, bytes(content)


def bill_page(manifest_id: UUID, *, cursor: str = "", size: int = PAGE_SIZE) -> Page[BillRow]:
    """The transport documents of a manifest in its order; whoever asks may see the manifest."""
    after = cursor_decode(cursor, int)[0] if cursor else 0
    found = _rows(BILLS_SQL, {"manifest": manifest_id, "after": after, "limit": size + 1})
    page = page_of(found, size, lambda row: (row[1],))
    return Page([_bill(row) for row in page.rows], page.next_cursor)


def bill_for(manifest_id: UUID, bill_id: UUID) -> BillRow:
    """One bill of a manifest; whoever asks may see the manifest. Raises NotFound."""
    place = Bill.objects.filter(pk=bill_id, manifest_id=manifest_id).values_list("sequence", flat=True).first()
    if place is None:
        raise NotFound
    rows = _rows(BILLS_SQL, {"manifest": manifest_id, "after": place - 1, "limit": 1})
    return _bill(rows[0])


def bill_parts(bill_id: UUID) -> tuple[list[BillGoods], list[BillContainer]]:
    """The lines of goods and the containers of a bill."""
    goods = list(BillGoods.objects.filter(bill_id=bill_id).order_by("number"))
    return goods, list(BillContainer.objects.filter(bill_id=bill_id).order_by("container_id"))


def undeclared_page_for(
    actor: Actor, *, office: str = "", mode: str = "", age: str = "", cursor: str = "", size: int = PAGE_SIZE
) -> Page[Undeclared]:
    """Goods that arrived and are not wholly declared, longest here first. For customs.

    Raises:
        NotPermitted: the actor is not customs.
        FormatRefused: the cursor or a filter is none of this list.
    """
    actor.require(Permission.VIEW_CARGO)
    where, parameters = _filters("m", office)
    if mode:
        where.append("m.mode = %(mode)s")
        parameters["mode"] = _one_of("mode", mode, Mode)
    if age:
        where.append("b.arrived_at <= %(until)s")
        parameters["until"] = clock.now() - AGES[_one_of("age", age, AGES)]
    if cursor:
        at, bill_id = cursor_decode(cursor, str, str)
        where.append("(b.arrived_at, b.id) > (%(at)s, %(bill)s::uuid)")
        parameters |= {"at": _instant(at), "bill": _uuid(bill_id)}
    rows = _rows(UNDECLARED_SQL.format(where=_and(where)), parameters | {"limit": size + 1})
    found = [_undeclared(row) for row in rows]
    return page_of(found, size, lambda row: (row.arrived_at.isoformat(), str(row.bill_id)))


def unmanifested_page_for(
    actor: Actor, *, office: str = "", state: str = "", cursor: str = "", size: int = PAGE_SIZE
) -> Page[Unmanifested]:
    """Declarations whose goods are in no manifest, newest first. For customs.

    Raises:
        NotPermitted: the actor is not customs.
        FormatRefused: the cursor or a filter is none of this list.
    """
    actor.require(Permission.VIEW_CARGO)
    where, parameters = _filters("l", office)
    if state:
        where.append("l.state = %(state)s")
        parameters["state"] = _one_of("state", state, (CargoState.CITED, CargoState.UNMANIFESTED))
    if cursor:
        where.append("l.declaration_id < %(before)s::uuid")
        parameters["before"] = _uuid(cursor_decode(cursor, str)[0])
    sql = UNMANIFESTED_SQL.format(where=_and(where), mine=MINE_OF_LINK)
    rows = [
        Unmanifested(
            declaration_id=declaration_id,
            mrn=mrn,
            direction=direction,
            office=at_office,
            state=CargoState(row_state),
            references=tuple(references),
            at=at,
        )
        for declaration_id, mrn, direction, at_office, row_state, at, references in _rows(
            sql, parameters | {"limit": size + 1}
        )
    ]
    return page_of(rows, size, lambda row: (str(row.declaration_id),))


def undeclared_ages(actor: Actor, *, office: str = "") -> dict[str, int]:
    """How many bills wait to be declared, by how long their goods are here: under a day, 1, 3, 7 and 30 days."""
    actor.require(Permission.VIEW_CARGO)
    now = clock.now()
    where, parameters = _filters("m", office)
    sql = f"""SELECT width_bucket(extract(epoch FROM %(now)s - arrived_at)::numeric,
                                  ARRAY[0, 86400, 259200, 604800, 2592000]::numeric[]), count(*)
              FROM ({UNDECLARED_SQL.format(where=_and(where))}) u (a, b, c, d, e, f, g, h, i, j, k, l, arrived_at)
              GROUP BY 1"""  # noqa: S608  (text of this module)
    found = dict(_rows(sql, parameters | {"now": now, "limit": 10_000}))
    return {name: found.get(place, 0) for place, name in enumerate(("0", "1", "3", "7", "30"), start=1)}


def _visible(actor: Actor) -> tuple[list[str], dict[str, Any]]:
    if actor.may(Permission.VIEW_CARGO):
        return ["true"], {}
    if not actor.may(Permission.MANIFEST_VIEW_OWN) or actor.organisation_id is None:
        raise NotPermitted
    return ["m.carrier_id = %(carrier)s"], {"carrier": actor.organisation_id}


def _filters(table: str, office: str) -> tuple[list[str], dict[str, Any]]:
    return ([f"{table}.office = %(office)s"], {"office": office[:17]}) if office else ([], {})


def _and(where: list[str]) -> str:
    return "".join(f" AND {one}" for one in where)


def _one_of(name: str, value: str, known: Any) -> str:
    if value not in [str(one) for one in known]:
        raise FormatRefused(f"{name} is one of: {', '.join(str(one) for one in known)}.", code=f"query.{name}")
    return value


def _uuid(text: str | int) -> str:
    try:
        return str(UUID(str(text)))
    except ValueError as error:
        raise FormatRefused("The cursor belongs to another list; start again without it.", code="cursor") from error


def _instant(text: str | int) -> datetime:
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except ValueError as error:
        raise FormatRefused("The cursor belongs to another list; start again without it.", code="cursor") from error


def _manifest(row: tuple[Any, ...]) -> ManifestRow:
    names = tuple(ManifestRow.__dataclass_fields__)
    values = dict(zip(names, row, strict=True))
    values |= {
        "kind": ManifestKind(values["kind"]),
        "mode": Mode(values["mode"]),
        "state": ManifestState(values["state"]),
        "packages": int(values["packages"]),
        "packages_written": int(values["packages_written"]),
    }
    return ManifestRow(**values)


def _bill(row: tuple[Any, ...]) -> BillRow:
    (bill_id, _sequence, reference, kind, master, state, *parties, to_order, loading, discharge, packages, written) = (
        row[:14]
    )
    mass, mass_written, arrived_at, goods, houses, house_packages, house_mass, containers = row[14:]
    consignor, consignee, notify = (_name(orjson.loads(party)) for party in parties)
    return BillRow(
        id=bill_id,
        reference=reference,
        kind=BillKind(kind),
        master=master or "",
        state=BillState(state),
        consignor=consignor,
        consignee=consignee,
        notify=notify,
        to_order=to_order,
        loading=loading,
        discharge=discharge,
        packages=packages,
        packages_written=written,
        mass_kg=mass,
        mass_written_kg=mass_written,
        arrived_at=arrived_at,
        goods=goods,
        houses=houses,
        house_packages=int(house_packages),
        house_mass_kg=Decimal(house_mass),
        containers=tuple(containers),
    )


def _name(party: dict[str, str]) -> str:
    return party.get("name") or party.get("id") or ""


def _undeclared(row: tuple[Any, ...]) -> Undeclared:
    values = dict(zip(tuple(Undeclared.__dataclass_fields__), row, strict=True))
    return Undeclared(**(values | {"mode": Mode(values["mode"])}))


def _rows(sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
