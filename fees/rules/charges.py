"""Fees and charges of the public schedule that a declaration makes due.

A charge whose publication is later than the event is not billed: it is named as unbilled (FE-CHG-01).
Source: TFA article 6.1.3 and domain.md F07; docs/rules/fees.md, FE-CHG-01 to FE-CHG-03.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from fees.rules.tariff import ScheduledCharge, TariffIndex
from fees.types import ChargeEvent, ChargeLine, Facts, Unbilled
from singlewindow.kernel.money import quantize

PER_ITEM = frozenset({ChargeEvent.IMPORT_ITEM, ChargeEvent.EXPORT_ITEM})


def charges_due(
    facts: Facts, *, tariff: TariffIndex, values: Sequence[Decimal], on: date, currency: str
) -> tuple[list[ChargeLine], list[Unbilled]]:
    """The charges billed, by code and item, and those that were published too late to be billed."""
    billed: list[ChargeLine] = []
    unbilled: list[Unbilled] = []
    for charge in tariff.charges_for(facts.direction, on):
        concerned = [i for i, item in enumerate(facts.items) if charge.concerns(item.commodity_code)]
        if not concerned:
            continue
        if charge.published_on > on:
            unbilled.append(Unbilled(charge.code, charge.title, charge.published_on))
        elif charge.event in PER_ITEM:
            billed += [_line(charge, facts.items[i].number, values[i], currency) for i in concerned]
        else:
            billed.append(_line(charge, 0, sum((values[i] for i in concerned), Decimal(0)), currency))
    return billed, unbilled


def _line(charge: ScheduledCharge, item: int, base: Decimal, currency: str) -> ChargeLine:
    return ChargeLine(
        code=charge.code,
        title=charge.title,
        authority=charge.authority,
        law=charge.law,
        measure=charge.key,
        item=item,
        base=base,
        rate=rate_text(charge, currency),
        amount=quantize(charge_amount(charge, base), currency),
        published_on=charge.published_on,
        in_vat_base=charge.in_vat_base,
    )


def charge_amount(charge: ScheduledCharge, base: Decimal) -> Decimal:
    """A fixed amount, or a percentage of the base within its least and greatest amount; unrounded."""
    if charge.amount is not None:
        return charge.amount
    amount = base * (charge.percentage or Decimal(0)) / 100
    if charge.minimum is not None:
        amount = max(amount, charge.minimum)
    if charge.maximum is not None:
        amount = min(amount, charge.maximum)
    return amount


def rate_text(charge: ScheduledCharge, currency: str) -> str:
    """The amount or percentage as the schedule prints it."""
    if charge.amount is not None:
        return _money(charge.amount, currency)
    parts = [f"{_plain(charge.percentage or Decimal(0))} %"]
    if charge.minimum is not None:
        parts.append(f"MIN {_money(charge.minimum, currency)}")
    if charge.maximum is not None:
        parts.append(f"MAX {_money(charge.maximum, currency)}")
    return " ".join(parts)


def _money(amount: Decimal, currency: str) -> str:
    """At the minor unit, or finer where the schedule is: a fee of 0.0075 a kilogram stays that."""
    rounded = quantize(amount, currency)
    return f"{rounded if rounded == amount else _plain(amount)} {currency}"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
