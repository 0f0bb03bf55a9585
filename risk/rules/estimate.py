"""How much of trade does not comply, from the control sample alone: a share with its interval; pure."""

from dataclasses import dataclass

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the control sample says of all trade of a period."""

    period: str
    drawn: int
    """Declarations that were drawn, whatever their lane."""
    checked: int
    """Of them, those whose check is over."""
    found: int
    """Of those, the ones in which something was wrong; a clerical slip does not count (K3)."""
    share: float | None
    low: float
    high: float

    @property
    def unchecked(self) -> int:
        """Drawn and not checked: the interval says nothing of them."""
        return self.drawn - self.checked


def estimate_of(period: str, *, drawn: int, checked: int, found: int, confidence: float = CONFIDENCE) -> Estimate:
    """The share of declarations that do not comply, with its interval.

    Every declaration has the same chance to be drawn, whatever anybody thinks of it, so the share among the drawn
    ones that were checked estimates the share of all. The interval is that of Clopper and Pearson: exact for the
    binomial, so it covers the truth in at least the stated share of periods, a little more where the sample is small.

    Source: Clopper and Pearson 1934; domain rule N05.

    Raises:
        ValueError: the counts do not fit each other.
    """
    if not 0 <= found <= checked <= drawn:
        raise ValueError("found, checked and drawn rise in this order")
    low, high = interval(found, checked, confidence)
    return Estimate(period, drawn, checked, found, found / checked if checked else None, low, high)


def interval(found: int, checked: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The exact interval of a share; everything is possible where nothing was checked."""
    from scipy.special import betaincinv  # loaded when it is first needed: it costs a tenth of a second

    tail = (1 - confidence) / 2
    low = float(betaincinv(found, checked - found + 1, tail)) if found else 0.0
    high = float(betaincinv(found + 1, checked - found, 1 - tail)) if found < checked else 1.0
    return low, high
