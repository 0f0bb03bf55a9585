"""What a replay reads: the boundaries of its parts, and the declarations of one part with all that is known of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from declarations.selectors import release_seconds_of
from risk.rules.record import Record, record_from
from risk.rules.replay import rule_lines_of
from risk.rules.replay_scores import REPLAYED, Past
from risk.rules.replay_sums import CONFORM, FOUND, SLIP, Known
from risk.rules.rule_set import CompiledRuleSet
from risk.selectors.engine import probabilities_of
from risk.types import Lane, Outcome

# The ends of stretches of so many rows, in the order of time; only the first and the last of each leave the database.
BOUNDS_SQL = """
WITH chunk AS (
    SELECT assessed_at, id, row_number() OVER (ORDER BY assessed_at, id) - 1 AS n FROM (
        SELECT assessed_at, id FROM risk_riskassessment
        WHERE assessed_at >= %(from_at)s AND assessed_at < %(until)s AND (assessed_at, id) > (%(from_at)s, %(after)s)
          AND stage = ANY(%(stages)s) AND record IS NOT NULL
        ORDER BY assessed_at, id LIMIT %(limit)s) AS next)
SELECT assessed_at, id, n FROM chunk
WHERE n %% %(size)s IN (0, %(size)s - 1) OR n = (SELECT max(n) FROM chunk) ORDER BY n
"""

# A later result of the same declaration in the period takes the place of an earlier one.
ROWS_SQL = """
SELECT a.declaration_id, a.assessed_at, a.office, a.lane, a.reasons, a.record, a.model_hash, a.probability, a.shadow
FROM risk_riskassessment a
WHERE a.assessed_at BETWEEN %(first_at)s AND %(last_at)s
  AND (a.assessed_at, a.id) >= (%(first_at)s, %(first_id)s) AND (a.assessed_at, a.id) <= (%(last_at)s, %(last_id)s)
  AND a.stage = ANY(%(stages)s) AND a.record IS NOT NULL
  AND NOT EXISTS (
    SELECT 1 FROM risk_riskassessment b
    WHERE b.declaration_id = a.declaration_id AND (b.assessed_at, b.id) > (a.assessed_at, a.id)
      AND b.assessed_at < %(until)s AND b.stage = ANY(%(stages)s) AND b.record IS NOT NULL)
ORDER BY a.assessed_at, a.id
"""

# Several checks of one declaration are one: something was found if any found it, and what they found is added.
KNOWN_SQL = """
SELECT declaration_id, bool_or(outcome = ANY(%(findings)s)), bool_and(outcome = %(conform)s),
       sum(revenue_delta_minor)::bigint, max(propensity)
FROM risk_inspectionoutcome WHERE declaration_id = ANY(%(ids)s) AND at < %(known_until)s GROUP BY 1
"""
FINDINGS = [outcome.value for outcome in Outcome if outcome.is_finding]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a period: from one result to another, both included, in the order of time."""

    first_at: datetime
    first_id: UUID
    last_at: datetime
    last_id: UUID
    rows: int


def stretches(*, from_at: datetime, after: UUID, until: datetime, size: int, limit: int) -> list[Stretch]:
    """The next stretches of a period after a result, of `size` rows each; fewer than `limit` rows: it is the end."""
    parameters: dict[str, Any] = {
        "from_at": from_at,
        "after": after,
        "until": until,
        "stages": list(REPLAYED),
        "size": size,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(BOUNDS_SQL, parameters)
        ends = cursor.fetchall()
    found: list[Stretch] = []
    first = None
    for place, end in enumerate(ends):
        first = first or end
        if end[2] % size == size - 1 or place == len(ends) - 1:
            found.append(Stretch(first[0], first[1], end[0], end[1], end[2] - first[2] + 1))
            first = None
    return found


def part_read(
    stretch: Stretch, *, until: datetime, known_until: datetime, rules: Sequence[CompiledRuleSet]
) -> list[Past]:
    """The declarations of a part: three queries, and one pass of each model that did not score them before.

    Args:
        known_until: what was found or released later is not known; so a run can be made again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            ROWS_SQL,
            {
                "first_at": stretch.first_at,
                "first_id": stretch.first_id,
                "last_at": stretch.last_at,
                "last_id": stretch.last_id,
                "until": until,
                "stages": list(REPLAYED),
            },
        )
        rows = cursor.fetchall()
        ids = [row[0] for row in rows]
        known = _known(cursor, ids, known_until)
    released = release_seconds_of(ids, before=known_until)
    records = [record_from(orjson.loads(row[5])) for row in rows]
    probabilities = _probabilities(rows, records, rules)
    return [
        Past(
            declaration_id=row[0],
            on=row[1].astimezone(UTC).date(),
            office=row[2],
            lane=Lane(row[3]),
            record=record,
            lines=rule_lines_of(orjson.loads(row[4])),
            probabilities=by_side,
            release_s=released.get(row[0]),
            known=known.get(row[0]),
        )
        for row, record, by_side in zip(rows, records, zip(*probabilities, strict=True), strict=True)
    ]


def _known(cursor: Any, ids: Sequence[UUID], known_until: datetime) -> dict[UUID, Known]:
    parameters = {"findings": FINDINGS, "conform": Outcome.CONFORM.value, "ids": ids, "known_until": known_until}
    cursor.execute(KNOWN_SQL, parameters)
    return {
        declaration_id: Known(FOUND if found else CONFORM if conform else SLIP, revenue, Decimal(propensity))
        for declaration_id, found, conform, revenue, propensity in cursor.fetchall()
    }


def _probabilities(
    rows: Sequence[Sequence[Any]], records: Sequence[Record], rules: Sequence[CompiledRuleSet]
) -> list[list[float | None]]:
    """By side, the probability of each declaration: as it was stored where that model scored it, else scored now."""
    found: dict[str, list[float | None]] = {"": [None] * len(rows)}
    for model in {one.model for one in rules} - {""}:
        stored = [_stored(model, row) for row in rows]
        missing = [place for place, probability in enumerate(stored) if probability is None]
        if missing:
            days = [rows[place][1].astimezone(UTC).date() for place in missing]
            made = probabilities_of(model, [records[place] for place in missing], days)
            for place, probability in zip(missing, made, strict=True):
                stored[place] = probability
        found[model] = stored
    return [found[one.model] for one in rules]


def _stored(model: str, row: Sequence[Any]) -> float | None:
    if row[6] == model and row[7] is not None:
        return float(row[7])
    shadow: Mapping[str, float] = orjson.loads(row[8]) if row[8] else {}
    return shadow.get(model)
