"""The rate of a measure as law writes it: parsed once, evaluated exactly, printed back.

`8 % MIN 22 EUR/100 kg MAX 56 EUR/100 kg` has three components. They are taken from left to right, the last
conjunction outermost: `+` adds, `MIN x` is a floor (the larger counts), `MAX x` is a cap (the smaller counts).

Source: docs/rules/fees.md, FE-RATE-01 and FE-RATE-02.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from fees.rules.units import UNITS
from fees.types import Step

HUNDRED = Decimal(100)
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_UNIT = "|".join(re.escape(text) for text in sorted(UNITS, key=len, reverse=True))
_COMPONENT = re.compile(
    rf"(?P<free>free)|(?P<percent>{_NUMBER}) ?%(?! ?vol)(?P<inclusive> inclusive)?"
    rf"|(?P<amount>{_NUMBER})(?: (?P<currency>[A-Z]{{3}}))? ?/ ?(?:(?P<per>{_NUMBER}) )?(?P<unit>{_UNIT})",
    re.ASCII,
)
_OPERATOR = re.compile(r" ?(\+|MIN|MAX) ?", re.ASCII)


class Operator(StrEnum):
    """How a component joins what stands left of it."""

    FIRST = ""
    PLUS = "+"
    FLOOR = "MIN"
    CAP = "MAX"


class QuantityMissing(Exception):
    """A specific rate asks for a quantity that was not declared."""

    def __init__(self, unit: str) -> None:
        super().__init__(unit)
        self.unit = unit


@dataclass(frozen=True, slots=True)
class Component:
    """One rate: a percentage of a base, or an amount per so many units."""

    operator: Operator
    text: str
    share: Decimal | None
    """Of the base, for a percentage."""
    outside: Decimal = Decimal(1)
    """What the tax leaves of its own base: `1 - share` where the tax is inside it, else 1."""
    amount: Decimal = Decimal(0)
    per: Decimal = Decimal(1)
    unit: str = ""
    dimension: str = ""
    factor: Decimal = Decimal(1)
    currency: str = ""

    def value(self, base: Decimal, amounts: Mapping[str, Decimal]) -> tuple[Decimal, Decimal]:
        """What it is taken of, and what it gives, unrounded. Raises QuantityMissing."""
        if self.share is not None:
            return base, base * self.share / self.outside
        quantity = amounts.get(self.dimension)
        if quantity is None:
            raise QuantityMissing(self.unit)
        if self.factor != 1:
            quantity = quantity / self.factor
        return quantity, self.amount * quantity / self.per


@dataclass(frozen=True, slots=True)
class Expression:
    """A rate of one or more components; `text` is its one printed form."""

    components: tuple[Component, ...]
    text: str

    def evaluate(self, base: Decimal, amounts: Mapping[str, Decimal]) -> tuple[Decimal, tuple[Step, ...]]:
        """The amount, unrounded, and the working of each component.

        Args:
            base: in the currency of the profile.
            amounts: declared quantities by dimension (`units.amounts_of`).

        Raises:
            QuantityMissing: a component's unit was not declared.
        """
        total = Decimal(0)
        steps = []
        for component in self.components:
            of, gives = component.value(base, amounts)
            operator = component.operator
            if operator is Operator.FLOOR:
                total = max(total, gives)
            elif operator is Operator.CAP:
                total = min(total, gives)
            else:
                total += gives
            steps.append(Step(operator.value, component.text, of, component.unit, gives))
        return total, tuple(steps)

    @property
    def currencies(self) -> frozenset[str]:
        """Currencies that specific components name."""
        return frozenset(component.currency for component in self.components if component.currency)


FREE = Expression((Component(Operator.FIRST, "free", Decimal(0)),), "free")


def parse(text: str) -> Expression:
    """The expression that a text of the tariff stands for.

    Raises:
        ValueError: it is no rate; the sentence says from which character on.
    """
    components: list[Component] = []
    operator, position = Operator.FIRST, 0
    while True:
        match = _COMPONENT.match(text, position)
        if match is None:
            raise ValueError(f"{text!r} is no rate from character {position + 1} on")
        components.append(_component(operator, match))
        position = match.end()
        if position == len(text):
            break
        joint = _OPERATOR.match(text, position)
        if joint is None:
            raise ValueError(f"{text!r} needs +, MIN or MAX at character {position + 1}")
        operator, position = Operator(joint[1]), joint.end()
    printed = " ".join(f"{c.operator} {c.text}".strip() for c in components)
    return Expression(tuple(components), printed)


def _component(operator: Operator, match: re.Match[str]) -> Component:
    if match["free"]:
        return Component(operator, "free", Decimal(0))
    if match["percent"]:
        return _percentage(operator, match["percent"], inclusive=bool(match["inclusive"]))
    unit = UNITS[match["unit"]]
    per = Decimal(match["per"] or 1)
    if per == 0:
        raise ValueError("a rate cannot be per 0 units")
    currency = match["currency"] or ""
    money = f"{match['amount']} {currency}" if currency else match["amount"]
    text = f"{money}/{match['per']} {unit.text}" if match["per"] else f"{money}/{unit.text}"
    return Component(
        operator,
        text,
        None,
        amount=Decimal(match["amount"]),
        per=per,
        unit=unit.text,
        dimension=unit.dimension,
        factor=unit.factor,
        currency=currency,
    )


def _percentage(operator: Operator, percent: str, *, inclusive: bool) -> Component:
    rate = Decimal(percent) / HUNDRED
    if not inclusive:
        return Component(operator, f"{percent} %", rate)
    if rate >= 1:
        raise ValueError("an inclusive rate must be under 100 %")
    return Component(operator, f"{percent} % inclusive", rate, outside=1 - rate)
