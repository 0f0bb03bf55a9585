"""The assessment engine: from what is declared to what is owed, in one pure function.

The quote, the estimate and the assessment are this same function; the same facts, tariff version, rates, profile
and day give the same bytes. Source: domain.md K4; docs/rules/fees.md.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, FloatOperation, localcontext

from fees.rules.candidates import Goods, Worked, duty_choose, levied, work
from fees.rules.charges import charges_due
from fees.rules.expression import QuantityMissing
from fees.rules.shown import Shown, control_of
from fees.rules.tariff import Measure, Relief, Resolved, TariffIndex
from fees.rules.units import amounts_of
from fees.rules.valuation import customs_values
from fees.types import (
    Assessment,
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
    documents: frozenset[str]
    """Codes of the documents that the declaration cites for all its items."""


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
    builds, adjustments, notes, findings = customs_values(
        facts, currency=currency, rates=rates, basis=profile.valuation_basis, shared_by=profile.freight_shared_by
    )
    values = [build.customs_value for build in builds]
    charges, unbilled = charges_due(facts, tariff=tariff, values=values, on=on, currency=currency)
    total_value = sum(values, ZERO)
    setting = _Setting(facts, tariff, currency, on, _small(profile, total_value), frozenset(facts.documents))
    in_base = _charges_in_base(charges, values, currency)
    items = []
    for i, item in enumerate(facts.items):
        try:
            items.append(_item(setting, item, builds[i], in_base[i]))
        except CannotAssess as error:
            findings.extend(error.findings)
    if findings:
        raise CannotAssess(findings)
    if any(_cites_unknown(item, made) for item, made in zip(facts.items, items, strict=True)):
        notes.append("quota_not_in_tariff")
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
        security=sum((item.security for item in items), ZERO),
        adjustments=adjustments,
        quotas=tuple(sorted(facts.quotas, key=lambda standing: standing.order_number)),
    )


def _cites_unknown(item: ItemFacts, made: ItemAssessment) -> bool:
    """Whether an item asks for a quota of which the tariff knows no rate for it."""
    cited = item.quota_order_number
    return bool(cited) and all(candidate.order_number != cited for candidate in made.candidates)


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
    goods = _goods(setting, item, build.customs_value)
    reliefs = _reliefs(setting, item)
    try:
        choice = duty_choose(goods, resolved)
        lines = _lines(goods, resolved, choice.parts, reliefs, charged)
        dearer = _lines(goods, resolved, choice.unsecured, reliefs, charged) if choice.unsecured else lines
    except QuantityMissing as error:
        raise CannotAssess([_no_quantity(item, error.unit)]) from error
    return ItemAssessment(
        number=item.number,
        commodity_code=item.commodity_code,
        origin=item.origin,
        procedure=item.procedure,
        value=build,
        candidates=choice.candidates,
        lines=tuple(lines),
        controls=tuple(control_of(measure, goods.shown) for measure in resolved.controls),
        security=max(_sum(dearer) - _sum(lines), ZERO),
    )


def _goods(setting: _Setting, item: ItemFacts, value: Decimal) -> Goods:
    amounts = _amounts(item)
    documents = setting.documents.union(item.documents) if item.documents else setting.documents
    shown = Shown(documents, value, amounts)
    return Goods(setting.facts, item, setting.tariff, value, amounts, setting.currency, shown)


def _lines(
    goods: Goods,
    resolved: Resolved,
    duty: Sequence[Worked],
    reliefs: Mapping[MeasureKind, str],
    charged: Decimal,
) -> list[Line]:
    """Duty, then what is added on top, then excise on value and duty, then VAT on everything before it."""
    lines = [_line(part, reliefs) for part in duty]
    lines += _levied(goods, resolved.anti_dumping, goods.value, reliefs)
    lines += _levied(goods, resolved.excise, goods.value + _sum(lines), reliefs)
    if resolved.vat is not None:
        lines += _levied(goods, (resolved.vat,), goods.value + _sum(lines) + charged, reliefs)
    return lines


def _levied(
    goods: Goods, measures: Iterable[Measure], base: Decimal, reliefs: Mapping[MeasureKind, str]
) -> Iterator[Line]:
    """Taxes that stand beside each other on one base."""
    for measure in measures:
        stands, rate = levied(goods, measure)
        if stands:
            yield _line(work(measure, base, goods.amounts, goods.currency, expression=rate), reliefs)


def _sum(lines: Iterable[Line]) -> Decimal:
    return sum((line.amount for line in lines), ZERO)


def _line(worked: Worked, reliefs: Mapping[MeasureKind, str]) -> Line:
    measure = worked.measure
    relief = reliefs.get(RELIEVED_WITH.get(measure.kind, measure.kind), "") if worked.amount else ""
    return Line(
        tax_type=measure.tax_type,
        kind=measure.kind,
        measure=measure.key,
        law=measure.law,
        authority=measure.authority,
        base=worked.base,
        rate=worked.expression.text,
        steps=worked.steps,
        rounding=measure.rounding,
        computed=worked.amount,
        relief=relief,
        amount=ZERO if relief else worked.amount,
        order_number=measure.order_number,
        part=worked.part,
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
