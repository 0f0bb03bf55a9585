"""Measures of our tariff from the records that stand. A measure of which a part has no form here is left out whole.

A duty without one of its components, or a condition less, would be another duty: nothing of such a measure is taken,
and the preview says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from fees.rules.taric3.envelope import Value
from fees.rules.taric3.expressions import DutyComponent, NotHeld, expression_of, unit_of
from fees.rules.taric3.kinds import ACTIONS, MOVEMENTS, QUOTA_TYPES, kind_of
from fees.rules.taric3.rows import Derived, Row, validity
from fees.rules.taric3.state import Kept, State, by_field, of_type
from fees.types import CONTROLS, Direction, MeasureKind, Rounding

AUTHORITY: Final = "CUS"
ERGA_OMNES: Final = "1011"

Grouped = Mapping[tuple[Value, ...], list[Kept]]


@dataclass(frozen=True, slots=True)
class _Parts:
    """The records that measures are made of, by what they belong to."""

    currency: str
    types: Grouped
    components: Grouped
    conditions: Grouped
    condition_components: Grouped
    excluded: Grouped
    footnotes: Grouped


def measures_derive(state: State, derived: Derived, currency: str) -> None:
    """Add every measure that has a form here; name every other one."""
    parts = _Parts(
        currency,
        by_field(state, "measure.type", "measure.type.id"),
        by_field(state, "measure.component", "measure.sid"),
        by_field(state, "measure.condition", "measure.sid"),
        by_field(state, "measure.condition.component", "measure.condition.sid"),
        by_field(state, "measure.excluded.geographical.area", "measure.sid"),
        by_field(state, "footnote.association.measure", "measure.sid"),
    )
    for kept in of_type(state, "measure"):
        try:
            row, directions = _row(kept, parts)
        except NotHeld as why:
            derived.leave(kept, f"measure {kept.values['measure.sid']}", str(why))
            continue
        for direction in directions:
            derived.add("measures", row | {"direction": direction.value}, kept)


def _row(kept: Kept, parts: _Parts) -> tuple[Row, tuple[Direction, ...]]:
    values = kept.values
    sid = (values["measure.sid"],)
    kind, tax_type, directions = _kind(values, parts)
    code = str(values.get("goods.nomenclature.item.id", ""))
    if not code:
        raise NotHeld("it is for no goods nomenclature")
    if values["stopped.flag"] == "1":
        raise NotHeld("it is stopped")
    components = parts.components.get(sid, [])
    expression = expression_of([_component(one) for one in components], parts.currency)
    if kind in CONTROLS and expression:
        raise NotHeld(f"a {kind.value} has the rate {expression}")
    if kind not in CONTROLS and not expression:
        raise NotHeld("it has no rate")
    row = {
        "kind": kind.value,
        "tax_type": tax_type,
        "prefix": _prefix(code),
        "origin": str(values["geographical.area"]),
        "additional_code": f"{values.get('additional.code.type', '')}{values.get('additional.code', '')}",
        "expression": expression,
        "rounding": Rounding.HALF_UP.value,
        "law": f"Regulation {values['measure.generating.regulation.id']}",
        "authority": AUTHORITY,
        **validity(values),
        "order_number": _order_number(values),
        "excluded": sorted(str(one.values["excluded.geographical.area"]) for one in parts.excluded.get(sid, [])),
        "conditions": _conditions(parts.conditions.get(sid, []), parts),
        "footnotes": sorted(
            f"{one.values['footnote.type.id']}{one.values['footnote.id']}" for one in parts.footnotes.get(sid, [])
        ),
    }
    return row, directions


def _kind(values: Mapping[str, Value], parts: _Parts) -> tuple[MeasureKind, str, tuple[Direction, ...]]:
    name = str(values["measure.type"])
    known = parts.types.get((name,))
    series = str(known[0].values["measure.type.series.id"]) if known else ""
    movement = int(str(known[0].values["trade.movement.code"])) if known else 0
    found = kind_of(name, series)
    if found is None:
        raise NotHeld(f"measure type {name} of series {series or 'unknown'} has no place in the tariff")
    if movement not in MOVEMENTS:
        raise NotHeld(f"trade movement {movement} of measure type {name} is not known")
    if name in QUOTA_TYPES and not values.get("ordernumber"):
        raise NotHeld("a measure of a quota names no order number")
    return (*found, MOVEMENTS[movement])


def _order_number(values: Mapping[str, Value]) -> str:
    number = str(values.get("ordernumber", ""))
    if number and not (len(number) == 6 and number.isdigit()):
        raise NotHeld(f"the order number {number} has not six digits")
    if number and str(values["measure.type"]) not in QUOTA_TYPES:
        raise NotHeld(f"measure type {values['measure.type']} is for no quota, yet it names order number {number}")
    return number


def _conditions(records: list[Kept], parts: _Parts) -> list[dict[str, str]]:
    ordered = sorted(records, key=lambda one: (one.values["condition.code"], one.values["component.sequence.number"]))
    return [_condition(one.values, parts) for one in ordered]


def _condition(values: Mapping[str, Value], parts: _Parts) -> dict[str, str]:
    action = ACTIONS.get(str(values.get("action.code", "")))
    if action is None:
        raise NotHeld(f"action {values.get('action.code', 'none')} of a condition is not known")
    own = parts.condition_components.get((values["measure.condition.sid"],), [])
    written: dict[str, Any] = {
        "code": values["condition.code"],
        "document": f"{values.get('certificate.type.code', '')}{values.get('certificate.code', '')}",
        "action": action,
        "expression": expression_of([_component(one) for one in own], parts.currency),
    }
    amount = values.get("condition.duty.amount")
    if amount is not None:
        written |= {"amount": f"{amount:f}", "unit": _condition_unit(values, parts.currency)}
    if written["document"] and amount is not None:
        raise NotHeld("a condition asks for a document and an amount at once")
    return {name: str(value) for name, value in written.items() if value}


def _condition_unit(values: Mapping[str, Value], currency: str) -> str:
    money = str(values.get("condition.monetary.unit.code", ""))
    if money and money != currency:
        raise NotHeld(f"a condition is in {money}, which is not the country's currency")
    unit = str(values.get("condition.measurement.unit.code", ""))
    return unit_of(unit, str(values.get("condition.measurement.unit.qualifier.code", ""))) if unit else ""


def _component(kept: Kept) -> DutyComponent:
    values = kept.values
    amount = values.get("duty.amount")
    return DutyComponent(
        expression_id=int(str(values["duty.expression.id"])),
        amount=amount if isinstance(amount, Decimal) else None,
        currency=str(values.get("monetary.unit.code", "")),
        unit=str(values.get("measurement.unit.code", "")),
        qualifier=str(values.get("measurement.unit.qualifier.code", "")),
    )


def _prefix(code: str) -> str:
    """The digits that say something, in pairs: `0100000000` is chapter 01."""
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code
