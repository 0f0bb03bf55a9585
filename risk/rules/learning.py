"""How sure a share is, and when a profile has earned its end: pure figures of the learning loop."""

from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

PRECISION_MIN = 0.05
"""Share of checks with a finding under which a profile is not worth its checks (RM-LRN-03)."""
RETIRE_CHECKS = 20
"""Checks from which such a share means something (RM-LRN-03)."""
RETIRE_AFTER = timedelta(days=60)
"""So long it was live, and its share too low (RM-LRN-03)."""
Z95 = 1.959964
"""Standard deviations on either side that hold 95 % of a normal distribution."""


@dataclass(frozen=True, slots=True)
class Share:
    """An estimated share with its 95 % interval, and how many checks it is worth."""

    share: float
    low: float
    high: float
    n: float


def wilson(found: float, n: float) -> Share | None:
    """The share of findings in checks with Wilson's interval; none without a check."""
    if n <= 0:
        return None
    share = found / n
    middle = (share + Z95**2 / (2 * n)) / (1 + Z95**2 / n)
    half = Z95 * sqrt(share * (1 - share) / n + Z95**2 / (4 * n**2)) / (1 + Z95**2 / n)
    return Share(share, max(0.0, middle - half), min(1.0, middle + half), n)


def weighted(weights: float, squares: float, found: float) -> Share | None:
    """The share in all that could have been checked, from checks that each stand for the inverse of their chance.

    Hajek's estimate with Wilson's interval on Kish's effective number of checks: strict where a few rare picks weigh
    most. What had no chance of a check is not in it.

    Args:
        weights: sum of the weights of all checks.
        squares: sum of their squares.
        found: sum of the weights of checks with a finding.
    """
    if weights <= 0 or squares <= 0:
        return None
    n = weights**2 / squares
    return wilson(found / weights * n, n)


def retire(checked: int, found: int) -> bool:
    """Whether a profile that was live all the while finds too little (RM-LRN-03)."""
    return checked >= RETIRE_CHECKS and found < checked * PRECISION_MIN
