"""A score as a running sum: each reason begins where the one before it ended, on a scale with the bands; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from risk.types import Bands, Lane

FULL = Decimal(100)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the scale, in percent of its length."""

    start: str
    width: str


@dataclass(frozen=True, slots=True)
class Zone:
    """The stretch of the scale that a lane takes."""

    lane: Lane
    first: int
    stretch: Stretch


def stretches(points: Sequence[Decimal], score: Decimal) -> tuple[Stretch, ...]:
    """Where each contribution begins and how far it leads; together they lead from nothing to the score."""
    top = top_of(points, score)
    found, at = [], Decimal(0)
    for one in points:
        low, high = sorted((max(at, Decimal(0)), max(at + one, Decimal(0))))
        found.append(_stretch(low, high, top))
        at += one
    return tuple(found)


def zones(bands: Bands, points: Sequence[Decimal], score: Decimal) -> tuple[Zone, ...]:
    """The bands on the same scale, from green to red."""
    top = top_of(points, score)
    firsts = [(Lane.GREEN, 0), (Lane.BLUE, bands.blue), (Lane.YELLOW, bands.yellow), (Lane.RED, bands.red)]
    ends = [Decimal(first) for _, first in firsts[1:]] + [top]
    return tuple(
        Zone(lane, first, _stretch(Decimal(first), end, top))
        for (lane, first), end in zip(firsts, ends, strict=True)
        if end > first
    )


def place(points: Sequence[Decimal], score: Decimal) -> str:
    """Where the score stands on the scale."""
    return _percent(score, top_of(points, score))


def top_of(points: Sequence[Decimal], score: Decimal) -> Decimal:
    """The end of the scale: a hundred, or further where the running sum goes beyond before it is limited."""
    highest, at = max(FULL, score), Decimal(0)
    for one in points:
        at += one
        highest = max(highest, at)
    return highest


def _stretch(low: Decimal, high: Decimal, top: Decimal) -> Stretch:
    return Stretch(_percent(low, top), _percent(high - low, top))


def _percent(part: Decimal, whole: Decimal) -> str:
    return f"{part * 100 / whole:.2f}%"
