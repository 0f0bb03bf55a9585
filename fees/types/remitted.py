"""What of a tax is not owed by decision."""

from collections.abc import Iterable
from dataclasses import dataclass

TaxKey = tuple[int, str, str]
"""Item, tax type, authority."""


@dataclass(frozen=True, slots=True)
class Band:
    """A part of an amount, in minor units, that is not owed by decision."""

    low: int
    high: int


def remitted(bands: Iterable[Band], assessed: int) -> int:
    """How much of an assessed amount lies in the bands."""
    return sum(max(0, min(band.high, assessed) - band.low) for band in bands)
