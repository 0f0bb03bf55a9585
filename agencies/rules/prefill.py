"""What an application takes over from a declaration, so that nothing is asked twice (AG-062, N11)."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

VALID_DAYS = 180


def content_of_declaration(message: Mapping[str, Any], on: date) -> dict[str, Any]:
    """A dataset from a declaration in its canonical form, complete or a draft; what it does not tell is left out."""
    exports = str(message.get("type_code", "")).startswith("EX")
    items = message.get("items")
    rows = [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
    return {
        "direction": "export" if exports else "import",
        "valid_from": on.isoformat(),
        "valid_to": (on + timedelta(days=VALID_DAYS)).isoformat(),
        "goods": [dict(_line(number, item, message, exports)) for number, item in enumerate(rows[:50], start=1)],
    }


def _line(number: int, item: Mapping[str, Any], message: Mapping[str, Any], exports: bool) -> Iterator[tuple[str, Any]]:
    yield "number", number
    if exports:
        country = item.get("destination_country") or message.get("destination_country")
    else:
        country = item.get("origin") or message.get("export_country")
    supplementary = item.get("supplementary_quantity")
    price = item.get("price")
    told = {
        "commodity_code": item.get("commodity_code"),
        "description": str(item.get("description") or "")[:200],
        "country": country,
        "procedure": item.get("procedure"),
    }
    if item.get("net_mass_kg"):
        told |= {"quantity": item["net_mass_kg"], "unit": "KGM"}
    elif isinstance(supplementary, Mapping):
        told |= {"quantity": supplementary.get("quantity"), "unit": supplementary.get("unit")}
    if isinstance(price, Mapping):
        told |= {"value": price.get("amount"), "currency": price.get("currency")}
    yield from ((name, str(value)) for name, value in told.items() if value)


def content_again(content: Mapping[str, Any], on: date) -> dict[str, Any]:
    """A dataset from a past application, for a new time."""
    until = (on + timedelta(days=VALID_DAYS)).isoformat()
    return {**content, "valid_from": on.isoformat(), "valid_to": until}
