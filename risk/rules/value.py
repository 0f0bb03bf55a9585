"""RM-VAL and RM-MAS: prices, masses and quantities that do not fit the goods."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from risk.rules.consignment import ZERO, Consignment, amount_in
from risk.rules.registry import CVA, SAFE, Hit, gettext_noop, risk_rule
from risk.types import Facts, TraderStep

UNDERVALUED_BELOW = Decimal("0.5")
"""Share of the median value per kilogram under which an item is suspect (RM-VAL-01)."""
GROSSLY_UNDERVALUED_BELOW = Decimal("0.2")
"""Share of the median under which the price can hardly be true (RM-VAL-02)."""
OVERVALUED_ABOVE = Decimal(5)
"""Times the median over which value may be moved abroad (RM-VAL-03)."""
ROUND_STEP = Decimal(1000)
"""A price is round when it is a whole multiple of this (RM-VAL-04)."""
ROUND_FROM = Decimal(5000)
"""Prices under this are often round by chance (RM-VAL-04)."""
FREIGHT_SHARE_MAX = Decimal("0.5")
"""Freight over this share of the goods' value is out of band (RM-VAL-05)."""
FREIGHT_SHARE_MIN = Decimal("0.002")
"""Freight under this share of the goods' value is out of band (RM-VAL-05)."""
SAME_PRICE_ITEMS = 5
"""Items with one and the same price from which it is a pattern (RM-VAL-06)."""
INVOICE_TOLERANCE = Decimal("0.01")
"""Share by which the items may differ from the invoice total (RM-VAL-07)."""
NET_SHARE_MIN = Decimal("0.3")
"""Net mass under this share of gross mass leaves too much packing (RM-MAS-02)."""
PACKAGE_MAX_KG = Decimal(2000)
"""Gross mass that one package of piece goods hardly exceeds (RM-MAS-03)."""
PACKAGE_MIN_KG = Decimal("0.01")
"""Gross mass that one package hardly stays under (RM-MAS-03)."""
UNUSUAL_TIMES = Decimal(10)
"""Times the ordinary net mass of a consignment over which a quantity is unusual (RM-MAS-04)."""
BULK_TYPES = frozenset({"VG", "VL", "VO", "VQ", "VR", "VS", "VY", "NE", "NF", "NG", "CN", "TC"})
"""Package types (UN/ECE Rec. 21) of bulk, unpacked goods and whole containers, which have no mass per package."""


def _plain(value: Decimal, places: str = "0.01") -> str:
    return format(value.quantize(Decimal(places)), "f")


@risk_rule(
    "RM-VAL-01",
    says=gettext_noop("%(value)s %(currency)s per kg against a median of %(median)s for %(hs6)s from %(origin)s"),
    points=40,
    step=TraderStep.VALUE,
    basis=CVA,
    below=UNDERVALUED_BELOW,
)
def undervalued(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The value per kilogram is under half the median of its HS6 and origin."""
    for line in consignment.lines:
        median = line.band.median_value_per_kg
        if median and line.value_per_kg is not None and line.value_per_kg < median * UNDERVALUED_BELOW:
            yield Hit(line.number, _value_figures(line.value_per_kg, median, facts, line.hs6, line.origin))


@risk_rule(
    "RM-VAL-02",
    says=gettext_noop("%(value)s %(currency)s per kg against a median of %(median)s for %(hs6)s from %(origin)s"),
    points=25,
    step=TraderStep.VALUE,
    basis=CVA,
    below=GROSSLY_UNDERVALUED_BELOW,
)
def grossly_undervalued(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The value per kilogram is under a fifth of the median of its HS6 and origin (in addition to RM-VAL-01)."""
    for line in consignment.lines:
        median = line.band.median_value_per_kg
        if median and line.value_per_kg is not None and line.value_per_kg < median * GROSSLY_UNDERVALUED_BELOW:
            yield Hit(line.number, _value_figures(line.value_per_kg, median, facts, line.hs6, line.origin))


@risk_rule(
    "RM-VAL-03",
    says=gettext_noop("%(value)s %(currency)s per kg against a median of %(median)s for %(hs6)s from %(origin)s"),
    points=20,
    step=TraderStep.VALUE,
    basis=CVA,
    above=OVERVALUED_ABOVE,
)
def overvalued(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The value per kilogram is over five times the median of its HS6 and origin."""
    for line in consignment.lines:
        median = line.band.median_value_per_kg
        if median and line.value_per_kg is not None and line.value_per_kg > median * OVERVALUED_ABOVE:
            yield Hit(line.number, _value_figures(line.value_per_kg, median, facts, line.hs6, line.origin))


def _value_figures(value: Decimal, median: Decimal, facts: Facts, hs6: str, origin: str) -> dict[str, str]:
    return {
        "value": _plain(value),
        "median": _plain(median),
        "currency": facts.currency,
        "hs6": hs6,
        "origin": origin or "?",
    }


@risk_rule(
    "RM-VAL-04",
    says=gettext_noop("price %(amount)s %(currency)s"),
    points=4,
    step=TraderStep.VALUE,
    basis=CVA,
    step_amount=ROUND_STEP,
    from_amount=ROUND_FROM,
)
def round_price(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The price of an item is 5,000 or more and a whole multiple of 1,000."""
    for line in consignment.lines:
        price = line.item.price
        if price is not None and price.amount >= ROUND_FROM and price.amount % ROUND_STEP == 0:
            yield Hit(line.number, {"amount": format(price.amount, "f"), "currency": price.currency})


@risk_rule(
    "RM-VAL-05",
    says=gettext_noop("freight is %(share)s percent of the value of the goods"),
    points=8,
    step=TraderStep.VALUE,
    basis="WTO Customs Valuation Agreement, art. 8.2",
    above=FREIGHT_SHARE_MAX,
    below=FREIGHT_SHARE_MIN,
)
def freight_out_of_band(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The declared freight is over 50 % or under 0.2 % of the value of the goods."""
    valuation = consignment.message.valuation
    freight = amount_in(valuation.freight, facts) if valuation is not None else None
    if not freight or not consignment.total_value:
        return
    share = freight / consignment.total_value
    if share > FREIGHT_SHARE_MAX or share < FREIGHT_SHARE_MIN:
        yield Hit(None, {"share": _plain(share * 100)})


@risk_rule(
    "RM-VAL-06",
    says=gettext_noop("%(count)s items have the price %(amount)s"),
    points=8,
    step=TraderStep.VALUE,
    basis=CVA,
    items=SAME_PRICE_ITEMS,
)
def same_prices(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """Five or more items of different commodities have one and the same price."""
    prices = Counter(
        (price, code) for price, code in {(line.value, line.item.commodity_code) for line in consignment.lines} if price
    )
    by_price = Counter(price for price, _ in prices)
    for price, count in by_price.items():
        if count >= SAME_PRICE_ITEMS and price is not None:
            first = next(line.number for line in consignment.lines if line.value == price)
            yield Hit(first, {"count": str(count), "amount": _plain(price)})


@risk_rule(
    "RM-VAL-07",
    says=gettext_noop("items sum to %(sum)s against an invoice total of %(total)s %(currency)s"),
    points=10,
    step=TraderStep.VALUE,
    basis=CVA,
    tolerance=INVOICE_TOLERANCE,
)
def invoice_differs(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The prices of the items differ from the invoice total by more than 1 %."""
    total = consignment.message.invoice_total
    prices = [line.item.price for line in consignment.lines]
    if total is None or not total.amount or any(p is None or p.currency != total.currency for p in prices):
        return
    found = sum((p.amount for p in prices if p is not None), ZERO)
    if abs(found - total.amount) > total.amount * INVOICE_TOLERANCE:
        figures = {"sum": _plain(found), "total": _plain(total.amount), "currency": total.currency}
        yield Hit(None, figures)


@risk_rule(
    "RM-MAS-01",
    says=gettext_noop("%(mass)s kg per %(unit)s; %(low)s to %(high)s kg is usual for %(hs6)s"),
    points=20,
    step=TraderStep.QUANTITY,
    basis=SAFE,
)
def unit_mass_implausible(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The net mass of one unit is outside the band of its HS6."""
    for line in consignment.lines:
        band, quantity, mass = line.band, line.item.supplementary_quantity, line.item.net_mass_kg
        if band.unit_mass_low_kg is None or band.unit_mass_high_kg is None or not mass:
            continue
        if quantity is None or not quantity.quantity or (quantity.unit or band.unit) != band.unit:
            continue
        each = mass / quantity.quantity
        if not band.unit_mass_low_kg <= each <= band.unit_mass_high_kg:
            yield Hit(
                line.number,
                {
                    "mass": _plain(each, "0.0001"),
                    "unit": band.unit,
                    "low": format(band.unit_mass_low_kg, "f"),
                    "high": format(band.unit_mass_high_kg, "f"),
                    "hs6": line.hs6,
                },
            )


@risk_rule(
    "RM-MAS-02",
    says=gettext_noop("net %(net)s kg of gross %(gross)s kg"),
    points=10,
    step=TraderStep.QUANTITY,
    basis=SAFE,
    below=NET_SHARE_MIN,
)
def too_much_packing(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The net mass is under 30 % of the gross mass."""
    for line in consignment.lines:
        net, gross = line.item.net_mass_kg, line.item.gross_mass_kg
        if net is not None and gross and net < gross * NET_SHARE_MIN:
            yield Hit(line.number, {"net": format(net, "f"), "gross": format(gross, "f")})


@risk_rule(
    "RM-MAS-03",
    says=gettext_noop("%(mass)s kg per package"),
    points=8,
    step=TraderStep.QUANTITY,
    basis=SAFE,
    above=PACKAGE_MAX_KG,
    below=PACKAGE_MIN_KG,
    except_types=BULK_TYPES,
)
def package_mass_implausible(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """One package of piece goods weighs over 2,000 kg or under 10 g."""
    for line in consignment.lines:
        gross, packages = line.item.gross_mass_kg, line.item.packages
        if not gross or any(p.type in BULK_TYPES for p in packages):
            continue
        count = sum(p.count or 0 for p in packages)
        if count and not PACKAGE_MIN_KG <= gross / count <= PACKAGE_MAX_KG:
            yield Hit(line.number, {"mass": _plain(gross / count, "0.0001")})


@risk_rule(
    "RM-MAS-04",
    says=gettext_noop("%(mass)s kg; an ordinary consignment of %(hs6)s has %(typical)s kg"),
    points=10,
    step=TraderStep.QUANTITY,
    basis=SAFE,
    above=UNUSUAL_TIMES,
)
def unusual_quantity(consignment: Consignment, facts: Facts) -> Iterator[Hit]:
    """The net mass is over ten times that of an ordinary consignment of its HS6."""
    for line in consignment.lines:
        typical, mass = line.band.typical_mass_kg, line.item.net_mass_kg
        if typical and mass is not None and mass > typical * UNUSUAL_TIMES:
            yield Hit(line.number, {"mass": format(mass, "f"), "typical": format(typical, "f"), "hs6": line.hs6})
