"""What is lodged: ten believable lines of a regular trade, large enough not to look like a split consignment."""

import json
from decimal import Decimal

from tests.factories.declarations import import_json, item_json

ITEMS = 10
BOXES = (30, 12, 15, 2, 70)
"""Packages of each of the factory's goods, in turn: every line is worth more than a thousand euros."""

SHIRT_KG = Decimal("0.15")


def message(lrn: str, count: int = ITEMS) -> bytes:
    """An import whose goods are here and which nobody needs to look at."""
    items = [item_json(number, boxes=BOXES[(number - 1) % len(BOXES)]) for number in range(1, count + 1)]
    for item in items:
        if item["commodity_code"].startswith("6109"):
            item["supplementary_quantity"]["quantity"] = str(int(Decimal(item["net_mass_kg"]) / SHIRT_KG))
    totals = {
        "items": items,
        "total_packages": sum(package["count"] for item in items for package in item["packages"]),
        "total_gross_mass_kg": str(sum(Decimal(item["gross_mass_kg"]) for item in items)),
        "invoice_total": {"amount": str(sum(Decimal(item["price"]["amount"]) for item in items)), "currency": "EUR"},
    }
    return json.dumps(import_json(count, lrn=lrn) | totals, separators=(",", ":")).encode()
