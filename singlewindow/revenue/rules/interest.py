"""Simple interest by the day, at dated rates, rounded once."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Protocol

from singlewindow.kernel.money import quantize
from singlewindow.revenue.types import Interest, InterestPart

DAY = timedelta(days=1)
YEARS = {"ACT/365": 365, "ACT/360": 360}
ACTUAL = "ACT/ACT"


class Rated(Protocol):
    """A yearly rate from a day on."""

    @property
    def valid_from(self) -> date:
        """Its first day."""

    @property
    def rate(self) -> Decimal:
        """As a share of one."""


def interest_on(
    principal: Decimal, currency: str, *, first: date, last: date, rates: Sequence[Rated], day_count: str
) -> Interest:
    """Interest on a sum for the days from the first to the last, both counted; a span of no days is nothing.

    A day counts at the rate in force on it. Every part is exact; only their sum is rounded, half up, to the minor unit.

    Source: docs/rules/revenue.md, RV-INT-01 to RV-INT-03.

    Raises:
        ValueError: the day count is unknown, or no rate is in force on the first day.
    """
    parts = [_part(principal, span, rates, day_count) for span in _spans(first, last, rates, day_count)]
    total = sum((part.amount for part in parts), Decimal(0))
    return Interest(principal, currency, day_count, tuple(parts), quantize(total, currency))


def _spans(first: date, last: date, rates: Sequence[Rated], day_count: str) -> Iterator[tuple[date, date]]:
    """The days cut where a rate begins, and with the actual year also where a year begins."""
    if last < first:
        return
    cuts = {rate.valid_from for rate in rates}
    if day_count == ACTUAL:
        cuts |= {date(year, 1, 1) for year in range(first.year + 1, last.year + 1)}
    edges = [first, *sorted(cut for cut in cuts if first < cut <= last), last + DAY]
    for begin, end in pairwise(edges):
        yield begin, end - DAY


def _part(principal: Decimal, span: tuple[date, date], rates: Sequence[Rated], day_count: str) -> InterestPart:
    first, last = span
    known = [rate for rate in rates if rate.valid_from <= first]
    if not known:
        raise ValueError(f"no rate of interest is in force on {first}")
    rate = max(known, key=lambda one: one.valid_from).rate
    days = (last - first).days + 1
    year = _year(first, day_count)
    return InterestPart(first, last, days, rate, year, principal * rate * days / year)


def _year(on: date, day_count: str) -> int:
    if day_count == ACTUAL:
        return (date(on.year + 1, 1, 1) - date(on.year, 1, 1)).days
    if day_count not in YEARS:
        raise ValueError(f"{day_count} is no day count")
    return YEARS[day_count]
