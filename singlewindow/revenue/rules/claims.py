"""What must hold before money is given back: the ground, the time, the sum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from singlewindow.kernel.errors import Violation
from singlewindow.reference.revenue import RepaymentReason
from singlewindow.revenue.types import ClaimKind

TEXT_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class LineAsked:
    """What is asked back of one tax of one item."""

    item: int
    tax_type: str
    minor: int


@dataclass(frozen=True, slots=True)
class LinePaid:
    """What was assessed of it, and by whom it was received."""

    item: int
    tax_type: str
    authority: str
    minor: int


def years_later(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March, so that no right is lost."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def ground_findings(kind: ClaimKind, code: str, text: str, reason: RepaymentReason | None) -> list[Violation]:
    """RV-CLM-01: a ground that the law knows for this, and the facts in words."""
    found = []
    if reason is None or kind.value not in reason.kinds:
        sentence = "This is no ground on which it can be claimed."
        found.append(Violation("RV-CLM-01", "/reason_code", sentence, "Choose one of the list.", code))
    if not text.strip() or len(text) > TEXT_LENGTH:
        sentence = f"Say in 1 to {TEXT_LENGTH} characters what happened."
        found.append(Violation("RV-CLM-01", "/text", sentence, "Describe the facts."))
    return found


def time_findings(released_on: date | None, today: date, years: int) -> list[Violation]:
    """RV-CLM-02: the time limit, counted from release."""
    if released_on is None:
        return [Violation("RV-CLM-03", "/declaration", "The goods were not released.", "Wait for their release.")]
    last = years_later(released_on, years)
    if today <= last:
        return []
    sentence = f"It could be claimed until {last.isoformat()}, {years} years after release."
    return [Violation("RV-CLM-02", "/declaration", sentence, value=released_on.isoformat())]


def line_findings(asked: Sequence[LineAsked], paid: Mapping[tuple[int, str], LinePaid]) -> list[Violation]:
    """RV-CLM-04, RV-CLM-05: each line was charged, once in the claim, and no more is asked than was paid."""
    found, seen = [], set()
    if not asked:
        found.append(Violation("RV-CLM-04", "/lines", "Nothing is asked back.", "Name the taxes and amounts."))
    for index, line in enumerate(asked):
        pointer, key = f"/lines/{index}", (line.item, line.tax_type)
        known = paid.get(key)
        if known is None or key in seen:
            why = "It stands in the claim twice." if key in seen else "No such tax was charged on this item."
            found.append(Violation("RV-CLM-04", pointer, why, "Name a tax of the notice, once.", line.tax_type))
        elif line.minor <= 0:
            found.append(Violation("RV-CLM-04", f"{pointer}/amount", "It is not more than nothing.", "Correct it."))
        elif line.minor > known.minor:
            sentence = "It is more than was paid."
            found.append(Violation("RV-CLM-05", f"{pointer}/amount", sentence, "Claim what was paid, or less."))
        seen.add(key)
    return found
