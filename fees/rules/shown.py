"""Conditions of measures held against what a declaration shows: documents, and prices per unit.

Conditions of one code are alternatives in order, the first that is met decides; the codes of one measure stand beside
each other, and each must allow. Source: TARIC conditions; docs/rules/fees.md, FE-CON-01 to FE-CON-04.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from fees.rules.expression import Expression, QuantityMissing, parse
from fees.rules.tariff import Condition, Measure
from fees.rules.units import DECLARED, UNITS
from fees.types import Control, MeasureKind

REFUSING = frozenset({"not_apply", "refuse"})


@dataclass(frozen=True, slots=True)
class Shown:
    """What an item shows: its documents and those of the declaration, its customs value, its quantities."""

    documents: frozenset[str]
    value: Decimal
    amounts: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the conditions of a measure come to."""

    allowed: bool
    decided: bool
    """A condition was met for every code; without one the measure's own nature decides."""
    expression: Expression | None
    """The rate that a condition gives instead of the measure's own."""
    needs: tuple[str, ...]
    """Documents of which one would have allowed it."""


UNCONDITIONAL = Ruling(allowed=True, decided=True, expression=None, needs=())


def ruling(conditions: Sequence[Condition], shown: Shown) -> Ruling:
    """What the conditions come to. Raises QuantityMissing where a price per unit cannot be worked out."""
    if not conditions:
        return UNCONDITIONAL
    allowed = decided = True
    expression: Expression | None = None
    needs: list[str] = []
    for code in dict.fromkeys(condition.code for condition in conditions):
        alternatives = [condition for condition in conditions if condition.code == code]
        met = next((condition for condition in alternatives if _met(condition, shown)), None)
        if met is not None and met.action not in REFUSING:
            expression = _rate(met.expression) if met.expression else expression
            continue
        allowed, decided = False, decided and met is not None
        needs += [one.document for one in alternatives if one.document and one.action not in REFUSING]
    return Ruling(allowed, decided, expression, tuple(dict.fromkeys(needs)))


def control_of(measure: Measure, shown: Shown) -> Control:
    """How a prohibition or requirement stands for goods; one without conditions forbids, or is only told (FE-CTL)."""
    forbids = measure.kind is MeasureKind.PROHIBITION
    answers = tuple(
        dict.fromkeys(one.document for one in measure.conditions if one.document and one.action not in REFUSING)
    )
    if not measure.conditions:
        outcome = "prohibited" if forbids else "told"
    else:
        try:
            open_ = ruling(measure.conditions, shown).allowed
        except QuantityMissing:  # a price that cannot be worked out shows nothing
            open_ = False
        outcome = ("exempt" if open_ else "prohibited") if forbids else ("met" if open_ else "missing")
    return Control(measure.key, measure.kind, measure.law, measure.authority, outcome, answers)


def _met(condition: Condition, shown: Shown) -> bool:
    if condition.document:
        return condition.document in shown.documents
    if condition.amount is None:
        return True
    if not condition.unit:
        return shown.value >= condition.amount
    dimension, factor = _unit(condition.unit)
    quantity = shown.amounts.get(dimension)
    if quantity is None:
        raise QuantityMissing(condition.unit)
    return shown.value * factor >= condition.amount * quantity  # no division: exact, and a quantity of 0 is no error


def _unit(text: str) -> tuple[str, Decimal]:
    unit = UNITS.get(text)
    return (unit.dimension, unit.factor) if unit is not None else DECLARED[text]


@lru_cache(maxsize=4096)
def _rate(text: str) -> Expression:
    return parse(text)
