"""Who trades: traders with their usual lines, brokers, partners abroad and carriers."""

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from singlewindow.demo.country.frauds import Fraudster
from singlewindow.demo.country.market import ROOT, Good, goods, medians, rate
from singlewindow.demo.country.parameters import Parameters
from singlewindow.demo.country.streams import stream

NEIGHBOURS = frozenset({"KE", "TZ", "UG", "RW", "BI", "SS"})
SENT_ON = ("NL", "DE", "GB", "BE")
"""Countries from which goods of any origin are usually sent on."""
HUBS = ("AE", "SG", "HK", "PA")
OFFICES = {"1": "ZZ000101", "4": "ZZ000201", "3": "ZZ000301"}
AIR_FROM = 40.0
"""EUR a kilogram from which goods usually fly."""

CITIES = {
    "AE": "Dubai", "AR": "Rosario", "BD": "Dhaka", "BE": "Antwerp", "BG": "Varna", "BR": "Santos", "CH": "Basel",
    "CN": "Shenzhen", "CZ": "Brno", "DE": "Hamburg", "EC": "Guayaquil", "EG": "Alexandria", "ES": "Valencia",
    "ET": "Addis Ababa", "FI": "Kotka", "FR": "Le Havre", "GB": "Felixstowe", "HK": "Hong Kong", "ID": "Jakarta",
    "IE": "Cork", "IN": "Mumbai", "IT": "Genoa", "JP": "Yokohama", "KE": "Mombasa", "KH": "Phnom Penh", "KR": "Busan",
    "MY": "Port Klang", "NL": "Rotterdam", "PA": "Colon", "PH": "Manila", "PK": "Karachi", "PL": "Gdynia",
    "QA": "Doha", "RW": "Kigali", "SA": "Jeddah", "SG": "Singapore", "TH": "Bangkok", "TR": "Istanbul",
    "TW": "Kaohsiung", "TZ": "Dar es Salaam", "UA": "Odesa", "UG": "Kampala", "US": "Houston", "VN": "Hai Phong",
    "ZA": "Durban", "ZZ": "Port Amari",
}  # fmt: skip
FIRST = ("Golden", "Eastern", "Union", "Pearl", "Crown", "Delta", "Summit", "Orient", "Harbour", "Prime", "Silver",
         "Atlas", "Lotus", "River", "Star", "Northern", "Royal", "Global", "Horizon", "Cedar")  # fmt: skip
SECOND = ("Trading", "Industries", "Export", "Works", "Mills", "Products", "Supplies", "Manufacturing", "Merchants",
          "Commerce")  # fmt: skip
LOCAL = ("Amari", "Kito", "Lunga", "Baobab", "Rift", "Savanna", "Acacia", "Lakeside", "Highland", "Coast", "Mango",
         "Heron", "Ebony", "Zebra", "Monsoon", "Plateau", "Sunrise", "Copper", "Palm", "Kivana")  # fmt: skip
BUSINESS = ("Traders", "Wholesale", "Stores", "Imports", "Supplies", "Distribution", "Home", "Hardware", "Motors",
            "Foods", "Textiles", "Electronics", "Agencies", "Enterprises")  # fmt: skip
STREETS = ("Quay Street", "Station Road", "Market Avenue", "Industrial Park", "Mill Lane", "Customs Square",
           "Airport Road", "Weaver Street", "Lake Drive", "Old Port Road")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Partner:
    """Who sells to a trader, or buys from him, abroad."""

    name: str
    street: str
    city: str
    country: str


@dataclass(frozen=True, slots=True)
class Broker:
    """One who files for others."""

    identifier: str
    name: str
    address: str
    slips: float
    """How often he makes a mistake, as a multiple of the usual."""
    loose: bool
    """Whether he asks no questions."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A shipping line, airline or haulier, with the prefix of its containers."""

    name: str
    prefix: str
    flag: str
    ships: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A usual trade of a trader: goods from a partner, by a route, at his own level of price."""

    good: Good
    description: str
    origin: str
    dispatch: str
    mode: str
    office: str
    partner: Partner
    carrier: Carrier
    level: float
    """His usual price as a multiple of the market's."""
    spread: float
    mass_kg: float
    kg_per_package: float
    kg_per_unit: float
    claims: bool = True
    """Whether he claims a preference where his goods have one."""
    permit: str = ""
    export: bool = False
    weight: float = 1.0


@dataclass(slots=True)
class Trader:
    """One who trades."""

    identifier: str
    name: str
    address: str
    rate: float
    """Declarations on an ordinary day."""
    lines: list[Line]
    broker: Broker | None
    care: float
    """How often he makes a mistake, as a multiple of the usual."""
    since: int
    """Day on which he began; under 0: before the first day."""
    trusted: bool = False
    until: int | None = None
    fraud: Fraudster | None = None
    filed: int = 0
    named: bool = False
    bills: int = field(default=0)

    def active(self, day: int) -> bool:
        """Whether he trades on a day."""
        return self.since <= day and (self.until is None or day < self.until)


def brokers_of(world: Parameters) -> tuple[Broker, ...]:
    """The brokers: most careful, some loose."""
    return tuple(_broker(world, number) for number in range(1, world.brokers + 1))


def _broker(world: Parameters, number: int) -> Broker:
    chance = stream(world.seed, "broker", number)
    name = (
        f"{chance.choice(LOCAL)} {chance.choice(('Clearing', 'Forwarding', 'Customs Services', 'Logistics'))} {number}"
    )
    loose = number % 5 == 0
    slips = math.exp(chance.gauss(0.1 if loose else -0.3, 0.4))
    return Broker(f"ZZB{world.seed % 1000:03d}{number:04d}", name, _address(chance), slips, loose)


def carriers_of(world: Parameters) -> tuple[Carrier, ...]:
    """The carriers, with prefixes of their own."""
    chance = stream(world.seed, "carriers")
    letters = "ABCDEFGHJKLMNPRSTVWX"
    ships = ("9074729", "9319466", "9632466")
    return tuple(
        Carrier(f"{chance.choice(FIRST)} Line {number}", f"K{letters[number]}{letters[-number - 1]}U", flag, ships)
        for number, flag in zip(
            range(world.carriers), ("PA", "LR", "MT", "GR", "KE", "ET", "TZ", "CN", "DK"), strict=False
        )
    )


def partner_of(chance: Random, country: str) -> Partner:
    """Somebody who trades in a country."""
    city = CITIES.get(country, "Port")
    name = f"{city} {chance.choice(FIRST)} {chance.choice(SECOND)} {chance.choice(('Ltd', 'Co', 'SA', 'LLC'))}"
    return Partner(name, f"{chance.randint(1, 99)} Trade Street", city, country)


def _address(chance: Random) -> str:
    return f"{chance.randint(1, 180)} {chance.choice(STREETS)}, {chance.choice(('Amari', 'Port Amari', 'Kito'))}"


def line_of(
    chance: Random,
    carriers: Sequence[Carrier],
    *,
    good: Good | None = None,
    origin: str = "",
    dispatch: str = "",
    partner: Partner | None = None,
) -> Line:
    """A usual trade, of what is not given by chance."""
    good = good or goods()[chance.choice(sorted(goods()))]
    origin = origin or chance.choices(good.origins, (6, 3, 1)[: len(good.origins)])[0]
    if not dispatch:
        way = chance.random()
        dispatch = chance.choice(SENT_ON) if way < 0.05 else chance.choice(HUBS[:2]) if way < 0.08 else origin
    mode = mode_of(good, dispatch, origin)
    low = good.kg_per_unit / 1.35
    return Line(
        good=good,
        description=chance.choice(good.descriptions),
        origin=origin,
        dispatch=dispatch,
        mode=mode,
        office=OFFICES[mode],
        partner=partner or partner_of(chance, dispatch),
        carrier=chance.choice(list(carriers)),
        level=math.exp(chance.gauss(0, 0.16)),
        spread=chance.uniform(0.03, 0.12),
        mass_kg=good.typical_kg * math.exp(chance.gauss(-0.9, 0.6)) * (0.25 if mode == "4" else 1),
        kg_per_package=good.kg_per_package,
        kg_per_unit=chance.uniform(low, good.kg_per_unit * 1.35) if good.kg_per_unit else 0.0,
        claims=chance.random() < 0.8,
    )


def mode_of(good: Good, dispatch: str, origin: str) -> str:
    """The usual mode of transport: dear goods fly, neighbours send by road, the rest by sea."""
    if dispatch in NEIGHBOURS:
        return "3"
    price = medians().get((good.hs6, origin)) or medians()[good.hs6, "*"]
    return "4" if price >= AIR_FROM else "1"


def trader_of(
    world: Parameters, number: int, *, since: int, brokers: Sequence[Broker], carriers: Sequence[Carrier], rate: float
) -> Trader:
    """A trader whom chance makes."""
    chance = stream(world.seed, "trader", number)
    name = f"{chance.choice(LOCAL)} {chance.choice(BUSINESS)} {number}"
    exporting = chance.random() < world.exports
    count = chance.choices((1, 2, 3, 4, 6), (3, 4, 3, 2, 1))[0]
    lines = [_export_line(chance, carriers) if exporting else line_of(chance, carriers) for _ in range(count)]
    sound = [broker for broker in brokers if not broker.loose] if chance.random() < 0.9 else brokers
    return Trader(
        identifier=f"ZZT{world.seed % 1000:03d}{number:04d}",
        name=name,
        address=_address(chance),
        rate=rate,
        lines=lines,
        broker=chance.choice(list(sound)) if chance.random() < world.broker_filed else None,
        care=math.exp(chance.gauss(-0.1, 0.5)),
        since=since,
    )


EXPORTED = ("0901110010", "0901110020", "0902400010", "1207400010", "0713330010")


def _export_line(chance: Random, carriers: Sequence[Carrier]) -> Line:
    code = chance.choice(EXPORTED)
    names = {"0901": "Coffee, not roasted, in sacks", "0902": "Black tea in bulk", "1207": "Sesame seed in bags",
             "0713": "Dried kidney beans in bags"}  # fmt: skip
    good = bare_good(code, names[code[:4]], "BG", 60)
    to = chance.choice(("NL", "DE", "GB", "US", "AE"))
    return Line(
        good=good, description=good.descriptions[0], origin="ZZ", dispatch=to, mode="1", office=OFFICES["1"],
        partner=partner_of(chance, to), carrier=chance.choice(list(carriers)), level=math.exp(chance.gauss(0, 0.1)),
        spread=0.05, mass_kg=good.typical_kg * math.exp(chance.gauss(-0.3, 0.3)), kg_per_package=60, kg_per_unit=0.0,
        export=True,
    )  # fmt: skip


def bare_good(code: str, description: str, package: str, kg_per_package: float) -> Good:
    """A good that is none of the market's list, from the country's tables alone."""
    with (ROOT / "risk/data/bands.csv").open(encoding="utf-8", newline="") as file:
        band = next(row for row in csv.DictReader(file) if row["hs6"] == code[:6])
    return Good(
        code, (description,), (), package, kg_per_package, band["unit"], 0.0, float(band["typical_mass_kg"]),
        rate("duty", code), rate("vat", code), rate("excise", code),
    )  # fmt: skip


def named_traders(world: Parameters, carriers: Sequence[Carrier]) -> list[Trader]:
    """The organisations of the demonstration that trade, with goods of their own list; none commits fraud."""
    folder = ROOT / "singlewindow/demo/data"
    with (folder / "organisations.csv").open(encoding="utf-8", newline="") as file:
        known = {row["identifier"]: row for row in csv.DictReader(file)}
    lines: dict[str, list[Line]] = {}
    with (folder / "goods.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            lines.setdefault(row["trader"], []).append(_named_line(row, stream(world.seed, "named", number), carriers))
    shares = {"ZZIMP0001": 3.0, "ZZIMP0003": 1.5}
    whole = sum(shares.get(identifier, 0.6) for identifier in lines)
    return [
        Trader(
            identifier=identifier,
            name=known[identifier]["name"],
            address=known[identifier]["address"],
            rate=world.per_day * world.named_share * shares.get(identifier, 0.6) / whole,
            lines=own,
            broker=None,
            care=0.8,
            since=-1000,
            trusted=bool(known[identifier]["trusted_since"]),
            named=True,
        )
        for identifier, own in lines.items()
    ]


def _named_line(row: dict[str, str], chance: Random, carriers: Sequence[Carrier]) -> Line:
    code, exports = row["commodity"], row["direction"] == "export"
    good = bare_good(code, row["description"], row["package"], float(row["kg_per_package"]))
    usual = medians().get((good.hs6, row["origin"])) or medians()[good.hs6, "*"]
    to = {"Rotterdam": "NL", "Amsterdam": "NL", "Hamburg": "DE"}.get(row["city"], "NL") if exports else row["sent_from"]
    return Line(
        good=good,
        description=row["description"],
        origin=row["origin"],
        dispatch=to,
        mode=row["mode"],
        office=OFFICES[row["mode"]],
        partner=Partner(row["exporter"], f"{chance.randint(1, 90)} Trade Street", row["city"], to),
        carrier=chance.choice(list(carriers)),
        level=float(row["value_per_kg"]) / usual,
        spread=0.06,
        mass_kg=float(row["kg_per_package"]) * float(row["packages"]),
        kg_per_package=float(row["kg_per_package"]),
        kg_per_unit=float(row["kg_per_unit"] or 0),
        claims=False,
        permit=row["permit"],
        export=exports,
        weight=0.5 if row["permit"] else 1.0,
    )
