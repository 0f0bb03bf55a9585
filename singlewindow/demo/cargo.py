"""Manifests of the demonstration: what the traders declared comes by ship, air and road, and a little more with it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from declarations.models import Declaration
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import ROLE_PERMISSIONS, Role
from singlewindow.accounts.types import Actor, ActorKind
from singlewindow.cargo.models import CargoLink
from singlewindow.cargo.schemas import ArrivalMessage, ManifestMessage
from singlewindow.cargo.services import arrival_tell, manifest_file
from singlewindow.cargo.tasks import link
from singlewindow.cargo.types import CargoLine
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock

CARRIER, FORWARDER, TERMINAL = "ZZCAR0001", "ZZFWD0001", "ZZTRM0001"
MODES = {"ZZ000101": "sea", "ZZ000201": "air", "ZZ000301": "road"}
PLACES = {"sea": "ZZAMA", "air": "ZZAMI", "road": "ZZKIT"}
CONVEYANCES = {
    "sea": {"id": "9074729", "name": "Amari Star", "nationality": "PA"},
    "air": {"id": "5Y-KVA", "name": "Kivana Air Cargo", "nationality": "KE"},
    "road": {"id": "KVT 204 T", "nationality": "TZ"},
}
UNMANIFESTED_EVERY = 9
"""Of so many declarations one names a bill that no carrier has filed."""

MORE_EVERY = 7
"""Of so many bills one holds more than was declared."""


@dataclass(frozen=True, slots=True)
class _Cargo:
    """What one declaration says is on its bill."""

    reference: str
    consignee: str
    packages: int
    mass_kg: Decimal


def cargo_load() -> int:
    """File manifests for what was declared, let those of the past arrive, and write off; how many manifests there are.

    Belongs into the transaction that makes the rest of the country.
    """
    now = clock.now()
    calls: dict[tuple[str, datetime, bool, str], list[_Cargo]] = defaultdict(list)
    ships = _ships()
    for number, row in enumerate(CargoLink.objects.filter(direction="import").order_by("declaration_id")):
        if number % UNMANIFESTED_EVERY == UNMANIFESTED_EVERY - 1:
            continue
        coming = row.awaits_arrival and not row.accepted
        day = row.at.replace(hour=4, minute=0, second=0, microsecond=0)
        at, ship = now + timedelta(hours=9) if coming else day, ships.get(row.declaration_id, "")
        calls[row.office, at, coming, ship].extend(_cargo(row))
    for number, ((office, at, coming, ship), cargo) in enumerate(sorted(calls.items(), key=str), start=1):
        _call(number, office, min(at, now) if not coming else at, coming, cargo, ship)
    _consolidation(now)
    link(list(Job.objects.filter(kind=link.name, state="todo").values_list("id", flat=True)))
    return len(calls) + 2


def _ships() -> dict[UUID, str]:
    """The ship, aircraft or lorry that each import names: the carrier's manifest is of the same."""
    rows = Declaration.objects.filter(direction="import", mrn__isnull=False).values_list("id", "content")
    read = ((key, orjson.loads(bytes(content or b"{}"))) for key, content in rows)
    return {key: values.get("transport", {}).get("border_id", "") for key, values in read}


def _cargo(row: CargoLink) -> Iterator[_Cargo]:
    found: dict[str, tuple[int, Decimal]] = {}
    for line in map(CargoLine.of_json, row.lines):
        for bill in line.bills[:1]:
            packages, mass = found.get(bill.reference, (0, Decimal(0)))
            found[bill.reference] = (packages + line.packages, mass + line.mass_kg)
    consignee = next((key.removeprefix("id:") for key in row.keys if key.startswith("id:")), "")
    for reference, (packages, mass) in found.items():
        yield _Cargo(reference, consignee, packages, mass)


def _call(number: int, office: str, at: datetime, coming: bool, cargo: Iterable[_Cargo], ship: str) -> None:
    mode = MODES.get(office, "sea")
    bills = [_bill(one, more=place % MORE_EVERY == 0) for place, one in enumerate(cargo, start=1)]
    reference = f"KV-{mode.upper()}-{number:03d}"
    message = {
        "reference": reference,
        "mode": mode,
        "conveyance": _conveyance(mode, ship) | {"voyage": f"{number:03d}E"},
        "office": office,
        "place": PLACES[mode],
        "expected_at": at.isoformat(),
        "bills": bills,
    }
    file_manifest(CARRIER, Role.CARRIER, message, at - timedelta(hours=20))
    if not coming:
        tell_arrival(reference, at)


def _conveyance(mode: str, named: str) -> dict[str, str]:
    known = CONVEYANCES[mode]
    return known if named in ("", known["id"]) else {"id": named, "nationality": known["nationality"]}


def _bill(cargo: _Cargo, *, more: bool) -> dict[str, Any]:
    packages, mass = cargo.packages, cargo.mass_kg
    if more:
        packages, mass = packages + 12, mass + 240
    line = {"number": 1, "description": "As per packing list", "packages": {"type": "CT", "count": packages}}
    return {
        "reference": cargo.reference,
        "consignor": {"name": "Various shippers"},
        "consignee": {"id": cargo.consignee} if cargo.consignee else {"name": "TO ORDER"},
        "goods": [line | {"gross_mass_kg": format(mass.quantize(Decimal("0.001")), "f")}],
    }


def _consolidation(now: datetime) -> None:
    """A master for a forwarder, its house bills by the forwarder, and nobody who has declared them."""
    at = now - timedelta(days=2, hours=5)
    goods = [{"number": 1, "description": "Consolidated cargo", "packages": {"type": "PK", "count": 90}}]
    master = {
        "reference": "KVSLMB0009",
        "kind": "master",
        "consignor": {"name": "Shenzhen Consolidators"},
        "consignee": {"id": FORWARDER},
        "goods": [goods[0] | {"gross_mass_kg": "2400"}],
    }
    ship = {"mode": "sea", "office": "ZZ000101", "place": "ZZAMA", "expected_at": at.isoformat()}
    ship["conveyance"] = {"id": "9319466", "name": "Kito Bay", "nationality": "LR", "voyage": "118W"}  # type: ignore[assignment]
    file_manifest(CARRIER, Role.CARRIER, ship | {"reference": "KV-SEA-118W", "bills": [master]}, at - timedelta(days=3))
    houses = [
        {
            "reference": f"HFH26{number:04d}",
            "kind": "house",
            "master": "KVSLMB0009",
            "consignor": {"name": "Shenzhen Consolidators"},
            "consignee": {"id": trader},
            "goods": [
                {
                    "number": 1,
                    "description": what,
                    "packages": {"type": "PK", "count": packages},
                    "gross_mass_kg": mass,
                }
            ],
        }
        for number, (trader, what, packages, mass) in enumerate(
            (
                ("ZZIMP0002", "Mobile phone accessories", 40, "900"),
                ("ZZIMP0003", "Kitchen articles of plastics", 30, "1100"),
                ("ZZIMP0006", "Sewing thread", 18, "380"),
            ),
            start=1,
        )
    ]
    consolidation = ship | {"reference": "HF-118W", "kind": "consolidation", "bills": houses}
    file_manifest(FORWARDER, Role.CARRIER, consolidation, at - timedelta(days=2))
    tell_arrival("KV-SEA-118W", at)


def file_manifest(identifier: str, role: Role, message: dict[str, Any], at: datetime) -> None:
    """File a manifest as somebody, at an instant."""
    with clock.frozen(at), unit_of_work() as work:
        manifest_file(work, ManifestMessage.model_validate(message), actor_of(identifier, role))


def tell_arrival(reference: str, at: datetime) -> None:
    """Let the terminal tell that a conveyance is here."""
    with clock.frozen(at), unit_of_work() as work:
        arrival_tell(work, ArrivalMessage(manifest=reference, place="ZZAMAPORT1"), actor_of(TERMINAL, Role.TERMINAL))


def actor_of(identifier: str, role: Role) -> Actor:
    """The software of a carrier, forwarder or terminal."""
    organisation = Organisation.objects.get(identifier=identifier)
    return Actor(
        kind=ActorKind.CLIENT,
        id=f"demo-{identifier}",
        name=organisation.name,
        organisation_id=organisation.pk,
        organisation_identifier=organisation.identifier,
        organisation_name=organisation.name,
        roles=frozenset({role}),
        permissions=ROLE_PERMISSIONS[role],
        conversation_id="demonstration",
    )
