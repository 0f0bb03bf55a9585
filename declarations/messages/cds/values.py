"""From the text of an element to the canonical value. What cannot be turned passes on as it is; the schema refuses it,
so that XML and JSON earn the same sentence for the same fault."""

import re
from typing import Any

from declarations.messages.cds.nodes import Attributes

_WHOLE = re.compile(r"[0-9]{1,8}", re.ASCII)
_INSTANT = re.compile(r"(20[0-9]{2})([0-9]{2})([0-9]{2})(?:([0-9]{2})([0-9]{2})([0-9]{2})(Z|[-+][0-9]{2}))?", re.ASCII)


def whole(text: str, attributes: Attributes) -> Any:
    """A whole number."""
    return int(text) if _WHOLE.fullmatch(text) else text


def flag(text: str, attributes: Attributes) -> Any:
    """1 and 0 as yes and no."""
    return {"1": True, "0": False}.get(text, text)


def money(text: str, attributes: Attributes) -> Any:
    """An amount with the currency of its attribute."""
    currency = attributes.get("currencyID")
    return {"amount": text, "currency": currency} if currency is not None else {"amount": text}


def quantity(text: str, attributes: Attributes) -> Any:
    """A quantity with the unit of its attribute, where there is one."""
    unit = attributes.get("unitCode")
    return {"quantity": text, "unit": unit} if unit is not None else {"quantity": text}


def kilograms(text: str, attributes: Attributes) -> Any:
    """A mass; another unit than the kilogram makes it unreadable as one."""
    unit = attributes.get("unitCode")
    return text if unit in (None, "KGM") else f"{text} {unit}"


def instant(text: str, attributes: Attributes) -> Any:
    """A date (102) or a date and time with its zone (304), as a DateTimeString has it."""
    found = _INSTANT.fullmatch(text.strip())
    if found is None:
        return text.strip()
    year, month, day, hour, minute, second, zone = found.groups()
    if hour is None:
        return f"{year}-{month}-{day}T00:00:00Z"
    zone = zone if zone == "Z" else f"{zone}:00"
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}{zone}"


def representation(text: str, attributes: Attributes) -> Any:
    """The status of a representative (WCO R004)."""
    return {"1": "self", "2": "direct", "3": "indirect"}.get(text, text)
