"""Conditions of a measure as one line of text: written in our files, read into what is stored.

`B 7P02 allow; B - refuse` asks for document 7P02; `V >=60/t apply 5 %; V - apply` gives another rate from a price on.
Conditions stand in order and are separated by semicolons; each is a code, what must be shown or reached (a document, or
`>=` a number per unit, or `-` for nothing), an action, and the rate that applies then instead of the measure's own.

Source: docs/rules/fees.md, FE-TAR-08.
"""

import re
from decimal import Decimal
from typing import Final

from fees.rules.expression import parse
from fees.rules.units import UNITS

ACTIONS: Final = ("apply", "not_apply", "allow", "refuse")
MOST: Final = 20
"""Conditions of one measure; law has fewer."""

_FORM = re.compile(
    r"(?P<code>[A-Z]{1,2}) (?:(?P<document>[0-9A-Z]{4})|>=(?P<amount>[0-9]+(?:\.[0-9]+)?)(?:/(?P<unit>.+?))?|-)"
    rf" (?P<action>{'|'.join(ACTIONS)})(?: (?P<rate>.+))?",
    re.ASCII,
)


def conditions_read(text: str) -> list[dict[str, str]]:
    """The stored form of a line of conditions; empty fields are left out.

    Raises:
        ValueError: FE-TAR-08, a part is no condition.
    """
    parts = [part.strip() for part in text.split(";") if part.strip()]
    if len(parts) > MOST:
        raise ValueError(f"{len(parts)} conditions; at most {MOST} are read")
    return [_condition(part) for part in parts]


def conditions_text(stored: list[dict[str, str]]) -> str:
    """The line that reads into these conditions."""
    return "; ".join(_written(one) for one in stored)


def _condition(part: str) -> dict[str, str]:
    match = _FORM.fullmatch(part)
    if match is None:
        raise ValueError(f"{part[:60]!r} is no condition: code, document or >=amount/unit or -, action, rate")
    if match["unit"] and match["unit"] not in UNITS:
        raise ValueError(f"{part[:60]!r} names a unit that is not known")
    values = {
        "code": match["code"],
        "document": match["document"] or "",
        "amount": f"{Decimal(match['amount']).normalize():f}" if match["amount"] else "",
        "unit": match["unit"] or "",
        "action": match["action"],
        "expression": parse(match["rate"]).text if match["rate"] else "",
    }
    return {name: value for name, value in values.items() if value}


def _written(one: dict[str, str]) -> str:
    shown = one.get("document", "")
    if not shown:
        unit = f"/{one['unit']}" if one.get("unit") else ""
        shown = f">={one['amount']}{unit}" if one.get("amount") else "-"
    return " ".join(part for part in (one["code"], shown, one.get("action", ""), one.get("expression", "")) if part)
