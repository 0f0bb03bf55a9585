"""How models did on declarations whose checks are over: the one in force beside those that are only watched."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from risk.types import Outcome
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock

DAYS = 90
ROWS_MOST = 20_000
TOP = 0.10
"""Share with the highest probabilities in which findings are counted."""

# A pair of a finding and a conform one is in order when the finding had the higher probability; the share of such
# pairs is the area under the curve, read from ranks.
WATCHED_SQL = """
WITH told AS (
    SELECT declaration_id, bool_or(outcome = ANY(%(findings)s)) AS found FROM risk_inspectionoutcome
    WHERE at > %(since)s GROUP BY declaration_id
), scored AS (
    SELECT DISTINCT ON (a.declaration_id) a.declaration_id, a.model_hash, a.probability, a.shadow, t.found
    FROM risk_riskassessment a JOIN told t ON t.declaration_id = a.declaration_id
    WHERE a.assessed_at > %(since)s ORDER BY a.declaration_id, a.id DESC LIMIT %(most)s
), each AS (
    SELECT model_hash AS model, probability, found FROM scored WHERE model_hash <> '' AND probability IS NOT NULL
    UNION ALL
    SELECT s.key, s.value::float8, found FROM scored, jsonb_each_text(coalesce(shadow, '{}')) s
    WHERE s.value IS NOT NULL
), ranked AS (
    SELECT model, found, probability,
        rank() OVER w + (count(*) OVER (PARTITION BY model, probability) - 1) / 2.0 AS r,
        row_number() OVER (PARTITION BY model ORDER BY probability DESC) AS place,
        count(*) OVER (PARTITION BY model) AS n
    FROM each WINDOW w AS (PARTITION BY model ORDER BY probability)
)
SELECT model, max(n), count(*) FILTER (WHERE found),
    (sum(r) FILTER (WHERE found) - count(*) FILTER (WHERE found) * (count(*) FILTER (WHERE found) + 1) / 2.0)
        / nullif(count(*) FILTER (WHERE found) * count(*) FILTER (WHERE NOT found), 0),
    count(*) FILTER (WHERE place <= ceil(n * %(top)s)), count(*) FILTER (WHERE found AND place <= ceil(n * %(top)s)),
    avg(probability)
FROM ranked GROUP BY model
"""


@dataclass(frozen=True, slots=True)
class ModelWatched:
    """What a model said of the declarations that were checked in the last days."""

    model: str
    checked: int
    found: int
    auc: float | None
    """Chance that a finding had a higher probability than a conform one; none without both."""
    top_checked: int
    top_found: int
    """Of the tenth with the highest probabilities."""
    mean: float

    @property
    def top_share(self) -> float | None:
        """Findings in that tenth."""
        return self.top_found / self.top_checked if self.top_checked else None


def models_watched(actor: Actor, *, days: int = DAYS) -> dict[str, ModelWatched]:
    """Every model that scored checked declarations of the last days, by its hash. One query.

    What was checked was chosen with the model in force, so it is at an advantage where it chose.

    Raises:
        NotPermitted: the actor may not see risk.
    """
    actor.require(Permission.VIEW_RISK)
    parameters: dict[str, Any] = {
        "since": clock.now() - timedelta(days=days),
        "most": ROWS_MOST,
        "top": TOP,
        "findings": [outcome.value for outcome in Outcome if outcome.is_finding],
    }
    with connection.cursor() as cursor:
        cursor.execute(WATCHED_SQL, parameters)
        rows = cursor.fetchall()
    return {
        model: ModelWatched(model, checked, found, float(auc) if auc is not None else None, top, top_found, float(mean))
        for model, checked, found, auc, top, top_found, mean in rows
    }
