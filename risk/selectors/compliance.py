"""The published estimate of non-compliance: from the control sample alone, by month and by quarter."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from risk.rules.estimate import Estimate, estimate_of
from risk.types import Outcome
from singlewindow.kernel import clock

MONTHS = 36
"""Months that are published."""
FINDINGS = [outcome.value for outcome in Outcome if outcome.is_finding]

# A declaration is drawn once, by its id and the month of its lodging; stages repeat the same draw. Only what was
# accepted is trade: what was never presented is left out.
SAMPLE_SQL = """
SELECT s.sample_period, count(*), count(o.checked), count(*) FILTER (WHERE o.found)
FROM (SELECT DISTINCT ON (declaration_id) declaration_id, sample_period FROM risk_riskassessment
      WHERE control AND stage <> 'arrival' AND assessed_at >= %(since)s ORDER BY declaration_id, id) s
LEFT JOIN LATERAL (
    SELECT true AS checked, bool_or(outcome = ANY(%(findings)s)) AS found
    FROM risk_inspectionoutcome WHERE declaration_id = s.declaration_id HAVING count(*) > 0) o ON true
WHERE s.sample_period >= %(first)s AND s.sample_period < %(now)s
GROUP BY s.sample_period ORDER BY s.sample_period DESC
"""


def compliance_months() -> list[Estimate]:
    """The estimate of each month that has ended, newest first; drawn ones that were not checked are counted as such."""
    return [
        estimate_of(period, drawn=drawn, checked=checked, found=found) for period, drawn, checked, found in _counts()
    ]


def compliance_quarters() -> list[Estimate]:
    """The same of each quarter that has ended, from the counts of its months."""
    sums: dict[str, list[int]] = {}
    for period, *counts in _counts():
        quarter = quarter_of(period)
        kept = sums.setdefault(quarter, [0, 0, 0])
        sums[quarter] = [a + b for a, b in zip(kept, counts, strict=True)]
    running = quarter_of(f"{clock.now():%Y-%m}")
    return [
        estimate_of(quarter, drawn=drawn, checked=checked, found=found)
        for quarter, (drawn, checked, found) in sums.items()
        if quarter != running
    ]


def quarter_of(period: str) -> str:
    """The quarter of a month: `2026-Q4` of `2026-11`."""
    year, month = period.split("-")
    return f"{year}-Q{(int(month) + 2) // 3}"


def _counts() -> Iterator[tuple[str, int, int, int]]:
    now = clock.now()
    months = now.year * 12 + now.month - 1 - MONTHS
    first = f"{months // 12:04}-{months % 12 + 1:02}"
    parameters: dict[str, Any] = {"since": f"{first}-01", "first": first, "now": f"{now:%Y-%m}", "findings": FINDINGS}
    with connection.cursor() as cursor:
        cursor.execute(SAMPLE_SQL, parameters)
        yield from cursor.fetchall()
