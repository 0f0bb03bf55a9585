"""Valid messages with sensible values: an import of coffee machines and a like export, with as many items as asked."""

from decimal import Decimal
from itertools import count
from typing import Any

from declarations.schemas import DeclarationMessage

_serial = count(1)

GOODS: tuple[tuple[str, str, str, str, str, str], ...] = (
    # commodity, description, origin, net mass of one package in kg, price of one package, unit of quantity
    ("8516710000", "Electric coffee makers for household use", "CN", "4.2", "38.5", "NAR"),
    ("0901210000", "Roasted coffee, not decaffeinated, in bags of 1 kg", "ET", "12", "96", "KGM"),
    ("6109100000", "T-shirts of cotton, knitted", "BD", "6.5", "84", "NAR"),
    ("8471300000", "Portable computers of not more than 10 kg", "CN", "2.4", "610", "NAR"),
    ("3926909790", "Household articles of plastics", "TR", "3.1", "14.75", "KGM"),
)


def lrn_new(prefix: str = "INV") -> str:
    """A local reference number that no other test of this process uses."""
    return f"{prefix}-2026-{next(_serial):06d}"


def item_json(number: int, *, boxes: int = 10, **changes: Any) -> dict[str, Any]:
    """One goods item as plain JSON; the goods take turns, so ten items are ten believable lines."""
    code, description, origin, mass, price, unit = GOODS[(number - 1) % len(GOODS)]
    net = Decimal(mass) * boxes
    item: dict[str, Any] = {
        "number": number,
        "description": description,
        "commodity_code": code,
        "origin": origin,
        "procedure": "4000",
        "additional_procedures": ["000"],
        "preference": "100",
        "gross_mass_kg": str(net + boxes),
        "net_mass_kg": str(net),
        "supplementary_quantity": {"quantity": str(boxes if unit == "NAR" else net), "unit": unit},
        "price": {"amount": str(Decimal(price) * boxes), "currency": "EUR"},
        "valuation_method": "1",
        "packages": [{"sequence": 1, "type": "CT", "count": boxes, "marks": f"LOT {number}"}],
        "documents": [{"code": "N935", "id": f"INV {number:04d}"}],
    }
    return item | changes


def _whole(items: list[dict[str, Any]], lrn: str) -> dict[str, Any]:
    prices = sum((Decimal(item["price"]["amount"]) for item in items), Decimal(0))
    gross = sum((Decimal(item["gross_mass_kg"]) for item in items), Decimal(0))
    return {
        "schema_version": "1",
        "lrn": lrn,
        "office": "ZZ000101",
        "item_count": len(items),
        "total_packages": sum(package["count"] for item in items for package in item["packages"]),
        "total_gross_mass_kg": str(gross),
        "invoice_total": {"amount": str(prices), "currency": "EUR"},
        "transaction_nature": "11",
        "goods_location": {"type": "A", "qualifier": "U", "id": "ZZAMAPORT1", "country": "ZZ"},
        "items": items,
    }


def import_json(
    items: int = 1, *, lrn: str = "", trader: str = "ZZIMP0001", presented: bool = True, **changes: Any
) -> dict[str, Any]:
    """An import as plain JSON: `trader` is importer and declarant; not presented means lodged before arrival."""
    whole = _whole([item_json(number) for number in range(1, items + 1)], lrn or lrn_new())
    whole |= {
        "type_code": "IMA" if presented else "IMD",
        "declarant": {"id": trader, "name": "Amari Foods Ltd"},
        "importer": {"id": trader, "name": "Amari Foods Ltd"},
        "exporter": {
            "name": "Guangdong Home Appliance Co",
            "address": {"line": "18 Harbour Road", "city": "Guangzhou", "postcode": "510000", "country": "CN"},
        },
        "transport": {
            "border_mode": "1",
            "border_id": "9074729",
            "border_id_type": "10",
            "border_nationality": "PA",
            "arrival_id": "9074729",
            "arrival_id_type": "10",
            "container_indicator": True,
        },
        "equipment": [{"sequence": 1, "id": "CSQU3054383", "seals": ["SL123456"]}],
        "export_country": "CN",
        "destination_country": "ZZ",
        "delivery_terms": {"incoterm": "FOB", "location_name": "Guangzhou", "country": "CN"},
        "valuation": {
            "freight": {"amount": "420", "currency": "EUR"},
            "insurance": {"amount": "35", "currency": "EUR"},
        },
        "previous_documents": [{"category": "Z", "type": "705", "id": "MAEU123456789"}],
    }
    return whole | changes


def export_json(
    items: int = 1, *, lrn: str = "", trader: str = "ZZEXP0001", presented: bool = True, **changes: Any
) -> dict[str, Any]:
    """An export as plain JSON: `trader` is exporter and declarant."""
    lines = [
        item_json(
            number,
            commodity_code="0901110000",
            description="Coffee, not roasted, not decaffeinated, in sacks of 60 kg",
            origin="ZZ",
            procedure="1000",
            preference=None,
            supplementary_quantity=None,
            gross_mass_kg="610",
            net_mass_kg="600",
            price={"amount": "2400", "currency": "EUR"},
            packages=[{"sequence": 1, "type": "SA", "count": 10, "marks": f"LOT {number}"}],
        )
        for number in range(1, items + 1)
    ]
    lines = [{key: value for key, value in line.items() if value is not None} for line in lines]
    whole = _whole(lines, lrn or lrn_new("EXP"))
    whole |= {
        "type_code": "EXA" if presented else "EXD",
        "exit_office": "ZZ000101",
        "declarant": {"id": trader, "name": "Highland Coffee Exporters"},
        "exporter": {"id": trader, "name": "Highland Coffee Exporters"},
        "consignee": {
            "name": "Rotterdam Roasters BV",
            "address": {"line": "Maasboulevard 12", "city": "Rotterdam", "postcode": "3063 NS", "country": "NL"},
        },
        "transport": {"border_mode": "1", "border_nationality": "NL", "container_indicator": True},
        "equipment": [{"sequence": 1, "id": "CSQU3054383"}],
        "export_country": "ZZ",
        "destination_country": "NL",
        "delivery_terms": {"incoterm": "FOB", "location_name": "Port Amari", "country": "ZZ"},
    }
    return whole | changes


def import_message(items: int = 1, **changes: Any) -> DeclarationMessage:
    """The import as a message."""
    return DeclarationMessage.model_validate(import_json(items, **changes))


def export_message(items: int = 1, **changes: Any) -> DeclarationMessage:
    """The export as a message."""
    return DeclarationMessage.model_validate(export_json(items, **changes))


SHORT_FIELDS = ("number", "description", "commodity_code", "origin", "procedure", "price", "gross_mass_kg", "packages")


def short_json(boxes: int = 10, **changes: Any) -> dict[str, Any]:
    """What a trader knows at the quay: who, what, from where, how much, what it may be worth."""
    item = item_json(1, boxes=boxes)
    whole = import_json(1)
    kept = ("schema_version", "lrn", "declarant", "importer", "office", "goods_location", "export_country")
    short = {name: whole[name] for name in kept}
    short |= {"type_code": "IMC", "items": [{name: item[name] for name in SHORT_FIELDS}]}
    return short | changes


def full_json(mrn: str, boxes: int = 10, **changes: Any) -> dict[str, Any]:
    """The full declaration of the same goods, naming the short one by its MRN."""
    whole = import_json(1)
    whole["items"] = [item_json(1, boxes=boxes)]
    item = whole["items"][0]
    whole |= {
        "type_code": "IMY",
        "previous_documents": [{"category": "Y", "type": "SDE", "id": mrn}],
        "invoice_total": item["price"],
        "total_packages": boxes,
        "total_gross_mass_kg": item["gross_mass_kg"],
    }
    return whole | changes
