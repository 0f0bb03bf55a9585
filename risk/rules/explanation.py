"""The points of the model by feature: they sum to its line exactly, whatever was rounded or limited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log
from typing import Any

from risk.rules.policy import CENT, Scale, log_odds
from singlewindow.learning.types import Explanation

SHOWN = 12
"""Features that are named; the others are added up."""
START, OTHERS, LIMIT = "start", "others", "limit"
"""Shares that are no feature: what is usual for all goods, the features that are not named, the ends of the scale."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a feature, or the rest, adds to the points of the model."""

    feature: str
    points: Decimal


def shares_of(explained: Explanation, scale: Scale, points: Decimal) -> tuple[Share, ...]:
    """The points of the model's line by feature, the largest first; the start, the rest and the limit come last.

    Points are linear in log-odds, and so are the exact parts of the trees: each part times the same factor. What
    rounding leaves over goes to the rest, what the limits of the scale take is a share of its own.

    Args:
        points: those of the line RM-MOD-01.
    """
    factor = float(scale.double) / log(2)
    named = [Share(part.feature, _cents(part.log_odds * factor)) for part in explained.parts[:SHOWN]]
    start = Share(START, _cents((explained.base - log_odds(float(scale.base))) * factor))
    whole = _cents((explained.total - log_odds(float(scale.base))) * factor)
    others = Share(OTHERS, whole - start.points - sum((share.points for share in named), Decimal(0)))
    limit = Share(LIMIT, points - whole)
    return (*(share for share in named if share.points), *(s for s in (start, others, limit) if s.points))


def shares_plain(item: int, shares: Sequence[Share]) -> dict[str, Any]:
    """Shares as they are stored, with the number of the item that they are of."""
    return {"item": item, "shares": [[share.feature, str(share.points)] for share in shares]}


def shares_stored(stored: Mapping[str, Any]) -> tuple[int, tuple[Share, ...]]:
    """Stored shares."""
    return stored["item"], tuple(Share(feature, Decimal(points)) for feature, points in stored["shares"])


def _cents(value: float) -> Decimal:
    return Decimal(str(round(value, 2))).quantize(CENT)
