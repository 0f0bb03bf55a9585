"""The customs value of each item, and how it came about.

`CV = price in home currency + share of freight, insurance and other costs + additions - deductions`. Costs of the
whole consignment are shared out so that the shares sum to the header exactly. Source: WTO Customs Valuation
Agreement, articles 1 and 8; docs/rules/fees.md, FE-VAL-01 to FE-VAL-07.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from fees.types import Adjustment, Facts, ItemFacts, Rates, Sum, ValueBuild
from singlewindow.kernel.errors import Violation
from singlewindow.kernel.money import quantize, share_out

ZERO = Decimal(0)

CARRIAGE_IN_PRICE = frozenset({"CFR", "CPT", "CIF", "CIP", "DAP", "DAT", "DDP", "DPU", "DDU", "DAF", "DES", "DEQ"})
"""Delivery terms whose price holds the carriage to the named place. Source: Incoterms 2020 and earlier editions."""

INSURANCE_IN_PRICE = CARRIAGE_IN_PRICE - {"CFR", "CPT"}
"""Delivery terms whose price holds the insurance of the carriage too."""

OTHER_METHODS = frozenset("23456")
"""Methods that do not begin with the price of these goods: articles 2, 3, 5, 6 and 7 of the Valuation Agreement."""

VALUE_PAPERS = frozenset({"N934"})
"""Documents that show how a value came about: the value declaration (UN/EDIFACT 1001, 934)."""


@dataclass(frozen=True, slots=True)
class Valuer:
    """Turns stated sums into home currency; a missing rate is a finding, never a zero (FE-FX-01)."""

    currency: str
    rates: Rates
    findings: list[Violation]

    def home(self, stated: Sum | None) -> Decimal:
        """The sum in home currency at the minor unit; 0 for nothing stated."""
        if stated is None:
            return ZERO
        if stated.currency == self.currency:
            return quantize(stated.amount, self.currency)
        rate = self.rates.get(stated.currency)
        if rate is None:
            self.findings.append(
                Violation(
                    rule="FE-FX-01",
                    pointer=stated.pointer,
                    message=f"No exchange rate of {stated.currency} to {self.currency} is published for the day.",
                    remedy="The assessment goes on as soon as customs publishes the rate.",
                    value=stated.currency,
                )
            )
            return ZERO
        return quantize(rate.to_base(stated.amount), self.currency)

    def adjusted(self, sums: Sequence[Sum], effect: str) -> tuple[Adjustment, ...]:
        """Stated sums in home currency, each with its code."""
        return tuple(Adjustment(stated.code, effect, stated, self.home(stated)) for stated in sums)


def customs_values(
    facts: Facts, *, currency: str, rates: Rates, basis: str, shared_by: str
) -> tuple[list[ValueBuild], tuple[Adjustment, ...], list[str], list[Violation]]:
    """The value of every item in message order, what the consignment adds and takes off, notes, and what is missing.

    Args:
        basis: CIF or FOB.
        shared_by: "value" or "gross_mass", how costs of the consignment are shared over its items (FE-VAL-02).
    """
    valuer = Valuer(currency, rates, [])
    prices, sources, stated = _prices(facts, valuer)
    whole = [source == "stated_value" for source in sources]
    freight, insurance, notes = _carriage(facts, valuer, basis)
    notes += _method_notes(facts)
    weights = _weights(facts.items, prices, shared_by, whole)
    taken = not all(whole)  # a stated customs value holds its costs already (FE-VAL-04)
    added = valuer.adjusted(facts.additions, "addition") if taken else ()
    deducted = valuer.adjusted(facts.deductions, "deduction") if taken else ()
    freights, insurances, additions, deductions = (
        share_out(total, weights, currency) if total and taken else None
        for total in (freight, insurance, _total(added), _total(deducted))
    )
    builds = []
    for i, item in enumerate(facts.items):
        own = () if whole[i] else _own(item, valuer)
        build = ValueBuild(
            basis=sources[i],
            stated=stated[i],
            price=prices[i],
            freight=freights[i] if freights else ZERO,
            insurance=insurances[i] if insurances else ZERO,
            additions=(additions[i] if additions else ZERO) + _total(own, "addition"),
            deductions=(deductions[i] if deductions else ZERO) + _total(own, "deduction"),
            customs_value=ZERO,
            method=item.valuation_method or "1",
            adjustments=own,
        )
        value = build.price + build.freight + build.insurance + build.additions - build.deductions
        if value < 0:
            valuer.findings.append(_negative(item))
        builds.append(replace(build, customs_value=value))
    return builds, (*added, *deducted), notes, valuer.findings


def _own(item: ItemFacts, valuer: Valuer) -> tuple[Adjustment, ...]:
    return (*valuer.adjusted(item.additions, "addition"), *valuer.adjusted(item.deductions, "deduction"))


def _total(adjustments: Sequence[Adjustment], effect: str = "") -> Decimal:
    return sum((one.amount for one in adjustments if effect in ("", one.effect)), ZERO)


def _method_notes(facts: Facts) -> list[str]:
    """What an officer will want to see beside a value that is not the price (FE-VAL-07)."""
    for item in facts.items:
        if item.valuation_method in OTHER_METHODS and VALUE_PAPERS.isdisjoint({*item.documents, *facts.documents}):
            return ["method_without_papers"]
    return []


def _prices(facts: Facts, valuer: Valuer) -> tuple[list[Decimal], list[str], list[Sum]]:
    """The price of each item: stated, else its stated value, else its share of the invoice (FE-VAL-04).

    By another method than the first the price is not what counts: the value that the method gives is (FE-VAL-06).
    """
    unpriced = all(item.price is None and item.stated_value is None for item in facts.items)
    by_price = not any(item.valuation_method in OTHER_METHODS for item in facts.items)
    if unpriced and by_price and facts.invoice_total is not None:
        total = valuer.home(facts.invoice_total)
        shares = share_out(total, [_mass(item) for item in facts.items], valuer.currency)
        return shares, ["invoice_total"] * len(shares), [facts.invoice_total] * len(shares)
    prices, sources, stated = [], [], []
    for item in facts.items:
        price, basis = (item.price, "price") if item.price else (item.stated_value, "stated_value")
        if item.valuation_method in OTHER_METHODS:
            price, basis = item.stated_value, "stated_value"
        if price is None:
            valuer.findings.append(
                _no_method_value(item) if basis == "stated_value" and item.price else _no_value(item)
            )
            price = Sum(ZERO, valuer.currency)
        prices.append(valuer.home(price))
        sources.append(basis)
        stated.append(price)
    return prices, sources, stated


def _carriage(facts: Facts, valuer: Valuer, basis: str) -> tuple[Decimal, Decimal, list[str]]:
    """Freight and insurance as they change the price: added for CIF, taken out for FOB, by delivery terms."""
    freight, insurance = valuer.home(facts.freight), valuer.home(facts.insurance)
    freight_inside = facts.incoterm in CARRIAGE_IN_PRICE
    insurance_inside = facts.incoterm in INSURANCE_IN_PRICE
    notes: list[str] = []
    if basis == "FOB":
        return (-freight if freight_inside else ZERO), (-insurance if insurance_inside else ZERO), notes
    if freight_inside and freight:
        notes.append("freight_in_price")
    if facts.incoterm and not freight_inside and not facts.freight:
        notes.append("no_freight_stated")
    return (ZERO if freight_inside else freight), (ZERO if insurance_inside else insurance), notes


def _weights(items: Sequence[ItemFacts], prices: list[Decimal], shared_by: str, whole: list[bool]) -> list[Decimal]:
    """What costs are shared by; a stated customs value takes no part of them."""
    weights = prices
    if shared_by == "gross_mass":
        masses = [_mass(item) for item in items]
        weights = masses if all(masses) else prices
    return [ZERO if stated else weight for weight, stated in zip(weights, whole, strict=True)]


def _mass(item: ItemFacts) -> Decimal:
    return item.gross_mass_kg or item.net_mass_kg or ZERO


def _no_value(item: ItemFacts) -> Violation:
    return Violation(
        rule="FE-VAL-01",
        pointer=f"{item.pointer}/price",
        message=f"Item {item.number} states neither a price nor a customs value.",
        remedy="State the price of the item, or the total of the invoice.",
    )


def _no_method_value(item: ItemFacts) -> Violation:
    return Violation(
        rule="FE-VAL-06",
        pointer=f"{item.pointer}/customs_value",
        message=(
            f"Item {item.number} is valued by method {item.valuation_method}, which does not take the price, "
            "and the value that the method gives is not stated."
        ),
        remedy="State the customs value of the item, or declare method 1.",
        value=item.valuation_method,
    )


def _negative(item: ItemFacts) -> Violation:
    return Violation(
        rule="FE-VAL-05",
        pointer=item.pointer,
        message=f"The deductions of item {item.number} are larger than its value.",
        remedy="Correct the deductions or the price.",
    )
