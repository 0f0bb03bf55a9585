"""What an engine made of a country, against what is true: curves, lift, and whether it learned a new kind. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from singlewindow.demo.country.truth import FraudKind

SHARES = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4)
ADAPTED_DAYS = range(20, 31)
"""Days after its start in which a new kind must be found."""
ADAPTED_TIMES = 2.0
"""Times the rate of inspection at which a kind must be inspected in those days, for the engine to have adapted."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One declaration: what the engine said of it, what became of it, and what is true."""

    key: str
    day: int
    lane: str
    pick: str
    control: bool
    score: float
    loss_minor: int
    """Expected loss, by which the capacity is given out."""
    inspected: bool
    found: bool
    kind: FraudKind | None
    compliant: bool
    kept_back_minor: int


@dataclass(frozen=True, slots=True)
class Point:
    """What inspecting a share of the declarations finds."""

    inspected: float
    fraud_found: float
    """Share of the planted fraud that is among them."""
    revenue_found: float
    """Share of what is kept back that is among them."""

    @property
    def released(self) -> float:
        """Share released without a human."""
        return 1 - self.inspected

    @property
    def lift(self) -> float:
        """How many times more fraud than as many picks by chance find in the mean."""
        return self.fraud_found / self.inspected if self.inspected else 0.0


def point_of(judged: Sequence[Judged]) -> Point:
    """What was inspected indeed."""
    return _point(judged, [one for one in judged if one.inspected])


def curve(judged: Sequence[Judged], shares: Iterable[float] = SHARES) -> list[Point]:
    """What inspecting the highest scores of each day would have found, share by share."""
    return [_point(judged, _top(judged, share, _by_score)) for share in shares]


def curve_of_loss(judged: Sequence[Judged], shares: Iterable[float] = SHARES) -> list[Point]:
    """The same for the greatest expected losses of each day."""
    return [_point(judged, _top(judged, share, _by_loss)) for share in shares]


def by_chance(judged: Sequence[Judged], share: float) -> Point:
    """What as many picks by chance find."""
    return _point(judged, _top(judged, share, lambda one: 0.0))


def highest(judged: Sequence[Judged], share: float) -> list[Judged]:
    """The highest scores of each day, up to a share of them."""
    return _top(judged, share, _by_score)


def _by_score(one: Judged) -> float:
    return one.score


def _by_loss(one: Judged) -> float:
    return float(one.loss_minor)


def _top(judged: Sequence[Judged], share: float, value: Callable[[Judged], float]) -> list[Judged]:
    days: dict[int, list[Judged]] = defaultdict(list)
    for one in judged:
        days[one.day].append(one)
    taken: list[Judged] = []
    owed = 0.0
    for _, ones in sorted(days.items()):
        owed += share * len(ones)
        count = int(owed)  # the fraction of a pick that is left goes into the next day
        owed -= count
        ordered = sorted(ones, key=lambda one: (-value(one), blake2b(one.key.encode()).digest()))
        taken += ordered[:count]
    return taken


def _point(judged: Sequence[Judged], taken: Sequence[Judged]) -> Point:
    fraud = sum(one.kind is not None for one in judged)
    kept_back = sum(one.kept_back_minor for one in judged if one.kind is not None)
    return Point(
        inspected=len(taken) / len(judged) if judged else 0.0,
        fraud_found=sum(one.kind is not None for one in taken) / fraud if fraud else 0.0,
        revenue_found=sum(one.kept_back_minor for one in taken if one.kind) / kept_back if kept_back else 0.0,
    )


@dataclass(frozen=True, slots=True)
class Adaptation:
    """How a new kind of fraud fared some weeks after it began."""

    of_kind: int
    """Declarations of the kind in those days."""
    kind_rate: float
    """Share of them that was inspected."""
    rate: float
    """Share of all declarations of those days that was inspected."""

    @property
    def times(self) -> float:
        """How many times as often as any declaration one of the kind was inspected."""
        return self.kind_rate / self.rate if self.rate else 0.0

    @property
    def adapted(self) -> bool:
        """Whether the engine has learned the kind: inspected at least twice as often as all."""
        return self.of_kind > 0 and self.times >= ADAPTED_TIMES


def adaptation(judged: Sequence[Judged], kind: FraudKind, *, begins: int) -> Adaptation:
    """Whether the engine has learned a kind that began on a day, 20 to 30 days later."""
    window = [one for one in judged if one.day - begins in ADAPTED_DAYS]
    of_kind = [one for one in window if one.kind is kind]
    return Adaptation(
        of_kind=len(of_kind),
        kind_rate=sum(one.inspected for one in of_kind) / len(of_kind) if of_kind else 0.0,
        rate=sum(one.inspected for one in window) / len(window) if window else 0.0,
    )


def mean(points: Sequence[Point]) -> Point:
    """The mean of the same point over several worlds."""
    count = len(points)
    return Point(
        sum(point.inspected for point in points) / count,
        sum(point.fraud_found for point in points) / count,
        sum(point.revenue_found for point in points) / count,
    )
