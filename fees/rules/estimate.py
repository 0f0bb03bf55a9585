"""Every charge that a described consignment makes due, by the rules that bill.

What a declaration makes due comes from `charges_due` itself; what happens beside it (a container, a permit, a day in
storage, an hour outside office hours) is charged by the same amounts, as often as it is described.
Source: TFA article 6.1; domain.md F07; docs/rules/fees.md, FE-SCH-10.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fees.rules.charges import charge_amount, charges_due, rate_text
from fees.rules.tariff import ScheduledCharge, TariffIndex
from fees.types import ChargeEvent, Facts, Unbilled
from singlewindow.kernel.money import quantize

PORT_EVENTS = frozenset({ChargeEvent.CONTAINER, ChargeEvent.STORAGE_DAY})
"""What is charged at a port only."""


@dataclass(frozen=True, slots=True)
class EstimateLine:
    """One charge of an estimate: how often, and what it comes to."""

    code: str
    title: str
    authority: str
    law: str
    event: ChargeEvent
    item: int
    """Number of the item, 0 for the whole consignment."""
    rate: str
    count: int
    amount: Decimal
    published_on: date


def charges_described(
    facts: Facts,
    occasions: Mapping[ChargeEvent, int],
    permits: Sequence[str],
    *,
    tariff: TariffIndex,
    values: Sequence[Decimal],
    on: date,
    currency: str,
) -> tuple[list[EstimateLine], list[Unbilled]]:
    """The charges of a consignment in the order of authority and code, and those published too late to be billed.

    Args:
        occasions: how often each event beside the declaration happens.
        permits: codes of the charges for the permits that are applied for.
        values: the customs value of each item.
    """
    billed, unbilled = charges_due(facts, tariff=tariff, values=values, on=on, currency=currency)
    by_code = {charge.code: charge for charge in tariff.charges_for(facts.direction, on)}
    lines = [
        EstimateLine(
            line.code,
            line.title,
            line.authority,
            line.law,
            by_code[line.code].event,
            line.item,
            line.rate,
            1,
            line.amount,
            line.published_on,
        )
        for line in billed
    ]
    for charge in sorted(tariff.charges, key=lambda one: one.code):
        count = int(charge.code in permits) if charge.event is ChargeEvent.PERMIT else occasions.get(charge.event, 0)
        if not count or not charge.in_force(on) or not _concerned(charge, facts):
            continue
        if charge.published_on > on:
            unbilled.append(Unbilled(charge.code, charge.title, charge.published_on))
        else:
            lines.append(_line(charge, count, facts, values, currency))
    return sorted(lines, key=lambda line: (line.authority, line.code, line.item)), unbilled


def _concerned(charge: ScheduledCharge, facts: Facts) -> bool:
    return any(charge.concerns(item.commodity_code) for item in facts.items)


def _line(charge: ScheduledCharge, count: int, facts: Facts, values: Sequence[Decimal], currency: str) -> EstimateLine:
    base = sum(
        (v for v, item in zip(values, facts.items, strict=True) if charge.concerns(item.commodity_code)), Decimal(0)
    )
    return EstimateLine(
        charge.code,
        charge.title,
        charge.authority,
        charge.law,
        charge.event,
        0,
        rate_text(charge, currency),
        count,
        quantize(charge_amount(charge, base), currency) * count,
        charge.published_on,
    )
