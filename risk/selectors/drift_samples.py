"""Samples of what was scored, for the watch on drift: bounded, whatever was scored in the time."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from risk.rules.record import FIELDS, Kind, Record, record_from
from risk.types import Stage

SAMPLE = 3_000
"""Results that stand for a time."""
ITEMS = 3
"""Items of a declaration that are looked at: the first ones."""
UNWATCHED = frozenset(
    {
        "lodged_weekday",  # one day against sixty differs by itself
        "trader_known_days",  # these grow as time goes by, whatever is declared
        "partner_known_days",
        "declarant_known_days",
        "registered_days",
        "goods_seen",
    }
)
"""Fields in which a difference tells nothing."""

COUNT_SQL = """
SELECT count(*) FROM risk_riskassessment WHERE assessed_at >= %(start)s AND assessed_at < %(end)s AND stage = %(stage)s
"""
# A long time is sampled by pages of the table, which only grows; a short one by its index, every row with its number.
ROWS_SQL = """
SELECT score::float8, probability, record FROM risk_riskassessment {sample}
WHERE assessed_at >= %(start)s AND assessed_at < %(end)s AND stage = %(stage)s AND record IS NOT NULL
  AND hashtextextended(id::text, 0) %% %(every)s = 0
"""


@dataclass(slots=True)
class Sample:
    """The values of every watched subject in a time."""

    n: int = 0
    """Results of the time, in the sample or not."""
    numbers: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    codes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def scored_count(start: datetime, end: datetime) -> int:
    """How many declarations were scored at acceptance in a time."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT_SQL, {"start": start, "end": end, "stage": Stage.ACCEPTANCE.value})
        return int(cursor.fetchone()[0])


def sample_of(start: datetime, end: datetime, *, seed: int, most: int = SAMPLE, by_pages: bool = False) -> Sample:
    """What was scored at acceptance in a time, at most about `most` of it, the same for the same seed."""
    made = Sample(n=scored_count(start, end))
    parameters: dict[str, Any] = {"start": start, "end": end, "stage": Stage.ACCEPTANCE.value, "every": 1}
    sample = ""
    if by_pages and made.n > 4 * most:
        sample = "TABLESAMPLE SYSTEM (%(percent)s) REPEATABLE (%(seed)s)"
        parameters |= {"percent": 100 * most / made.n, "seed": seed}
    else:
        parameters["every"] = max(made.n // most, 1)
    with connection.cursor() as cursor:
        cursor.execute(ROWS_SQL.format(sample=sample), parameters)
        for score, probability, stored in cursor:
            made.numbers["score"].append(score)
            if probability is not None:
                made.numbers["probability"].append(probability)
            _add(made, record_from(orjson.loads(bytes(stored))))
    return made


def _add(made: Sample, record: Record) -> None:
    for number, values in enumerate((record.header, *record.items[:ITEMS])):
        for name, known in FIELDS.items():
            if known.item != (number > 0) or name in UNWATCHED:
                continue
            value = values.get(name)
            if known.kind is Kind.NUMBER:
                if isinstance(value, float | int):
                    made.numbers[name].append(value)
            elif isinstance(value, list):
                made.codes[name].extend(map(str, value))
            else:
                made.codes[name].append("" if value is None else str(value))
