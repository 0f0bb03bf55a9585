"""One consignment before it becomes a message: what is declared of it, and what would truly be owed."""

import math
from dataclasses import dataclass, field, replace
from random import Random

from singlewindow.demo.country.market import PREFERENCE_CLAIMS, PROOFS, Good, Market, preference_of
from singlewindow.demo.country.traders import Carrier, Line, Partner, Trader

DE_MINIMIS = 150.0
"""EUR: a consignment up to this value owes no duty and no tax."""


@dataclass(slots=True)
class Item:
    """One line of goods."""

    good: Good
    description: str
    origin: str
    net_kg: float
    gross_kg: float
    price: float
    packages: int
    units: float
    claim: str = ""
    """Group of origins whose preference is claimed."""
    proof: bool = True
    invoice: bool = True
    documents: list[tuple[str, str]] = field(default_factory=list)
    permit: str = ""


@dataclass(slots=True)
class Shipment:
    """A consignment as it is declared."""

    trader: Trader
    importer: tuple[str, str]
    """Identifier and name of the trader of this country, as declared."""
    filer: str
    """Identifier of who files."""
    filer_name: str
    items: list[Item]
    partner: Partner
    dispatch: str
    mode: str
    office: str
    carrier: Carrier
    export: bool
    itinerary: tuple[str, ...] = ()
    freight_factor: float = 1.0
    """What the stated freight is of the true one."""
    packages_off: int = 0
    """By how many packages the header differs from the items."""

    @property
    def value(self) -> float:
        """The price of everything, in EUR."""
        return sum(item.price for item in self.items)


def shipment_of(trader: Trader, line: Line, market: Market, day: int, chance: Random) -> Shipment:
    """An honest consignment of a trader's usual trade."""
    count = chance.choices((1, 2, 3), (6, 2, 1))[0]
    items = [item_of(line, market, day, chance, share=1 / count) for _ in range(count)]
    filer = trader.broker or trader
    return Shipment(
        trader=trader,
        importer=(trader.identifier, trader.name),
        filer=filer.identifier,
        filer_name=filer.name,
        items=items,
        partner=line.partner,
        dispatch=line.dispatch,
        mode=line.mode,
        office=line.office,
        carrier=line.carrier,
        export=line.export,
        itinerary=(line.origin, line.dispatch) if line.dispatch != line.origin and not line.export else (),
    )


def item_of(line: Line, market: Market, day: int, chance: Random, *, share: float = 1.0) -> Item:
    """Goods of a line, at the day's price and the trader's own level."""
    good = line.good
    wanted = line.mass_kg * share * math.exp(chance.gauss(0, 0.3))
    packages = max(1, round(wanted / line.kg_per_package))
    net = packages * line.kg_per_package
    per_kg = market.price_per_kg(good.hs6, line.origin, day) * line.level * math.exp(chance.gauss(0, line.spread))
    group = preference_of(good.code, line.origin)[0] if line.claims and not line.export else ""
    item = Item(
        good=good,
        description=line.description,
        origin=line.origin,
        net_kg=net,
        gross_kg=net * chance.uniform(1.02, 1.09),
        price=net * per_kg,
        packages=packages,
        units=units_of(good, net, line.kg_per_unit * math.exp(chance.gauss(0, 0.05))),
        claim=group,
        permit=line.permit,
    )
    if good.hs6 == "851762":
        item.documents.append(("7W04", f"TA-{chance.randint(1000, 9999)}"))
    return item


def units_of(good: Good, net_kg: float, kg_per_unit: float) -> float:
    """The supplementary quantity of goods; 0 where none is usual."""
    return max(1, round(net_kg / kg_per_unit)) if good.unit and kg_per_unit else 0


def owed(items: list[Item], *, whole: float | None = None) -> float:
    """Duty and taxes on goods, in EUR, by the ad valorem parts of the tariff.

    Args:
        whole: the value that counts for the low-value relief, where it is not that of these items.
    """
    value = sum(item.price for item in items) if whole is None else whole
    return 0.0 if value <= DE_MINIMIS else sum(map(_owed, items))


def _owed(item: Item) -> float:
    good = item.good
    duty = good.duty
    if item.claim:
        duty = min(duty, preference_of(good.code, item.origin)[1])
    base = item.price * (1 + duty)
    return item.price * duty + base * good.excise + base * (1 + good.excise) * good.vat


def copied(items: list[Item]) -> list[Item]:
    """The items as they are now, whatever is declared of them later."""
    return [replace(item, documents=list(item.documents)) for item in items]


def proof_of(item: Item) -> tuple[str, str]:
    """The duty regime that an item claims, and the document that proves its origin."""
    return PREFERENCE_CLAIMS[item.claim], PROOFS[item.claim]
