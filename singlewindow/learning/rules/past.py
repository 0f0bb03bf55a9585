"""What earlier rows tell: counts, outcomes and medians of strictly earlier days, and the same at the end of a period.

Rows of one day never inform each other: on that day no outcome is known, and their order within it means nothing.
"""

from bisect import insort
from dataclasses import dataclass

import numpy as np

from singlewindow.learning.rules.keys import Keys
from singlewindow.learning.types import Floats, Ints


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows share a key, and how many of them were fraud and critical fraud; one shape for all three."""

    rows: Floats
    fraud: Floats
    critical: Floats


def counts_before(keys: Keys, day: Ints, known: Ints, fraud: Ints, critical: Ints) -> Counts:
    """For each row, the counts over the rows of the same key whose outcome was known on a strictly earlier day."""
    rows = len(keys)
    # Every row stands here twice: as one that asks on its day, and as one that tells from the end of the day on which
    # its outcome was known. On one day those that ask come first.
    tells = np.repeat([False, True], rows)
    both = np.concatenate([keys, keys])
    order = np.lexsort((tells, np.concatenate([day, known]), both))
    sorted_keys = both[order]
    begins = np.ones(2 * rows, dtype=bool)
    begins[1:] = sorted_keys[1:] != sorted_keys[:-1]
    group = np.maximum.accumulate(np.where(begins, np.arange(2 * rows), 0))
    asks = ~tells[order]
    asker, place, group_place = order[asks], np.flatnonzero(asks), group[asks]

    def before(values: Ints) -> Floats:
        told = np.concatenate([np.zeros_like(values), values])[order]
        running = np.concatenate([[0], np.cumsum(told)])
        counted = np.empty(rows, dtype=np.float64)
        counted[asker] = running[place] - running[group_place]
        return counted

    return Counts(before(np.ones(rows, dtype=np.int64)), before(fraud), before(critical))


def medians_before(keys: Keys, day: Ints, values: Floats) -> Floats:
    """For each row, the median of the values with the same key and a strictly earlier day; NaN where there is none."""
    made = np.full(len(keys), np.nan)
    group: list[float] = []
    waiting: list[float] = []
    last_key, last_day, median = -1, -1, np.nan
    order = np.lexsort((day, keys))
    for place, key, at, value in zip(
        order.tolist(), keys[order].tolist(), day[order].tolist(), values[order].tolist(), strict=True
    ):
        if key != last_key or at != last_day:
            group = group if key == last_key else []
            if key == last_key:
                for earlier in waiting:
                    insort(group, earlier)
            waiting, last_key, last_day = [], key, at
            median = _median(group)
        made[place] = median
        if value == value:  # NaN tells nothing
            waiting.append(value)
    return made


def _median(ordered: list[float]) -> float:
    half, odd = divmod(len(ordered), 2)
    if not ordered:
        return float("nan")
    return ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2


def counts_at_end(keys: Keys, fraud: Ints, critical: Ints) -> tuple[Keys, Counts]:
    """The keys in order, and the counts over all rows of each."""
    distinct, places = np.unique(keys, return_inverse=True)
    shape = len(distinct)

    def total(values: Ints) -> Floats:
        return np.bincount(places, weights=values, minlength=shape).astype(np.float64)

    return distinct, Counts(total(np.ones(len(keys), dtype=np.int64)), total(fraud), total(critical))


def medians_at_end(keys: Keys, values: Floats) -> tuple[Keys, Floats]:
    """The keys in order, and the median over all rows of each; NaN for a key without any value."""
    distinct, places = np.unique(keys, return_inverse=True)
    order = np.lexsort((values, places))  # NaN sorts last
    begins = np.searchsorted(places[order], np.arange(len(distinct)))
    sizes = np.bincount(places, weights=~np.isnan(values), minlength=len(distinct)).astype(np.int64)
    ordered = values[order]
    last = len(ordered) - 1
    low = ordered[np.minimum(begins + np.maximum(sizes - 1, 0) // 2, last)]
    high = ordered[np.minimum(begins + sizes // 2, last)]
    return distinct, np.where(sizes > 0, (low + high) / 2, np.nan)
