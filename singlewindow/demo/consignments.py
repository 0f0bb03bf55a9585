"""Consignments of the demonstration country: mostly honest trade, a few that deserve a look; from a stored seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from singlewindow.demo.people import rows
from singlewindow.kernel.mrn import check_character

OFFICES = {"1": "ZZ000101", "4": "ZZ000201", "3": "ZZ000301"}
SUSPECT_SHARE = 0.045
PRELODGED_SHARE = 0.25
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Consignment:
    """One declaration to be filed, when, by whom, and when its goods arrive."""

    trader: str
    direction: str
    message: dict[str, Any]
    lodged_at: datetime
    presented_at: datetime | None
    """None: they are here when it is lodged."""


def consignments(*, seed: int, count: int, until: datetime, days: int) -> Iterator[Consignment]:
    """`count` consignments over the last `days` days, oldest first; the same seed makes the same ones."""
    chance = random.Random(seed)  # noqa: S311  (a made country, not a secret)
    goods = list(rows("goods.csv"))
    start = until - timedelta(days=days)
    moments = sorted(until - (until - start) * chance.random() ** 2 for _ in range(count))  # more of them lately
    for number, lodged_at in enumerate(moments, start=1):
        line = chance.choice(goods)
        suspect = chance.random() < SUSPECT_SHARE and line["direction"] == "import"
        prelodged = chance.random() < PRELODGED_SHARE
        message = _message(line, number=number, seed=seed, chance=chance, suspect=suspect, prelodged=prelodged)
        arrives = lodged_at + timedelta(hours=chance.uniform(1, 20)) if prelodged else None
        yield Consignment(line["trader"], line["direction"], message, lodged_at, arrives)


def _message(
    line: dict[str, str], *, number: int, seed: int, chance: random.Random, suspect: bool, prelodged: bool
) -> dict[str, Any]:
    items = [_item(line, place, chance, suspect=suspect) for place in range(1, chance.choice((1, 1, 1, 2, 3)) + 1)]
    price = sum((Decimal(item["price"]["amount"]) for item in items), Decimal(0))
    mass = sum((Decimal(item["gross_mass_kg"]) for item in items), Decimal(0))
    exports = line["direction"] == "export"
    home = {"id": line["trader"], "name": _name_of(line["trader"])}
    abroad = {
        "name": line["exporter"],
        "address": {"line": f"{chance.randint(1, 90)} Trade Street", "city": line["city"], "postcode": "10000"}
        | {"country": _abroad(line)},
    }
    message: dict[str, Any] = {
        "schema_version": "1",
        "lrn": f"KV{seed % 100:02d}-{number:06d}",
        "type_code": ("EX" if exports else "IM") + ("D" if prelodged else "A"),
        "office": OFFICES[line["mode"]],
        "item_count": len(items),
        "total_packages": sum(item["packages"][0]["count"] for item in items),
        "total_gross_mass_kg": str(mass),
        "invoice_total": {"amount": str(price), "currency": "EUR"},
        "transaction_nature": "11",
        "goods_location": {"type": "A", "qualifier": "U", "id": "ZZAMAPORT1", "country": "ZZ"},
        "declarant": home,
        "transport": _transport(line, chance),
        "delivery_terms": {"incoterm": "FOB", "location_name": "Port Amari" if exports else line["city"]},
        "export_country": "ZZ" if exports else line["sent_from"],
        "destination_country": _abroad(line) if exports else "ZZ",
        "items": items,
    }
    if line["mode"] == "1":
        message["equipment"] = [{"sequence": 1, "id": container_number(chance), "seals": [f"SL{number:06d}"]}]
    if exports:
        return message | {"exporter": home, "consignee": abroad, "exit_office": OFFICES[line["mode"]]}
    freight = (price * Decimal("0.06")).quantize(CENT)
    insurance = (price * Decimal("0.004")).quantize(CENT) or CENT
    return message | {
        "importer": home,
        "exporter": abroad,
        "valuation": {
            "freight": {"amount": str(freight), "currency": "EUR"},
            "insurance": {"amount": str(insurance), "currency": "EUR"},
        },
        "previous_documents": [{"category": "Z", "type": "705", "id": f"KVBL{seed % 100:02d}{number:07d}"}],
    }


def _item(line: dict[str, str], place: int, chance: random.Random, *, suspect: bool) -> dict[str, Any]:
    packages = max(1, int(int(line["packages"]) * chance.uniform(0.6, 1.2)))
    net = Decimal(line["kg_per_package"]) * packages
    per_kg = Decimal(line["value_per_kg"]) * Decimal(str(round(chance.uniform(0.9, 1.12), 3)))
    if suspect:
        per_kg *= Decimal("0.22")
    item: dict[str, Any] = {
        "number": place,
        "description": "goods" if suspect and place == 1 else line["description"],
        "commodity_code": line["commodity"],
        "origin": line["origin"],
        "procedure": "1000" if line["direction"] == "export" else "4000",
        "additional_procedures": ["000"],
        "gross_mass_kg": str((net * Decimal("1.04")).quantize(Decimal("0.1"))),
        "net_mass_kg": str(net),
        "price": {"amount": str((net * per_kg).quantize(CENT)), "currency": "EUR"},
        "packages": [{"sequence": 1, "type": line["package"], "count": packages, "marks": f"LOT {place}"}],
        "documents": [{"code": "N935", "id": f"INV-{chance.randint(1000, 9999)}"}],
    }
    if line["direction"] == "import":
        item |= {"preference": "100", "valuation_method": "1"}
    if line["kg_per_unit"]:
        quantity = max(1, round(net / Decimal(line["kg_per_unit"])))
        item["supplementary_quantity"] = {"quantity": str(quantity), "unit": line["unit"]}
    if line["permit"]:
        code = {"PHY": "7P01", "VET": "7P02", "MED": "7P03"}[line["permit"][:3]]
        item["documents"].append({"code": code, "id": line["permit"], "quantity": str(net), "unit": "KGM"})
    return item


def _transport(line: dict[str, str], chance: random.Random) -> dict[str, Any]:
    if line["mode"] == "4":
        flight = f"KV{chance.randint(100, 999)}"
        by_air = {"border_id": flight, "border_id_type": "40", "arrival_id": flight, "arrival_id_type": "40"}
        return {"border_mode": "4", "border_nationality": "ET", "container_indicator": False} | by_air
    ship = chance.choice(("9074729", "9319466", "9632466"))
    by_sea = {"border_id": ship, "border_id_type": "10", "arrival_id": ship, "arrival_id_type": "10"}
    return {"border_mode": "1", "border_nationality": "PA", "container_indicator": True} | by_sea


def _abroad(line: dict[str, str]) -> str:
    if line["direction"] == "import":
        return line["sent_from"]
    return {"Rotterdam": "NL", "Amsterdam": "NL", "Hamburg": "DE"}[line["city"]]


def _name_of(identifier: str) -> str:
    return next(row["name"] for row in rows("organisations.csv") if row["identifier"] == identifier)


def container_number(chance: random.Random) -> str:
    """A container number with its check digit (ISO 6346)."""
    body = f"KVNU{chance.randint(0, 999_999):06d}"
    return body + check_character(body)
