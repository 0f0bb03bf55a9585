"""What is printed: medians with their spread, and the goal beside them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some rounds, with the smallest and the largest."""

    median: float
    min: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float], *, digits: int = 3) -> "Spread":
        """Sum up rounds."""
        return cls(round(median(values), digits), round(min(values), digits), round(max(values), digits))

    def output(self) -> dict[str, float]:
        """As it is printed."""
        return {"median": self.median, "min": self.min, "max": self.max}


def ratios(ours: Sequence[float], limit: Sequence[float]) -> Spread:
    """The ratio of each round: both sides of a round ran one right after the other."""
    return Spread.of([mine / other for mine, other in zip(ours, limit, strict=True)])


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def line(**values: Any) -> None:
    """Print one object."""
    print(json.dumps(values), flush=True)
