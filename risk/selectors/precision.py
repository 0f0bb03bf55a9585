"""How often the engine is right, by the share of trade that it puts first: what the analyst's curve shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from risk.rules.learning import Share, wilson
from risk.types import Outcome
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock

SHARES = (0.01, 0.02, 0.05, 0.10, 0.20, 0.50, 1.0)
DAYS = 90
ROWS_MOST = 20_000
"""The newest declarations that are looked at: the page stays quick, whatever is filed."""

CURVE_SQL = """
WITH seen AS (
    SELECT id, declaration_id, score FROM risk_riskassessment
    WHERE assessed_at > %(since)s AND stage = 'acceptance' ORDER BY assessed_at DESC LIMIT %(most)s
), ranked AS (
    SELECT declaration_id, row_number() OVER (ORDER BY score DESC, id) AS place, count(*) OVER () AS n FROM seen
), told AS (
    SELECT declaration_id, bool_or(outcome = ANY(%(findings)s)) AS found FROM risk_inspectionoutcome
    WHERE declaration_id IN (SELECT declaration_id FROM seen) GROUP BY declaration_id
)
SELECT s.share, count(*), count(t.found), count(*) FILTER (WHERE t.found)
FROM unnest(%(shares)s::float8[]) AS s(share)
JOIN ranked r ON r.place <= ceil(r.n * s.share) LEFT JOIN told t ON t.declaration_id = r.declaration_id
GROUP BY s.share ORDER BY s.share
"""


@dataclass(frozen=True, slots=True)
class PrecisionPoint:
    """What is known of the declarations with the highest scores, up to a share of all."""

    share: float
    declarations: int
    checked: int
    found: int
    precision: Share | None
    """Of those checked; what was never checked is not known."""


def precision_curve(actor: Actor, *, days: int = DAYS, shares: Sequence[float] = SHARES) -> list[PrecisionPoint]:
    """Precision among the checked of the highest scores, at rising shares of all accepted declarations. One query.

    Source: docs/rules/risk.md, RM-LRN-02.

    Raises:
        NotPermitted: the actor may not see risk.
    """
    actor.require(Permission.VIEW_RISK)
    parameters: dict[str, Any] = {
        "since": clock.now() - timedelta(days=days),
        "most": ROWS_MOST,
        "findings": [outcome.value for outcome in Outcome if outcome.is_finding],
        "shares": list(shares),
    }
    with connection.cursor() as cursor:
        cursor.execute(CURVE_SQL, parameters)
        rows = cursor.fetchall()
    return [PrecisionPoint(share, seen, checked, found, wilson(found, checked)) for share, seen, checked, found in rows]
