"""A consignment as a declaration message: what a trader's software would send."""

from random import Random
from typing import Any

from singlewindow.demo.country.shipments import Item, Shipment, proof_of
from singlewindow.kernel.mrn import check_character

PERMITS = {"PHY": "7P01", "VET": "7P02", "MED": "7P03"}
ID_TYPES = {"1": "10", "4": "40", "3": "30"}


def message_of(shipment: Shipment, *, key: str, prelodged: bool, chance: Random) -> dict[str, Any]:
    """The canonical content of a declaration; it says nothing of what is true."""
    items = [_item(item, place, shipment, chance) for place, item in enumerate(shipment.items, start=1)]
    value = round(sum(float(item["price"]["amount"]) for item in items), 2)
    home = {"id": shipment.importer[0], "name": shipment.importer[1]}
    partner = shipment.partner
    abroad = {
        "name": partner.name,
        "address": {"line": partner.street, "city": partner.city, "postcode": "10000", "country": partner.country},
    }
    message: dict[str, Any] = {
        "schema_version": "1",
        "lrn": key,
        "type_code": ("EX" if shipment.export else "IM") + ("D" if prelodged else "A"),
        "office": shipment.office,
        "item_count": len(items),
        "total_packages": sum(item["packages"][0]["count"] for item in items) + shipment.packages_off,
        "total_gross_mass_kg": _number(sum(float(item["gross_mass_kg"]) for item in items), 1),
        "invoice_total": {"amount": _number(value, 2), "currency": "EUR"},
        "transaction_nature": "11",
        "goods_location": {"type": "A", "qualifier": "U", "id": "ZZAMAPORT1", "country": "ZZ"},
        "declarant": {"id": shipment.filer, "name": shipment.filer_name},
        "transport": _transport(shipment, chance),
        "delivery_terms": {"incoterm": "FOB", "location_name": "Port Amari" if shipment.export else partner.city},
        "export_country": "ZZ" if shipment.export else shipment.dispatch,
        "destination_country": shipment.dispatch if shipment.export else "ZZ",
        "items": items,
    }
    if shipment.mode == "1":
        seal = f"SL{chance.randint(0, 999_999):06d}"
        message["equipment"] = [
            {"sequence": 1, "id": container_number(shipment.carrier.prefix, chance), "seals": [seal]}
        ]
    if shipment.export:
        return message | {"exporter": home, "consignee": abroad, "exit_office": shipment.office}
    freight = _number(max(0.01, value * chance.uniform(0.04, 0.09) * shipment.freight_factor), 2)
    insurance = _number(max(0.01, value * 0.004), 2)
    return message | {
        "importer": home,
        "exporter": abroad,
        "valuation": {
            "freight": {"amount": freight, "currency": "EUR"},
            "insurance": {"amount": insurance, "currency": "EUR"},
        },
        "previous_documents": [{"category": "Z", "type": "705", "id": f"KVBL{chance.randrange(10**12):012d}"}],
    }


def _item(item: Item, place: int, shipment: Shipment, chance: Random) -> dict[str, Any]:
    net = max(0.1, round(item.net_kg, 1))
    content: dict[str, Any] = {
        "number": place,
        "description": item.description,
        "commodity_code": item.good.code,
        "origin": item.origin,
        "procedure": "1000" if shipment.export else "4000",
        "additional_procedures": ["000"],
        "gross_mass_kg": _number(max(item.gross_kg, net), 1),
        "net_mass_kg": _number(net, 1),
        "price": {"amount": _number(max(0.01, item.price), 2), "currency": "EUR"},
        "packages": [{"sequence": 1, "type": item.good.package, "count": item.packages, "marks": f"LOT {place}"}],
        "documents": [],
    }
    number = chance.randint(100_000, 999_999)
    if item.invoice:
        content["documents"].append({"code": "N935", "id": f"INV-{number}"})
    if not shipment.export:
        content |= {"preference": "100", "valuation_method": "1"}
    if item.claim:
        regime, proof = proof_of(item)
        content |= {"preference": regime, "preferential_origin": item.origin}
        if item.proof:
            content["documents"].append({"code": proof, "id": f"{item.origin}-{number}"})
    if item.units:
        content["supplementary_quantity"] = {"quantity": str(int(item.units)), "unit": item.good.unit}
    for code, identifier in item.documents:
        content["documents"].append({"code": code, "id": identifier})
    if item.permit:
        code = PERMITS[item.permit[:3]]
        content["documents"].append({"code": code, "id": item.permit, "quantity": _number(net, 1), "unit": "KGM"})
    if not content["documents"]:
        del content["documents"]
    return content


def _transport(shipment: Shipment, chance: Random) -> dict[str, Any]:
    carrier, mode = shipment.carrier, shipment.mode
    if mode == "4":
        means = f"{carrier.prefix[:2]}{chance.randint(100, 999)}"
    elif mode == "3":
        means = f"{carrier.prefix[:3]} {chance.randint(100, 999)} T"
    else:
        means = chance.choice(carrier.ships)
    kind = ID_TYPES[mode]
    transport: dict[str, Any] = {
        "border_mode": mode,
        "border_id": means,
        "border_id_type": kind,
        "border_nationality": carrier.flag,
        "arrival_id": means,
        "arrival_id_type": kind,
        "container_indicator": mode == "1",
        "carrier": {"name": carrier.name},
    }
    if shipment.itinerary:
        transport["itinerary"] = list(dict.fromkeys(shipment.itinerary))
    return transport


def container_number(prefix: str, chance: Random) -> str:
    """A container number with its check digit (ISO 6346)."""
    body = f"{prefix}{chance.randint(0, 999_999):06d}"
    return body + check_character(body)


def _number(value: float, places: int) -> str:
    return f"{value:.{places}f}"
