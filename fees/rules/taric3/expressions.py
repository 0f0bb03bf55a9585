"""Duty components of TARIC as one expression of ours; what has no such form is said, never guessed.

Source: TARIC duty expressions; docs/rules/fees.md, FE-RATE-01 and FE-TX-06.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fees.rules.expression import parse


class NotHeld(Exception):
    """The tariff has no form for what a record says; the text says what."""


OPERATORS: Final[Mapping[int, str]] = {1: "", 4: "+", 19: "+", 20: "+", 15: "MIN", 17: "MAX", 35: "MAX"}
"""By duty expression id: how a component joins those before it."""

NIHIL: Final = 37
UNSUPPORTED: Final[Mapping[int, str]] = {
    2: "an amount taken off (minus)",
    36: "an amount taken off (minus)",
    12: "an agricultural component of the Meursing table",
    14: "a reduced agricultural component of the Meursing table",
    21: "an additional duty on sugar of the Meursing table",
    25: "a reduced additional duty on sugar of the Meursing table",
    27: "an additional duty on flour of the Meursing table",
    29: "a reduced additional duty on flour of the Meursing table",
    40: "an export refund",
    41: "an export refund",
    42: "an export refund",
    43: "an export refund",
    44: "an export refund",
    99: "a supplementary unit, which is no duty",
}

UNITS: Final[Mapping[str, str]] = {
    "KGM": "kg",
    "KGM#G": "kg gross",
    "DTN": "100 kg",
    "DTN#G": "100 kg gross",
    "TNE": "t",
    "GRM": "g",
    "LTR": "l",
    "HLT": "hl",
    "MTQ": "m3",
    "ASV#X": "% vol/hl",
    "LPA": "l alc.",
    "NAR": "item",
    "CEN": "100 item",
    "MIL": "1 000 items",
    "NPR": "pair",
    "MTR": "m",
    "MTK": "m2",
    "CTM": "carat",
    "KWH": "kWh",
    "MWH": "MWh",
}
"""Measurement units, with their qualifier after a hash sign, as a rate writes them."""

CENTS: Final = "EUC"


@dataclass(frozen=True, slots=True)
class DutyComponent:
    """One component as TARIC writes it."""

    expression_id: int
    amount: Decimal | None = None
    currency: str = ""
    unit: str = ""
    qualifier: str = ""


def expression_of(components: Iterable[DutyComponent], currency: str) -> str:
    """The expression that components stand for, printed as the tariff holds it; empty for no component.

    Args:
        currency: of the country; the rate must be in it.

    Raises:
        NotHeld: a component has no form here.
    """
    parts = [_part(one, currency) for one in sorted(components, key=lambda one: one.expression_id)]
    if not parts:
        return ""
    text = " ".join(parts)
    if text.startswith(("+", "M")):
        raise NotHeld(f"the rate {text!r} begins with a further component")
    try:
        return parse(text).text
    except ValueError as error:
        raise NotHeld(str(error)) from error


def _part(one: DutyComponent, currency: str) -> str:
    if one.expression_id == NIHIL:
        return "free"
    if one.expression_id in UNSUPPORTED:
        raise NotHeld(f"duty expression {one.expression_id:02d} is {UNSUPPORTED[one.expression_id]}")
    operator = OPERATORS.get(one.expression_id)
    if operator is None:
        raise NotHeld(f"duty expression {one.expression_id:02d} is not known")
    if one.amount is None or one.amount < 0:
        raise NotHeld(f"duty expression {one.expression_id:02d} has no amount of 0 or more")
    return f"{operator} {_rate(one, one.amount, currency)}".strip()


def _rate(one: DutyComponent, amount: Decimal, currency: str) -> str:
    if not one.currency and not one.unit:
        return f"{amount.normalize():f} %"
    unit = unit_of(one.unit, one.qualifier)
    if one.currency == CENTS and currency == "EUR":
        return f"{(amount / 100).normalize():f} EUR/{unit}"
    if one.currency and one.currency != currency:
        raise NotHeld(f"the rate is in {one.currency}, which is not the country's currency")
    return f"{amount.normalize():f} {currency}/{unit}"


def unit_of(unit: str, qualifier: str) -> str:
    """The unit as a rate writes it. Raises NotHeld."""
    if not unit:
        raise NotHeld("an amount of money is given without a unit")
    code = f"{unit}#{qualifier}" if qualifier else unit
    if code not in UNITS:
        raise NotHeld(f"the measurement unit {code} is not known")
    return UNITS[code]
