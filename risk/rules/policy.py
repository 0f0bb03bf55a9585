"""What a rule set says of the model's points and of who is picked for inspection: plain values, typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import log
from typing import Any

from risk.types import Lane

CENT = Decimal("0.01")
EDGE = 1e-6
"""Probabilities nearer than this to 0 or 1 are taken to be this far off, so that their odds are finite."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Points of the model: linear in the logarithm of odds. Source: scorecard scaling (points to double the odds)."""

    double: Decimal = Decimal(8)
    """Points that stand for twice the odds."""
    base: Decimal = Decimal("0.05")
    """Probability that neither adds nor takes points."""
    least: Decimal = Decimal(-20)
    most: Decimal = Decimal(60)

    def unlimited(self, probability: float) -> float:
        """The points of a probability before they are rounded and limited."""
        return float(self.double) / log(2) * (log_odds(probability) - log_odds(float(self.base)))

    def points(self, probability: float) -> Decimal:
        """The points of a probability."""
        return min(max(Decimal(str(round(self.unlimited(probability), 2))), self.least), self.most).quantize(CENT)

    def plain(self) -> dict[str, str]:
        """As plain values."""
        return {"double": str(self.double), "base": str(self.base), "least": str(self.least), "most": str(self.most)}


def log_odds(probability: float) -> float:
    """The natural logarithm of the odds, finite at both ends."""
    inside = min(max(probability, EDGE), 1 - EDGE)
    return log(inside / (1 - inside))


def scale_of(plain: Mapping[str, Any]) -> Scale:
    """A scale from plain values.

    Raises:
        ValueError: RM-ACT-06, it makes no sense.
    """
    scale = Scale(*(Decimal(plain[name]) for name in ("double", "base", "least", "most")))
    if not (0 < scale.double <= 50 and 0 < scale.base < 1 and -100 <= scale.least <= 0 <= scale.most <= 100):
        raise ValueError("points to double 0 to 50, base between 0 and 1, least -100 to 0, most 0 to 100")
    return scale


@dataclass(frozen=True, slots=True)
class SelectionPolicy:
    """How many goods an office can examine in a day, and what part of that is kept for learning."""

    capacity: Mapping[str, int]
    """Examinations a day by office; `*` is every other office; absent: no limit."""
    explore: Decimal = Decimal("0.10")
    """Share of the capacity kept for exploration."""
    explore_most: Decimal = Decimal("0.02")
    """Share of all declarations that exploration takes at most: a quiet day is not filled with draws."""
    uncertain: Decimal = Decimal("0.50")
    """Share of the exploration that goes where the engine is least sure; the rest is drawn from all."""
    width: Decimal = Decimal(25)
    """How far under the red band a score still counts as uncertain."""
    over: Lane = Lane.BLUE
    """What becomes of a red score that the capacity does not reach."""
    value_share: Decimal = Decimal("0.05")
    """Revenue at risk is at least this share of the value: goods that are declared free may not be."""

    def capacity_of(self, office: str) -> int | None:
        """Examinations that an office can make in a day; none: no limit."""
        return self.capacity.get(office, self.capacity.get("*"))

    def plain(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "capacity": dict(self.capacity),
            "explore": str(self.explore),
            "explore_most": str(self.explore_most),
            "uncertain": str(self.uncertain),
            "width": str(self.width),
            "over": self.over.value,
            "value_share": str(self.value_share),
        }


def policy_of(plain: Mapping[str, Any]) -> SelectionPolicy:
    """A policy from plain values.

    Raises:
        ValueError, KeyError, ArithmeticError: RM-ACT-06, it makes no sense.
    """
    policy = SelectionPolicy(
        capacity={str(office): int(count) for office, count in plain["capacity"].items()},
        explore=Decimal(plain["explore"]),
        explore_most=Decimal(plain.get("explore_most", "0.02")),
        uncertain=Decimal(plain["uncertain"]),
        width=Decimal(plain["width"]),
        over=Lane(plain["over"]),
        value_share=Decimal(plain["value_share"]),
    )
    shares = (policy.explore, policy.explore_most, policy.uncertain, policy.value_share)
    if any(not 0 <= share <= 1 for share in shares) or any(count < 0 for count in policy.capacity.values()):
        raise ValueError("shares lie from 0 to 1, and no office examines fewer than no goods")
    if policy.over not in (Lane.BLUE, Lane.YELLOW) or not 0 <= policy.width <= 100:
        raise ValueError("what is over the capacity goes blue or yellow, and the width lies from 0 to 100")
    return policy
