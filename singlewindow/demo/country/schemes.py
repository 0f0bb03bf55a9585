"""What each kind of fraud does to a consignment: the goods it uses, the ways it goes, what it declares."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from random import Random

from singlewindow.demo.country.frauds import Fraudster
from singlewindow.demo.country.market import goods, groups_of, preference_of
from singlewindow.demo.country.shipments import Item, Shipment, copied, owed, units_of
from singlewindow.demo.country.traders import HUBS, OFFICES, Broker, Carrier, Line, Trader, line_of, partner_of
from singlewindow.demo.country.truth import FraudKind

CHEAPER_CLASS = {
    "8415100090": "8413810010",
    "8703230020": "8704210010",
    "8528720010": "8471490010",
    "1701990010": "2106900090",
    "6203420090": "5208120010",
    "6109100090": "5208120010",
    "3923300010": "3901100010",
    "6907210010": "6810110010",
    "2208300010": "2009120010",
    "8418210090": "8443310010",
    "4011100010": "4012200010",
}
"""Goods, and what a liar calls them: each of these owes less."""
FALSE_ORIGINS = {"61": "BD KH ET KE", "62": "BD KH ET KE", "64": "BD ET KE TZ", "84": "DE PL KE", "85": "DE CZ KE",
                 "69": "ES IT UG", "73": "IT DE KE", "94": "PL KE TZ", "95": "PL KE"}  # fmt: skip
"""By chapter: origins that a liar claims for goods from elsewhere."""
LIGHT = ("3304990010", "9503000090", "8507600010", "6109100090", "6404110010", "8525890010")
INNOCENT = ("4818100010", "9403600010", "6907210010", "1101000010", "3923300010", "3402500010", "4802560010")
TRADE_DEFENCE = (("2523290090", "PK"), ("7210490010", "CN"), ("7323930010", "CN"), ("4011100010", "CN"))
"""Goods and true origins that owe a duty of trade defence in this world's story."""
TRADE_DEFENCE_RATE = 0.18
COVETED = ("6404110010", "8528720010", "3304990010", "6203420090", "8415100090", "6403990010")
FRONT = ("7308900010", "9403600010")
"""Steel structures and furniture, which the substitution ring declares."""
HIDDEN = "2402200010"
"""What really is in its containers."""
RING_COUNTRIES = ("TR", "ZA")
VAGUE = ("goods", "general cargo", "parts", "samples", "accessories")
SPLIT_BELOW = 148.0
"""EUR under which a part of a split purchase stays, to be under the low-value limit."""


@dataclass(slots=True)
class Means:
    """What a fraudster works with: his trade, who files it, what he pretends."""

    line: Line
    broker: Broker | None
    origin: str = ""
    """The origin that he pretends."""
    victim: Trader | None = None
    """The trusted trader whose name he uses."""


def means_of(
    kind: FraudKind,
    trader: Trader,
    chance: Random,
    *,
    brokers: Sequence[Broker],
    carriers: Sequence[Carrier],
    trusted: Sequence[Trader],
) -> Means:
    """The means that a kind of fraud needs."""
    loose = [broker for broker in brokers if broker.loose]
    broker = chance.choice(loose) if loose and chance.random() < 0.55 else trader.broker
    line, origin = _line_for(kind, trader, chance, carriers)
    victim = None
    if kind is FraudKind.BORROWED_IDENTITY:
        victim = chance.choice(list(trusted)) if trusted else None
        broker = chance.choice(loose or list(brokers))
    return Means(line, broker, origin, victim)


def _line_for(kind: FraudKind, trader: Trader, chance: Random, carriers: Sequence[Carrier]) -> tuple[Line, str]:
    make = goods()
    if kind is FraudKind.MISCLASSIFICATION:
        return line_of(chance, carriers, good=make[chance.choice(sorted(CHEAPER_CLASS))]), ""
    if kind is FraudKind.FALSE_ORIGIN:
        return _false_origin(chance, carriers)
    if kind is FraudKind.SPLIT:
        return line_of(chance, carriers, good=make[chance.choice(LIGHT)]), ""
    if kind is FraudKind.SMUGGLING:
        good = make[chance.choice(INNOCENT)]
        hub = chance.choice((*HUBS, "PK", "TR"))
        return line_of(chance, carriers, good=good, dispatch=hub), ""
    if kind is FraudKind.WASHED_ROUTE:
        code, true_origin = chance.choice(TRADE_DEFENCE)
        hub = chance.choice(("AE", "AE", "SG", "MY"))
        return line_of(chance, carriers, good=make[code], origin=true_origin, dispatch=hub), hub
    if kind is FraudKind.BORROWED_IDENTITY:
        return line_of(chance, carriers, good=make[chance.choice(COVETED)]), ""
    if kind is FraudKind.FALSE_DOCUMENT:
        dispatch = chance.choice(("CN", "CN", "AE", "HK"))
        return line_of(chance, carriers, good=make["8517620010"], origin="CN", dispatch=dispatch), ""
    if kind is FraudKind.SUBSTITUTION:
        country = chance.choice(RING_COUNTRIES)
        return line_of(chance, carriers, good=make[chance.choice(FRONT)], origin=country, dispatch=country), ""
    own = [line for line in trader.lines if not line.export and line.good.duty >= 0.1]
    if own:
        return chance.choice(own), ""
    taxed = [code for code, good in sorted(make.items()) if good.duty >= 0.1]
    return line_of(chance, carriers, good=make[chance.choice(taxed)]), ""


def _false_origin(chance: Random, carriers: Sequence[Carrier]) -> tuple[Line, str]:
    ways = [
        (code, true, pretended)
        for code, good in sorted(goods().items())
        for true in good.origins
        if not groups_of(true)
        for pretended in FALSE_ORIGINS.get(code[:2], "").split()
        if preference_of(code, pretended)[1] < good.duty - 0.04
    ]
    code, true, pretended = chance.choice(ways)
    return line_of(chance, carriers, good=goods()[code], origin=true, dispatch=true), pretended


def rerouted(line: Line, chance: Random) -> Line:
    """The same trade by another way: through a country that sends on, or to another office."""
    if chance.random() < 0.6:
        dispatch = chance.choice((*HUBS[:2], "NL", "DE", line.origin))
        return replace(line, dispatch=dispatch, partner=partner_of(chance, dispatch))
    mode = "4" if line.mode == "1" else "1"
    return replace(line, mode=mode, office=OFFICES[mode], mass_kg=line.mass_kg * (0.3 if mode == "4" else 1.5))


def scheme_apply(
    kind: FraudKind, shipment: Shipment, means: Means, fraud: Fraudster, chance: Random
) -> tuple[list[Shipment], float]:
    """Make a consignment false in the manner of a kind; what is filed, and the EUR that it keeps back in all."""
    true = copied(shipment.items)
    if kind is FraudKind.SPLIT:
        parts = _split(shipment, chance)
        return parts, owed(true) * min(1.0, sum(part.value for part in parts) / sum(item.price for item in true))
    _SCHEMES[kind](shipment, means, fraud, chance)
    kept_back = owed(true) - owed(shipment.items)
    if kind is FraudKind.WASHED_ROUTE:
        kept_back += TRADE_DEFENCE_RATE * sum(item.price for item in true)
    if kind is FraudKind.SUBSTITUTION:
        kept_back = owed(_hidden(shipment)) - owed(shipment.items)
    return [shipment], max(0.0, kept_back)


def _undervalue(shipment: Shipment, means: Means, fraud: Fraudster, chance: Random) -> None:
    share = (0.9 - 0.7 * fraud.degree) * chance.uniform(0.9, 1.1)
    for item in shipment.items:
        item.price *= share
        if chance.random() < 0.15:
            item.price = max(500.0, round(item.price / 500) * 500)


def _misclassify(shipment: Shipment, means: Means, fraud: Fraudster, chance: Random) -> None:
    for item in shipment.items:
        code = CHEAPER_CLASS.get(item.good.code)
        if code is None:
            continue
        item.good = goods()[code]
        item.description = chance.choice(item.good.descriptions)
        kg_per_unit = item.good.kg_per_unit * math.exp(chance.gauss(0, 0.3))
        item.units = units_of(item.good, item.net_kg, kg_per_unit)
        item.claim = ""


def _claim_false_origin(shipment: Shipment, means: Means, fraud: Fraudster, chance: Random) -> None:
    for item in shipment.items:
        item.origin = means.origin
        item.claim = preference_of(item.good.code, means.origin)[0]
        item.proof = chance.random() < 0.8
    if chance.random() > fraud.degree:  # the careful one sends by way of the country that he names
        shipment.dispatch = means.origin
        shipment.itinerary = (shipment.partner.country, means.origin)


def _underdeclare(shipment: Shipment, means: Means, fraud: Fraudster, chance: Random) -> None:
    share = (0.85 - 0.4 * fraud.degree) * chance.uniform(0.92, 1.08)
    for item in shipment.items:
        item.net_kg *= share
        item.price *= share
        item.units = max(1, round(item.units * share)) if item.units else 0
        # The bill of lading bounds the gross mass from below; a careful one shades it too.
        item.gross_kg = max(item.gross_kg * (1 - (1 - share) * (1 - fraud.degree)), item.net_kg * 1.02)


def _split(shipment: Shipment, chance: Random) -> list[Shipment]:
    whole = shipment.items[0]
    per_kg = whole.price / whole.net_kg
    parts = []
    for _ in range(chance.randint(4, 7)):
        price = SPLIT_BELOW * chance.uniform(0.82, 1.0)
        net = price / per_kg
        per_unit = whole.net_kg / whole.units if whole.units else 0
        units = max(1, round(net / per_unit)) if per_unit else 0
        item = replace(
            whole, price=price, net_kg=net, gross_kg=net * chance.uniform(1.05, 1.2), packages=1, units=units, claim=""
        )
        parts.append(replace(shipment, items=[item]))
    return parts


def _smuggle(shipment: Shipment, means: Means, fraud: Fraudster, chance: Random) -> None:
    for item in shipment.items:
        item.gross_kg = item.net_kg * chance.uniform(1.08, 1.3)
        if chance.random() < 0.25:
            item.description = chance.choice(VAGUE)
    if chance.random() < 0.5:
        shipment.partner = partner_of(chance, shipment.dispatch)


def _wash(shipment: Shipment, means: Means, fraud: Fraudster, chance: Random) -> None:
    shipment.dispatch = means.origin
    shipment.itinerary = (shipment.partner.country, means.origin) if chance.random() < 0.5 else ()
    for item in shipment.items:
        item.origin = means.origin
        item.claim = ""
        item.price *= chance.uniform(0.95, 1.08)


def _borrow(shipment: Shipment, means: Means, fraud: Fraudster, chance: Random) -> None:
    if means.victim is not None:
        shipment.importer = (means.victim.identifier, means.victim.name)
    for item in shipment.items:
        item.price *= (0.95 - 0.4 * fraud.degree) * chance.uniform(0.92, 1.08)


def _forge(shipment: Shipment, means: Means, fraud: Fraudster, chance: Random) -> None:
    for item in shipment.items:
        item.price *= chance.uniform(0.6, 0.95)
        item.documents = [("7W04", f"TA-{chance.randint(1000, 9999)}")]


def _substitute(shipment: Shipment, means: Means, fraud: Fraudster, chance: Random) -> None:
    for item in shipment.items:
        item.gross_kg = item.net_kg * chance.uniform(1.02, 1.07)


def _hidden(shipment: Shipment) -> list[Item]:
    """What the containers of the ring really hold: a tenth of the mass, at the price of what is hidden."""
    hidden = goods()[HIDDEN]
    return [replace(item, good=hidden, price=item.net_kg * 0.1 * 18, claim="") for item in shipment.items]


_SCHEMES: dict[FraudKind, Callable[[Shipment, Means, Fraudster, Random], None]] = {
    FraudKind.UNDERVALUATION: _undervalue,
    FraudKind.MISCLASSIFICATION: _misclassify,
    FraudKind.FALSE_ORIGIN: _claim_false_origin,
    FraudKind.UNDERDECLARED: _underdeclare,
    FraudKind.SMUGGLING: _smuggle,
    FraudKind.WASHED_ROUTE: _wash,
    FraudKind.PHOENIX: _undervalue,
    FraudKind.BORROWED_IDENTITY: _borrow,
    FraudKind.FALSE_DOCUMENT: _forge,
    FraudKind.SUBSTITUTION: _substitute,
}
