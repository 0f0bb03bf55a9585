"""What is usual for goods, learned from what was accepted: histograms over logarithms, their medians and places.

A bucket is 5 % wide, and a quantile is the middle of its bucket: it lies within 2.5 % of the value that stands at its
place. A histogram has some hundreds of buckets at most, however much was declared.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping

from risk.types import Counts

BUCKET = math.log(1.05)
SMALLEST, LARGEST = -400, 500
"""Buckets of 3 parts in a thousand million and of 39 thousand million: beyond, a value counts as this one."""
LEARNED_FROM = 30
"""Values from which a median is told (RM-FCT-02)."""
HALVED_OVER = 20_000
"""Over so many values all counts are halved, so that what is usual follows the market (RM-FCT-03)."""
WORLD = "*"
VALUE, MASS = "value", "mass"


def bucket_of(value: float) -> int | None:
    """The bucket of a value; none of what is not above zero or not finite."""
    if not 0.0 < value < math.inf:
        return None
    return min(max(math.floor(math.log(value) / BUCKET), SMALLEST), LARGEST)


def middle_of(bucket: int) -> float:
    """The value that stands for a bucket."""
    return math.exp((bucket + 0.5) * BUCKET)


def quantile(counts: Counts, share: float) -> float | None:
    """The value under which a share of all values lies."""
    buckets, numbers = counts
    total = sum(numbers)
    wanted, passed = share * total, 0
    for bucket, number in zip(buckets, numbers, strict=True):
        passed += number
        if passed >= wanted and passed > 0:
            return middle_of(bucket)
    return None


def place(counts: Counts, value: float) -> float | None:
    """The share of all values that are smaller, from 0 to 1; of its own bucket a half counts as smaller."""
    bucket = bucket_of(value)
    buckets, numbers = counts
    total = sum(numbers)
    if bucket is None or not total:
        return None
    at = bisect_left(buckets, bucket)
    same = numbers[at] if at < len(buckets) and buckets[at] == bucket else 0
    return (sum(numbers[:at]) + same / 2) / total


def merged(counts: Counts | None, added: Mapping[int, int]) -> Counts:
    """The histogram with more values; old ones fade when there are very many."""
    found = dict(zip(*counts, strict=True)) if counts is not None else {}
    for bucket, number in added.items():
        found[bucket] = found.get(bucket, 0) + number
    if sum(found.values()) > HALVED_OVER:
        found = {bucket: number // 2 for bucket, number in found.items() if number > 1}
    ordered = sorted(found)
    return ordered, [found[bucket] for bucket in ordered]


def counted(values: Iterable[float]) -> dict[int, int]:
    """How many of some values fall into each bucket."""
    found: dict[int, int] = {}
    for value in values:
        bucket = bucket_of(value)
        if bucket is not None:
            found[bucket] = found.get(bucket, 0) + 1
    return found


def learned(goods: Mapping[tuple[str, str, str], Counts], hs6: str, origin: str, measure: str) -> Counts | None:
    """What was learned of goods of this origin, else of the whole world; none where too little was seen."""
    return goods.get((hs6, origin, measure)) or goods.get((hs6, WORLD, measure))
