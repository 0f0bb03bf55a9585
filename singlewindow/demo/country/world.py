"""The made country day by day: who files what, what is true of it, and what those who are caught do next."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from singlewindow.demo.country.frauds import KEEPS_ITS_KIND, STARTING_KINDS, Fraudster
from singlewindow.demo.country.market import Market, season
from singlewindow.demo.country.messages import message_of
from singlewindow.demo.country.mistakes import mistake_make
from singlewindow.demo.country.parameters import Parameters
from singlewindow.demo.country.schemes import RING_COUNTRIES, Means, means_of, rerouted, scheme_apply
from singlewindow.demo.country.shipments import Shipment, owed, shipment_of
from singlewindow.demo.country.streams import count_of, stream
from singlewindow.demo.country.traders import (
    Broker,
    Carrier,
    Line,
    Trader,
    brokers_of,
    carriers_of,
    line_of,
    named_traders,
    partner_of,
    trader_of,
)
from singlewindow.demo.country.truth import ERROR_OUTCOMES, OUTCOMES, ErrorKind, FraudKind, Truth, honest

TOO_BIG_TO_CHEAT = 5
"""So many of the largest traders commit no fraud: they have auditors."""
ORIGIN_MOVES_AFTER = 25
"""Days after which drift begins to move honest trade to other origins."""
RING = 8
ESTABLISHED_DAYS = 365
RING_APPETITE = 0.75
"""Share of the loads of steel and furniture of the ring that hide something, once it has begun."""


@dataclass(frozen=True, slots=True)
class Filing:
    """One declaration to be lodged: by whom, when, and when its goods arrive."""

    key: str
    filer: str
    importer: str
    direction: str
    message: dict[str, Any]
    lodged_at: datetime
    presented_at: datetime | None
    """None: they are here when it is lodged."""
    owed_minor: int
    """Duty and taxes on what is declared."""


@dataclass(frozen=True, slots=True)
class Made:
    """A filing, and apart from it what is true."""

    filing: Filing
    truth: Truth


@dataclass(slots=True)
class _Pending:
    shipment: Shipment
    kind: FraudKind
    kept_back: float


@dataclass(slots=True)
class Country:
    """A world that goes on day by day; its parameters and what checks found decide what it does, and nothing else.

    Call `day` for each day in order; tell it what checks found with `learn` before the next.
    """

    world: Parameters
    market: Market = field(init=False)
    brokers: tuple[Broker, ...] = field(init=False)
    carriers: tuple[Carrier, ...] = field(init=False)
    traders: list[Trader] = field(init=False)
    means: dict[str, Means] = field(init=False, default_factory=dict)
    """By the identifier of the trader."""
    _behind: dict[str, tuple[Trader, int]] = field(init=False, default_factory=dict)
    """Who filed the false declarations of late, and on which day."""
    _ring: list[str] = field(init=False, default_factory=list)
    """Those who will begin the new kind, by identifier."""
    _pending: dict[int, list[tuple[Trader, _Pending]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        world = self.world
        self.market = Market(world)
        self.brokers, self.carriers = brokers_of(world), carriers_of(world)
        sizes = [stream(world.seed, "size", number).paretovariate(world.size_tail) for number in range(world.traders)]
        sizes = [min(size, 60.0) for size in sizes]
        left = world.per_day * (1 - world.named_share) / sum(sizes)
        self.traders = [*named_traders(world, self.carriers)]
        for number, size in enumerate(sizes, start=1):
            since = -stream(world.seed, "since", number).randint(30, 1500)
            self._add(number, since=since, rate=size * left)
        self._trust()
        self._tempt()
        if world.new_kind_from is not None:
            self._ring_forms()

    def _add(self, number: int, *, since: int, rate: float) -> Trader:
        trader = trader_of(self.world, number, since=since, brokers=self.brokers, carriers=self.carriers, rate=rate)
        self.traders.append(trader)
        return trader

    def _number(self, *names: object) -> int:
        """A number for a newcomer, by which nobody can tell why he came."""
        chance = stream(self.world.seed, "number", *names)
        taken = {trader.identifier[-4:] for trader in self.traders}
        number = chance.randint(self.world.traders + 1, 9999)
        while f"{number:04d}" in taken:
            number = chance.randint(self.world.traders + 1, 9999)
        return number

    def _trust(self) -> None:
        made = sorted((t for t in self.traders if not t.named), key=lambda t: -t.rate)
        half = made[: len(made) // 2]
        chance = stream(self.world.seed, "trusted")
        for trader in chance.sample(half, min(len(half), round(self.world.trusted * len(made)))):
            trader.trusted = True

    def _tempt(self) -> None:
        """Share the kinds of fraud out among some traders, in equal parts."""
        chance = stream(self.world.seed, "fraudsters")
        made = sorted((t for t in self.traders if not t.named), key=lambda t: -t.rate)[TOO_BIG_TO_CHEAT:]
        open_to = [t for t in made if not t.trusted and not t.lines[0].export]
        count = min(len(open_to), round(self.world.fraudsters * self.world.traders))
        kinds = list(STARTING_KINDS)
        chance.shuffle(kinds)
        # The larger ones first, so that every kind is seen in a few weeks.
        for number, trader in enumerate(sorted(chance.sample(open_to, count), key=lambda t: -t.rate)):
            kind = kinds[number % len(kinds)]
            self._corrupt(trader, kind, trader.identifier, chance)
            if kind is FraudKind.PHOENIX:
                trader.since = -chance.randint(1, 20)

    def _corrupt(self, trader: Trader, kind: FraudKind, owner: str, chance: Random) -> None:
        appetite = min(0.9, max(0.1, chance.gauss(self.world.appetite, 0.12)))
        trader.fraud = Fraudster(owner, kind, appetite, degree=self._degree(chance))
        self._equip(trader, kind, chance)

    def _degree(self, chance: Random) -> float:
        bold = min(0.95, max(0.05, self.world.boldness))
        return chance.betavariate(4 * bold, 4 * (1 - bold))

    def _equip(self, trader: Trader, kind: FraudKind, chance: Random) -> None:
        self.means[trader.identifier] = self._means(trader, kind, chance)

    def _means(self, trader: Trader, kind: FraudKind, chance: Random) -> Means:
        trusted = [t for t in self.traders if t.trusted and not t.lines[0].export]
        return means_of(kind, trader, chance, brokers=self.brokers, carriers=self.carriers, trusted=trusted)

    def organisations(self) -> Iterator[Trader | Broker]:
        """Everybody who files or is filed for, as of now."""
        yield from self.brokers
        yield from self.traders

    def date_of(self, day: int) -> date:
        """The calendar day of a day counted from 0."""
        return self.world.start + timedelta(days=day)

    def day(self, day: int) -> list[Made]:
        """Everything that is filed on a day, in the order of lodging."""
        self._come_and_go(day)
        if day == self.world.new_kind_from:
            self._ring_begins()
        busy = season(self.date_of(day))
        made: list[Made] = []
        for trader in list(self.traders):
            if not trader.active(day):
                continue
            chance = stream(self.world.seed, "files", trader.identifier, day)
            for number in range(count_of(chance, trader.rate * busy)):
                made += self._file(trader, day, stream(self.world.seed, "one", trader.identifier, day, number))
        for number, (trader, pending) in enumerate(self._pending.pop(day, [])):
            made.append(
                self._false(trader, pending, day, stream(self.world.seed, "later", trader.identifier, day, number))
            )
        return sorted(made, key=lambda one: (one.filing.lodged_at, one.filing.key))

    def learn(self, outcomes: Mapping[str, bool], day: int) -> None:
        """Tell those behind false declarations what became of them: by key, whether a check found something.

        A key that is not named got through.
        """
        for key, (trader, filed_on) in list(self._behind.items()):
            if key in outcomes and trader.fraud is not None:
                del self._behind[key]
                if outcomes[key] and day >= trader.fraud.hidden_until:
                    self._caught(trader, day)
            elif day - filed_on > 3:
                del self._behind[key]
                if trader.fraud is not None:
                    trader.fraud.unseen()

    def _caught(self, trader: Trader, day: int) -> None:
        fraud = trader.fraud
        assert fraud is not None
        chance = stream(self.world.seed, "caught", trader.identifier, fraud.caught)
        fraud.noticed(day, chance)
        if "company" in fraud.wants and fraud.kind not in KEEPS_ITS_KIND:
            self._rise_again(trader, day, chance)
            return
        if "kind" in fraud.wants and fraud.kind not in KEEPS_ITS_KIND:
            fraud.left_kinds.append(fraud.kind)
            others = [kind for kind in STARTING_KINDS if kind not in fraud.left_kinds and kind is not FraudKind.PHOENIX]
            fraud.kind = chance.choice(others or list(STARTING_KINDS))
            self._equip(trader, fraud.kind, chance)
        means = self.means[trader.identifier]
        if "route" in fraud.wants:
            means.line = rerouted(means.line, chance)
        if "partner" in fraud.wants:
            means.line = replace(means.line, partner=partner_of(chance, means.line.dispatch))
        if "broker" in fraud.wants:
            means.broker = chance.choice(self.brokers)

    def _rise_again(self, old: Trader, day: int, chance: Random) -> None:
        """The owner closes his company and goes on under another: same address, partner and broker."""
        assert old.fraud is not None
        old.until = day + 1
        new = self._add(self._number("risen", old.identifier), since=day + chance.randint(3, 15), rate=old.rate)
        new.address, new.broker, new.lines = old.address, old.broker, list(old.lines)
        new.fraud = replace(old.fraud, kind=FraudKind.PHOENIX, hidden_until=-1, wants=frozenset())
        self.means[new.identifier] = self.means[old.identifier]
        line = self.means[old.identifier].line
        if line.export or line.good.duty < 0.1:
            self._equip(new, FraudKind.PHOENIX, chance)
        old.fraud = None

    def _come_and_go(self, day: int) -> None:
        chance = stream(self.world.seed, "arrivals", day)
        ordinary = self.world.per_day / self.world.traders
        for place in range(count_of(chance, self.world.arrivals_per_day)):
            new = self._add(
                self._number("new", day, place), since=day, rate=ordinary * min(4.0, chance.paretovariate(1.3)) * 0.6
            )
            if chance.random() < self.world.fraudsters and not new.lines[0].export:
                self._corrupt(new, chance.choice(STARTING_KINDS), new.identifier, chance)
        for trader in self.traders:
            leaves = stream(self.world.seed, "leaves", trader.identifier, day).random() < self.world.leaving_per_day
            if leaves and not trader.named and trader.fraud is None and trader.active(day):
                trader.until = day + 1
            if self.world.drift and day >= ORIGIN_MOVES_AFTER:
                self._move_origin(trader, day)

    def _move_origin(self, trader: Trader, day: int) -> None:
        chance = stream(self.world.seed, "moves", trader.identifier, day)
        if trader.named or chance.random() > 0.01:
            return
        place = chance.randrange(len(trader.lines))
        old = trader.lines[place]
        if not old.export and len(old.good.origins) > 1:
            trader.lines[place] = line_of(chance, self.carriers, good=old.good, origin=chance.choice(old.good.origins))

    def _ring_forms(self) -> None:
        """Established traders who bring steel and furniture by sea, as honestly as others until the ring begins.

        Nothing but their loads changes on that day: what rules and models have learned so far says nothing of them.
        """
        chance = stream(self.world.seed, "ring")
        open_to = [
            t
            for t in self.traders
            if t.fraud is None
            and t.since <= -ESTABLISHED_DAYS
            and not (t.named or t.trusted or t.lines[0].export)
            and not (t.broker and t.broker.loose)
        ]
        ring = chance.sample(sorted(open_to, key=lambda t: t.identifier), min(len(open_to), RING))
        partners = {country: partner_of(chance, country) for country in RING_COUNTRIES}
        wanted = self.world.per_day * self.world.new_kind_share / RING_APPETITE / len(ring)
        for trader in ring:
            means = self._means(trader, FraudKind.SUBSTITUTION, chance)
            means.line = replace(means.line, partner=partners[means.line.dispatch])
            means.broker = trader.broker
            usual = sum(line.weight for line in trader.lines)
            trader.lines.append(replace(means.line, weight=usual * wanted / trader.rate))
            trader.rate += wanted
            self.means[trader.identifier] = means
        self._ring = [trader.identifier for trader in ring]

    def _ring_begins(self) -> None:
        for trader in self.traders:
            if trader.identifier in self._ring and trader.fraud is None:
                front = trader.lines[-1].weight / sum(line.weight for line in trader.lines)
                trader.fraud = Fraudster(
                    f"ring:{self._ring[0]}", FraudKind.SUBSTITUTION, appetite=front * RING_APPETITE, degree=0.5
                )

    def _file(self, trader: Trader, day: int, chance: Random) -> list[Made]:
        fraud = trader.fraud
        if fraud is not None and fraud.tempted(day, chance):
            return self._cheat(trader, fraud, day, chance)
        line = self._usual(trader, day, chance)
        shipment = shipment_of(trader, line, self.market, day, chance)
        if trader.broker is not None and chance.random() < 0.05:
            shipment.filer, shipment.filer_name = trader.identifier, trader.name
        error, kept_back = None, 0.0
        care = trader.care * (trader.broker.slips if trader.broker else 1.0)
        if chance.random() < self.world.errors * care:
            error, kept_back = mistake_make(shipment, chance)
        key = self._key(trader)
        truth = _mistaken(key, trader, error, kept_back) if error else honest(key, trader.identifier)
        return [self._made_of(shipment, truth, day, chance)]

    def _usual(self, trader: Trader, day: int, chance: Random) -> Line:
        return chance.choices(trader.lines, [line.weight for line in trader.lines])[0]

    def _cheat(self, trader: Trader, fraud: Fraudster, day: int, chance: Random) -> list[Made]:
        means = self.means[trader.identifier]
        shipment = shipment_of(trader, means.line, self.market, day, chance)
        if means.broker is not None:
            shipment.filer, shipment.filer_name = means.broker.identifier, means.broker.name
        kind = fraud.kind
        if kind is FraudKind.SPLIT and chance.random() < 0.5:
            kind = FraudKind.UNDERVALUATION  # one purchase split is many declarations: the kinds keep their proportion
        filed, kept_back = scheme_apply(kind, shipment, means, fraud, chance)
        each = kept_back / len(filed)
        for part in filed[1:]:
            self._pending.setdefault(day + chance.randint(1, 3), []).append((trader, _Pending(part, kind, each)))
        return [self._false(trader, _Pending(filed[0], kind, each), day, chance)]

    def _false(self, trader: Trader, pending: _Pending, day: int, chance: Random) -> Made:
        key = self._key(trader)
        outcome, evidence = OUTCOMES[pending.kind]
        owner = trader.fraud.owner if trader.fraud else trader.identifier
        minor = round(pending.kept_back * 100)
        truth = Truth(key, False, pending.kind, None, outcome, minor, evidence, owner)
        self._behind[key] = (trader, day)
        return self._made_of(pending.shipment, truth, day, chance)

    def _key(self, trader: Trader) -> str:
        trader.filed += 1
        return f"{self.world.seed % 1000:03d}-{trader.identifier}-{trader.filed:05d}"

    def _made_of(self, shipment: Shipment, truth: Truth, day: int, chance: Random) -> Made:
        begin = datetime.combine(self.date_of(day), time(), UTC)
        hours = chance.triangular(3.0, 19.0, 8.0) if shipment.mode != "4" else chance.uniform(0.5, 23.5)
        lodged_at = begin + timedelta(seconds=round(hours * 3600))
        prelodged = not shipment.export and chance.random() < self.world.prelodged
        arrives = lodged_at + timedelta(seconds=round(chance.uniform(1, 20) * 3600)) if prelodged else None
        message = message_of(shipment, key=truth.key, prelodged=prelodged, chance=chance)
        direction = "export" if shipment.export else "import"
        owes = 0 if shipment.export else round(owed(shipment.items) * 100)
        filer, importer = shipment.filer, shipment.importer[0]
        filing = Filing(truth.key, filer, importer, direction, message, lodged_at, arrives, owes)
        return Made(filing, truth)


def _mistaken(key: str, trader: Trader, error: ErrorKind, kept_back: float) -> Truth:
    outcome, evidence = ERROR_OUTCOMES[error]
    return Truth(key, outcome == "clerical", None, error, outcome, round(kept_back * 100), evidence, trader.identifier)


def days_of(country: Country, days: Iterable[int]) -> Iterator[list[Made]]:
    """Some days in order, of a world in which no check ever finds anything."""
    for day in days:
        yield country.day(day)
        country.learn({}, day)


__all__ = ["Country", "Filing", "Made", "days_of"]
