"""What a tax that was assessed anew leaves of the claims on it."""

from dataclasses import dataclass

from fees.types import Band, TaxKey, remitted


@dataclass(frozen=True, slots=True)
class Asking:
    """What one line of an open claim asks for."""

    line: int
    minor: int
    drawback: bool
    """A share of what was paid, because goods left again."""
    waived: bool
    """The assessment was right and is not asked for all the same."""


@dataclass(frozen=True, slots=True)
class Taking:
    """One tax before and after it was assessed anew, and what stands against it."""

    key: TaxKey
    before: int
    after: int
    bands: tuple[Band, ...]
    """What was remitted for good."""
    drawn: int
    """What was drawn back."""
    asking: tuple[Asking, ...]
    """What open claims ask for, in the order in which they were filed."""

    @property
    def remitted_after(self) -> int:
        """What of the new amount was remitted."""
        return remitted(self.bands, self.after)


def cuts(tax: Taking) -> dict[int, int]:
    """How much less each line asks for (RV-CLM-11).

    A claim that too much was charged has what the assessment fell by, as far as no remission before it did; a drawback
    asks for the same share of what is now charged, rounded down; and all together ask for no more than is left.
    """
    fallen = max(tax.before - tax.after, 0) - (remitted(tax.bands, tax.before) - tax.remitted_after)
    room = tax.after - tax.remitted_after - tax.drawn
    cut: dict[int, int] = {}
    for one in tax.asking:
        left = one.minor
        if one.drawback:
            left = min(left, left * tax.after // tax.before) if tax.before else 0
        elif not one.waived:
            met = max(min(left, fallen), 0)
            left, fallen = left - met, fallen - met
        left = min(left, max(room, 0))
        room -= left
        cut[one.line] = one.minor - left
    return cut
