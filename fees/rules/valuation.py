"""The customs value of each item, and how it came about.

`CV = price in home currency + share of freight, insurance and other costs + additions - deductions`. Costs of the
whole consignment are shared out so that the shares sum to the header exactly. Source: WTO Customs Valuation
Agreement, articles 1 and 8; docs/rules/fees.md, FE-VAL-01 to FE-VAL-05.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from fees.types import Facts, ItemFacts, Rates, Sum, ValueBuild
from singlewindow.kernel.errors import Violation
from singlewindow.kernel.money import quantize, share_out

ZERO = Decimal(0)

CARRIAGE_IN_PRICE = frozenset({"CFR", "CPT", "CIF", "CIP", "DAP", "DAT", "DDP", "DPU", "DDU", "DAF", "DES", "DEQ"})
"""Delivery terms whose price holds the carriage to the named place. Source: Incoterms 2020 and earlier editions."""

INSURANCE_IN_PRICE = CARRIAGE_IN_PRICE - {"CFR", "CPT"}
"""Delivery terms whose price holds the insurance of the carriage too."""


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

    def total(self, sums: Sequence[Sum]) -> Decimal:
        """The sum of stated sums in home currency."""
        return sum((self.home(stated) for stated in sums), ZERO)


def customs_values(
    facts: Facts, *, currency: str, rates: Rates, basis: str, shared_by: str
) -> tuple[list[ValueBuild], list[str], list[Violation]]:
    """The value of every item in message order, notes for the notice, and what is missing.

    Args:
        basis: CIF or FOB.
        shared_by: "value" or "gross_mass", how costs of the consignment are shared over its items (FE-VAL-02).
    """
    valuer = Valuer(currency, rates, [])
    prices, sources, stated = _prices(facts, valuer)
    freight, insurance, notes = _carriage(facts, valuer, basis)
    if all(source == "stated_value" for source in sources):
        freight = insurance = ZERO  # a stated customs value holds them already (FE-VAL-04)
    weights = _weights(facts.items, prices, shared_by)
    freights = share_out(freight, weights, currency) if freight else None
    insurances = share_out(insurance, weights, currency) if insurance else None
    additions = share_out(valuer.total(facts.additions), weights, currency) if facts.additions else None
    deductions = share_out(valuer.total(facts.deductions), weights, currency) if facts.deductions else None
    builds = []
    for i, item in enumerate(facts.items):
        added = (additions[i] if additions else ZERO) + valuer.total(item.additions)
        deducted = (deductions[i] if deductions else ZERO) + valuer.total(item.deductions)
        carriage = freights[i] if freights else ZERO
        insured = insurances[i] if insurances else ZERO
        value = prices[i] + carriage + insured + added - deducted
        if value < 0:
            valuer.findings.append(_negative(item))
        builds.append(ValueBuild(sources[i], stated[i], prices[i], carriage, insured, added, deducted, value))
    return builds, notes, valuer.findings


def _prices(facts: Facts, valuer: Valuer) -> tuple[list[Decimal], list[str], list[Sum]]:
    """The price of each item: stated, else its stated value, else its share of the invoice (FE-VAL-04)."""
    unpriced = all(item.price is None and item.stated_value is None for item in facts.items)
    if unpriced and facts.invoice_total is not None:
        total = valuer.home(facts.invoice_total)
        shares = share_out(total, [_mass(item) for item in facts.items], valuer.currency)
        return shares, ["invoice_total"] * len(shares), [facts.invoice_total] * len(shares)
    prices, sources, stated = [], [], []
    for item in facts.items:
        source = item.price or item.stated_value
        if source is None:
            valuer.findings.append(_no_value(item))
            source = Sum(ZERO, valuer.currency)
        prices.append(valuer.home(source))
        sources.append("price" if item.price else "stated_value")
        stated.append(source)
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


def _weights(items: Sequence[ItemFacts], prices: list[Decimal], shared_by: str) -> list[Decimal]:
    if shared_by == "gross_mass":
        masses = [_mass(item) for item in items]
        if all(masses):
            return masses
    return prices


def _mass(item: ItemFacts) -> Decimal:
    return item.gross_mass_kg or item.net_mass_kg or ZERO


def _no_value(item: ItemFacts) -> Violation:
    return Violation(
        rule="FE-VAL-01",
        pointer=f"{item.pointer}/price",
        message=f"Item {item.number} states neither a price nor a customs value.",
        remedy="State the price of the item, or the total of the invoice.",
    )


def _negative(item: ItemFacts) -> Violation:
    return Violation(
        rule="FE-VAL-05",
        pointer=item.pointer,
        message=f"The deductions of item {item.number} are larger than its value.",
        remedy="Correct the deductions or the price.",
    )
