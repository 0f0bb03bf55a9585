"""The platform's own labelled rows: what was known of a declaration when it was scored, and what its check found."""

from datetime import date, datetime
from itertools import chain
from typing import Any

import numpy as np
import orjson
from django.db import connection

from risk.rules.frame import frame_of_rows, is_critical, rows_of
from risk.rules.record import record_from
from risk.types import Outcome
from singlewindow.kernel import clock
from singlewindow.kernel.money import minor_unit
from singlewindow.learning.types import LabelledFrame
from singlewindow.reference import selectors as reference

DECLARATIONS_MAX = 100_000
"""The newest so many checked declarations: learning stays within minutes and memory whatever the past."""
WEIGHT_MAX = 20.0
"""A row stands for so many at most, so that one rare pick does not outweigh all others."""

# The newest outcome of each declaration: an examination that follows a check of documents corrects it.
OUTCOMES_SQL = """
SELECT a.assessed_at, a.record, o.outcome, o.revenue_delta_minor, o.propensity, o.at
FROM (
    SELECT DISTINCT ON (declaration_id) declaration_id, assessment_id, outcome, revenue_delta_minor, propensity, at
    FROM risk_inspectionoutcome WHERE at < %(until)s AND assessment_id IS NOT NULL
    ORDER BY declaration_id, at DESC, id DESC
) o JOIN risk_riskassessment a ON a.id = o.assessment_id
WHERE a.record IS NOT NULL ORDER BY o.at DESC LIMIT %(most)s
"""


def outcomes_frame(until: date | datetime, *, most: int = DECLARATIONS_MAX) -> LabelledFrame:
    """The item rows of declarations that were checked before `until`, with what the check found.

    Every row has only what was known when it was scored: its columns come from the record that was stored then. Its
    outcome counts for others from the day after it was known. An item takes the outcome of its declaration; its weight
    is the inverse of the chance of the check, at most 20, shared by the items. Revenue is in the country's currency,
    shared alike.

    Source: RM-LRN-06.
    """
    digits = minor_unit(reference.profile(clock.today()).currency)
    with connection.cursor() as cursor:
        cursor.execute(OUTCOMES_SQL, {"until": until, "most": most})
        found = [_labelled(digits, *row) for row in cursor]
    found.reverse()
    rows = [row for part in found for row in part[0]]
    columns = list(chain.from_iterable([part[1]] * len(part[0]) for part in found))
    labels = np.array(columns, dtype=np.float64).reshape(len(rows), 5)
    return LabelledFrame(
        rows=frame_of_rows(rows),
        fraud=labels[:, 0].astype(np.int64),
        critical=labels[:, 1].astype(np.int64),
        revenue=labels[:, 2],
        weight=labels[:, 3],
        known=labels[:, 4].astype(np.int64),
    )


def _labelled(
    digits: int,
    assessed_at: datetime,
    stored: memoryview | bytes,
    outcome: str,
    revenue_minor: int,
    propensity: Any,
    known_at: datetime,
) -> tuple[list[dict[str, Any]], tuple[float, float, float, float, float]]:
    """The rows of one declaration, and the labels that each of them bears."""
    rows = rows_of(record_from(orjson.loads(bytes(stored))), assessed_at.date())
    found, shares = Outcome(outcome), max(len(rows), 1)
    weight = min(1 / float(propensity), WEIGHT_MAX) if propensity else 1.0
    return rows, (
        float(found.is_finding),
        float(is_critical(found, revenue_minor)),
        revenue_minor / 10**digits / shares,
        weight / shares,
        float(known_at.date().toordinal()),
    )
