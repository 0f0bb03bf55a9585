"""The transport documents of a manifest: written, replaced by an amendment, linked with masters, houses, arrivals."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from singlewindow.accounts.types import Actor
from singlewindow.cargo.models import Bill, BillContainer, BillGoods, Manifest
from singlewindow.cargo.rules import bill_keys, name_key, reference_key
from singlewindow.cargo.schemas import BillMessage, CargoParty
from singlewindow.cargo.services.arrays import array_text
from singlewindow.cargo.states import BillState
from singlewindow.db.work import Work
from singlewindow.kernel.errors import RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7

GOODS_COLUMNS = ("bill_id", "number", "description", "hs", "package_type", "packages", "mass_kg", "marks")
CONTAINER_COLUMNS = ("bill_id", "container_id", "size_type", "seals")

LINK_SQL = """
WITH linked AS (
    UPDATE cargo_bill h SET master_id = m.id, arrived_at = coalesce(h.arrived_at, m.arrived_at)
    FROM cargo_bill m JOIN cargo_manifest mm ON mm.id = m.manifest_id, cargo_manifest hm, accounts_organisation o
    WHERE h.kind = 'house' AND h.master_id IS NULL AND h.state = 'LIVE' AND m.kind = 'master' AND m.state = 'LIVE'
      AND m.reference_key = h.master_key AND hm.id = h.manifest_id AND o.id = hm.carrier_id
      AND (h.manifest_id = %(manifest)s OR m.manifest_id = %(manifest)s) AND hm.direction = mm.direction
      AND (mm.carrier_id = hm.carrier_id OR m.to_order OR ('id:' || o.identifier) = ANY(m.keys || m.consignor_keys)
           OR ('name:' || %(name)s) = ANY(m.keys || m.consignor_keys) AND hm.carrier_id = %(organisation)s)
    RETURNING m.id)
UPDATE cargo_bill m SET houses = m.houses + l.number
FROM (SELECT id, count(*) AS number FROM linked GROUP BY id) l WHERE m.id = l.id
"""
"""A house stands under a master of its own manifest, or of a carrier's whose master bill is for the forwarder."""


def bills_insert(work: Work, manifest: Manifest, bills: Sequence[BillMessage], *, first: int = 1) -> None:
    """Write new transport documents of a manifest, with goods and containers, in the statement of the work."""
    rows: list[tuple[Any, ...]] = []
    names: tuple[str, ...] = ()
    ids: list[UUID] = []
    for place, bill in enumerate(bills, start=first):
        values = _values(manifest, bill, place) | {"id": uuid7(), "state": BillState.LIVE.value}
        ids.append(values["id"])
        names = tuple(values)
        rows.append(_row(values))
    work.insert(Bill, names, rows)
    for bill_id, bill in zip(ids, bills, strict=True):
        _parts_insert(work, bill_id, bill)


def bills_replace(work: Work, manifest: Manifest, bills: Sequence[BillMessage]) -> None:
    """Bring a manifest's transport documents to a new content: changed, new, withdrawn and reinstated ones.

    Locks: all of its bills in the order of their ids.

    Raises:
        RuleViolated: CA-030, a bill would hold less than declarations have written off from it.
    """
    held = {
        bill.reference_key: bill for bill in Bill.objects.select_for_update().filter(manifest=manifest).order_by("id")
    }
    findings: list[Violation] = []
    named: set[str] = set()
    new: list[BillMessage] = []
    for place, message in enumerate(bills):
        key = reference_key(message.reference)
        named.add(key)
        bill = held.get(key)
        if bill is None:
            new.append(message)
            continue
        findings += _shrunk(bill, message, place)
        if not findings:
            _bill_change(work, manifest, bill, message, place + 1)
    left_out = [bill for key, bill in held.items() if key not in named and bill.state == BillState.LIVE.value]
    for bill in left_out:
        if bill.packages_written or bill.mass_written_kg:
            text = f"{bill.reference} is left out, and declarations have written off from it."
            findings.append(Violation("CA-030", "/bills", text, "Keep it.", value=bill.reference))
    if findings:
        raise RuleViolated(findings[0].message, violations=findings)
    for bill in left_out:
        bill.state = BillState.WITHDRAWN.value
        bill.save(update_fields=["state"])
    parted = [str(bill.pk) for bill in left_out]
    work.execute("UPDATE cargo_bill SET master_id = NULL WHERE master_id = ANY(%s::uuid[])", [parted])
    if new:
        bills_insert(work, manifest, new, first=len(held) + 1)
    work.flush()
    _houses_count(work, manifest.pk)


def bills_link(work: Work, manifest: Manifest, actor: Actor) -> None:
    """Put houses under their masters, in this manifest and across carrier's and forwarder's.

    Source: docs/rules/cargo.md, CA-034.
    """
    work.execute(
        LINK_SQL,
        {
            "manifest": manifest.pk,
            "organisation": actor.organisation_id,
            "name": name_key(actor.organisation_name),
        },
    )


def _bill_change(work: Work, manifest: Manifest, bill: Bill, message: BillMessage, sequence: int) -> None:
    values = _values(manifest, message, sequence)
    if bill.master_key != values["master_key"] or values["kind"] != "house":
        bill.master = None
    for name, value in values.items():
        setattr(bill, name, value)
    bill.state = BillState.LIVE.value
    bill.arrived_at = manifest.arrived_at
    bill.save()
    work.execute("DELETE FROM cargo_billgoods WHERE bill_id = %s", [bill.pk])
    work.execute("DELETE FROM cargo_billcontainer WHERE bill_id = %s", [bill.pk])
    _parts_insert(work, bill.pk, message)


def _houses_count(work: Work, manifest_id: UUID) -> None:
    work.execute(
        "UPDATE cargo_bill m SET houses = (SELECT count(*) FROM cargo_bill h WHERE h.master_id = m.id "
        "AND h.state = 'LIVE') WHERE m.id IN (SELECT id FROM cargo_bill WHERE manifest_id = %s AND kind = 'master') "
        "OR m.id IN (SELECT master_id FROM cargo_bill WHERE manifest_id = %s)",
        [manifest_id, manifest_id],
    )


def _shrunk(bill: Bill, message: BillMessage, place: int) -> list[Violation]:
    found = []
    if message.packages < bill.packages_written:
        text = f"{message.reference} would hold {message.packages} packages; {bill.packages_written} are written off."
        found.append(Violation("CA-030", f"/bills/{place}/goods", text, "Keep at least what is written off."))
    mass = message.gross_mass_kg
    if mass is not None and mass < bill.mass_written_kg:
        text = f"{message.reference} would hold {mass:f} kg; {bill.mass_written_kg.normalize():f} kg are written off."
        found.append(Violation("CA-030", f"/bills/{place}/goods", text, "Keep at least what is written off."))
    return found


def _values(manifest: Manifest, bill: BillMessage, sequence: int) -> dict[str, Any]:
    return {
        "manifest_id": manifest.pk,
        "sequence": sequence,
        "kind": bill.kind,
        "reference": bill.reference,
        "reference_key": reference_key(bill.reference),
        "master_key": reference_key(bill.master) if bill.kind == "house" and bill.master else "",
        "consignor": _party(bill.consignor),
        "consignee": _party(bill.consignee),
        "notify": _party(bill.notify),
        "to_order": bill.to_order or _says_to_order(bill.consignee),
        "keys": bill_keys(bill.consignee, bill.notify),
        "consignor_keys": bill_keys(bill.consignor),
        "loading": bill.loading or "",
        "discharge": bill.discharge or "",
        "goods": next((line.description[:120] for line in bill.goods if line.description), ""),
        "packages": bill.packages,
        "mass_kg": bill.gross_mass_kg,
    }


def _says_to_order(party: CargoParty | None) -> bool:
    """A consignee called "TO ORDER" is nobody yet."""
    name = (party.name or "").upper().split() if party is not None and not party.id else []
    return name[:2] == ["TO", "ORDER"] or name[:1] == ["ORDER"]


def _row(values: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(array_text(value) if name in {"keys", "consignor_keys"} else value for name, value in values.items())


def _party(party: CargoParty | None) -> dict[str, Any]:
    return party.model_dump(mode="json", exclude_none=True) if party is not None else {}


def _parts_insert(work: Work, bill_id: UUID, bill: BillMessage) -> None:
    work.insert(
        BillGoods,
        GOODS_COLUMNS,
        [
            (
                bill_id,
                line.number,
                line.description or "",
                line.hs or "",
                line.packages.type or "",
                line.packages.count,
                line.gross_mass_kg,
                line.marks or "",
            )
            for line in bill.goods
        ],
    )
    containers = {one.id: one for one in bill.containers}
    named = [container for line in bill.goods for container in line.container_ids]
    work.insert(
        BillContainer,
        CONTAINER_COLUMNS,
        [
            (
                bill_id,
                container,
                (containers[container].size_type or "") if container in containers else "",
                array_text(list(containers[container].seals) if container in containers else []),
            )
            for container in dict.fromkeys([*containers, *named])
        ],
    )
