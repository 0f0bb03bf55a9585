"""The assessment engine: from what is declared to what is owed, in one pure function.

The quote, the estimate and the assessment are this same function; the same facts, tariff version, rates, profile
and day give the same bytes. Source: domain.md K4; docs/rules/fees.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, FloatOperation, localcontext

from fees.rules.candidates import Worked, duty_choose, work
from fees.rules.charges import charges_due
from fees.rules.expression import QuantityMissing
from fees.rules.tariff import Measure, Relief, Resolved, TariffIndex
from fees.rules.units import amounts_of
from fees.rules.valuation import customs_values
from fees.types import (
    Assessment,
    Candidate,
    ChargeLine,
    Facts,
    ItemAssessment,
    ItemFacts,
    Line,
    MeasureKind,
    Rates,
    ValueBuild,
)
from singlewindow.kernel.errors import Violation
from singlewindow.kernel.money import share_out
from singlewindow.reference.types import CountryProfile, ExchangeRate

ZERO = Decimal(0)

EXACT = Context(prec=40, traps=[FloatOperation])
"""Wide enough that no product of a value and a rate is rounded before its line is; a float in it is an error."""

DE_MINIMIS = "de_minimis"
EXPORTED = "export"


class CannotAssess(Exception):
    """Something that the assessment needs is missing; every finding is named, and nothing is taken as zero."""

    def __init__(self, findings: Sequence[Violation]) -> None:
        super().__init__("; ".join(finding.message for finding in findings))
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class _Setting:
    """What is the same for every item of one assessment."""

    facts: Facts
    tariff: TariffIndex
    currency: str
    on: date
    small: frozenset[MeasureKind]
    """Taxes that a consignment of this value is free of."""


def assess(facts: Facts, *, tariff: TariffIndex, rates: Rates, profile: CountryProfile, on: date) -> Assessment:
    """Everything that a declaration costs on a day.

    Args:
        rates: the published rate of each foreign currency on that day.
        on: the day in the country's own time.

    Raises:
        CannotAssess: a rate, a value, a quantity or a tariff line is missing (FE-FX-01, FE-VAL-01, FE-QTY-01,
            FE-TAR-04).
    """
    with localcontext(EXACT):
        return _assess(facts, tariff, rates, profile, on)


def _assess(facts: Facts, tariff: TariffIndex, rates: Rates, profile: CountryProfile, on: date) -> Assessment:
    currency = profile.currency
    builds, notes, findings = customs_values(
        facts, currency=currency, rates=rates, basis=profile.valuation_basis, shared_by=profile.freight_shared_by
    )
    values = [build.customs_value for build in builds]
    charges, unbilled = charges_due(facts, tariff=tariff, values=values, on=on, currency=currency)
    total_value = sum(values, ZERO)
    setting = _Setting(facts, tariff, currency, on, _small(profile, total_value))
    in_base = _charges_in_base(charges, values, currency)
    items = []
    for i, item in enumerate(facts.items):
        try:
            items.append(_item(setting, item, builds[i], in_base[i]))
        except CannotAssess as error:
            findings.extend(error.findings)
    if findings:
        raise CannotAssess(findings)
    due = _due(items, charges)
    return Assessment(
        on=on,
        direction=facts.direction,
        currency=currency,
        tariff=tariff.label,
        profile=profile.id,
        rates=_rates_used(facts, rates, currency),
        items=tuple(items),
        charges=tuple(charges),
        unbilled=tuple(unbilled),
        notes=tuple(notes),
        customs_value=total_value,
        due=tuple(sorted(due.items())),
        total=sum(due.values(), ZERO),
    )


def _item(setting: _Setting, item: ItemFacts, build: ValueBuild, charged: Decimal) -> ItemAssessment:
    resolved = setting.tariff.resolve(
        code=item.commodity_code,
        origin=item.origin,
        preferential_origin=item.preferential_origin or item.origin,
        additional_codes=item.additional_codes,
        direction=setting.facts.direction,
        on=setting.on,
    )
    if setting.facts.direction == "import" and (resolved.duty is None or resolved.vat is None):
        raise CannotAssess([_no_measure(item)])
    amounts = _amounts(item)
    try:
        candidates, lines = _lines(setting, item, resolved, build.customs_value, amounts, charged)
    except QuantityMissing as error:
        raise CannotAssess([_no_quantity(item, error.unit)]) from error
    return ItemAssessment(
        item.number, item.commodity_code, item.origin, item.procedure, build, candidates, tuple(lines)
    )


def _lines(
    setting: _Setting,
    item: ItemFacts,
    resolved: Resolved,
    value: Decimal,
    amounts: Mapping[str, Decimal],
    charged: Decimal,
) -> tuple[tuple[Candidate, ...], list[Line]]:
    """Duty, then what is added on top, then excise on value and duty, then VAT on everything before it."""
    currency = setting.currency
    reliefs = _reliefs(setting, item)
    chosen, candidates = duty_choose(
        facts=setting.facts,
        item=item,
        tariff=setting.tariff,
        resolved=resolved,
        value=value,
        amounts=amounts,
        currency=currency,
    )
    lines = [] if chosen is None else [_line(chosen, value, reliefs)]
    lines += [_line(work(m, value, amounts, currency), value, reliefs) for m in resolved.anti_dumping]
    base = value + sum((line.amount for line in lines), ZERO)
    excises: Sequence[Measure] = resolved.excise
    lines += [_line(work(m, base, amounts, currency), base, reliefs) for m in excises]
    if resolved.vat is not None:
        base = value + sum((line.amount for line in lines), ZERO) + charged
        lines.append(_line(work(resolved.vat, base, amounts, currency), base, reliefs))
    return candidates, lines


def _line(worked: Worked, base: Decimal, reliefs: Mapping[MeasureKind, str]) -> Line:
    measure = worked.measure
    relief = reliefs.get(RELIEVED_WITH.get(measure.kind, measure.kind), "") if worked.amount else ""
    return Line(
        tax_type=measure.tax_type,
        kind=measure.kind,
        measure=measure.key,
        law=measure.law,
        authority=measure.authority,
        base=base,
        rate=measure.expression.text,
        steps=worked.steps,
        rounding=measure.rounding,
        computed=worked.amount,
        relief=relief,
        amount=ZERO if relief else worked.amount,
    )


RELIEVED_WITH: Mapping[MeasureKind, MeasureKind] = {
    MeasureKind.PREFERENCE: MeasureKind.DUTY,
    MeasureKind.SUSPENSION: MeasureKind.DUTY,
    MeasureKind.ANTI_DUMPING: MeasureKind.DUTY,
}
"""A relief from duty covers whatever is levied as duty."""


def _reliefs(setting: _Setting, item: ItemFacts) -> dict[MeasureKind, str]:
    """Which taxes are not paid now, with the code of the reason: procedure, additional procedure, small value."""
    found: dict[MeasureKind, str] = dict.fromkeys(setting.small, DE_MINIMIS)
    if setting.facts.direction == "export":
        return found
    for code in (item.procedure[:2], *item.additional_procedures):
        relief: Relief | None = setting.tariff.reliefs.get(code)
        if relief is not None:
            found.update(dict.fromkeys(relief.taxes, relief.code))
    return found


def _small(profile: CountryProfile, total_value: Decimal) -> frozenset[MeasureKind]:
    """Taxes that a consignment at or below the profile's value is free of (FE-REL-02)."""
    free = set()
    if total_value <= profile.de_minimis_value:
        free.add(MeasureKind.DUTY)
    if total_value <= profile.de_minimis_vat:
        free.add(MeasureKind.VAT)
    return frozenset(free)


def _amounts(item: ItemFacts) -> dict[str, Decimal]:
    amounts = amounts_of(item.quantities)
    if item.net_mass_kg is not None:
        amounts["mass"] = item.net_mass_kg
    elif item.gross_mass_kg is not None:
        amounts.setdefault("mass", item.gross_mass_kg)
    if item.gross_mass_kg is not None:
        amounts["gross_mass"] = item.gross_mass_kg
    return amounts


def _charges_in_base(charges: Sequence[ChargeLine], values: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Each item's part of the charges that VAT is levied on as well."""
    shared = sum((charge.amount for charge in charges if charge.in_vat_base), ZERO)
    if not shared:
        return [ZERO] * len(values)
    return share_out(shared, values, currency)


def _due(items: Sequence[ItemAssessment], charges: Sequence[ChargeLine]) -> dict[str, Decimal]:
    """What each authority is owed; an authority that is owed nothing is left out."""
    due: dict[str, Decimal] = {}
    for item in items:
        for line in item.lines:
            if line.amount:
                due[line.authority] = due.get(line.authority, ZERO) + line.amount
    for charge in charges:
        if charge.amount:
            due[charge.authority] = due.get(charge.authority, ZERO) + charge.amount
    return due


def _rates_used(facts: Facts, rates: Rates, currency: str) -> tuple[ExchangeRate, ...]:
    return tuple(rates[code] for code in sorted(facts.currencies) if code != currency and code in rates)


def _no_measure(item: ItemFacts) -> Violation:
    if not item.commodity_code:
        return Violation(
            rule="FE-TAR-04",
            pointer=f"{item.pointer}/commodity_code",
            message=f"Item {item.number} states no commodity code, so no rate can be found.",
            remedy="State the commodity code.",
        )
    return Violation(
        rule="FE-TAR-04",
        pointer=f"{item.pointer}/commodity_code",
        message=f"The tariff has no rate in force for commodity code {item.commodity_code}.",
        remedy="Check the code; if it is right, customs must publish a rate before the goods can be assessed.",
        value=item.commodity_code,
    )


def _no_quantity(item: ItemFacts, unit: str) -> Violation:
    return Violation(
        rule="FE-QTY-01",
        pointer=f"{item.pointer}/supplementary_quantity",
        message=f"The rate of item {item.number} is charged per {unit}, and that quantity is not stated.",
        remedy=f"State the quantity in {unit}.",
        value=unit,
    )
