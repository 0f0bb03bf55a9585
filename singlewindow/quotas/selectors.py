"""Reads of quotas: what may be claimed on a day, and what a declaration was allocated."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from singlewindow.quotas.rules import Figures, standing_of
from singlewindow.quotas.states import QuotaState
from singlewindow.quotas.types import QuotaStanding, StandingState, StopKind

STANDINGS_SQL = """
SELECT q.order_number, q.state, q.unit, q.origins, q.volume, q.balance, q.pending, q.critical_share, q.critical_decided,
    (SELECT min(s.kind) FROM quotas_stop s WHERE s.quota_id IN (q.id, q.parent_id) AND s.day_from <= %(on)s
        AND coalesce(s.day_to, 'infinity') >= %(on)s),
    p.state, p.volume, p.balance, p.pending, p.critical_share, p.critical_decided,
    EXISTS (SELECT FROM quotas_entry c WHERE c.declaration_id = %(declaration)s AND c.quota_id = q.id
        AND c.kind = 'claim' AND NOT EXISTS (
            SELECT FROM quotas_entry r WHERE r.kind = 'return' AND r.declaration_id = c.declaration_id
              AND r.item = c.item AND r.version = c.version AND r.quota_id = c.quota_id))
FROM quotas_quota q LEFT JOIN quotas_quota p ON p.id = q.parent_id
WHERE q.order_number = ANY(%(numbers)s) AND %(on)s BETWEEN q.period_from AND q.period_to
"""
SHARES_SQL = """
SELECT c.item, a.quantity, c.quantity FROM quotas_entry c
JOIN quotas_entry a ON a.kind = 'allocate' AND a.declaration_id = c.declaration_id AND a.item = c.item
    AND a.version = c.version AND a.quota_id = c.quota_id
WHERE c.kind = 'claim' AND NOT c.part AND c.declaration_id = %(declaration)s AND NOT EXISTS (
    SELECT FROM quotas_entry r WHERE r.kind = 'return' AND r.declaration_id = c.declaration_id AND r.item = c.item
      AND r.version = c.version AND r.quota_id = c.quota_id)
UNION ALL
SELECT item, 0, 1 FROM quotas_entry WHERE kind = 'refuse' AND declaration_id = %(declaration)s
    AND version = (SELECT max(version) FROM quotas_entry WHERE declaration_id = %(declaration)s)
"""
_SEVERITY = (
    *(StandingState.CLOSED, StandingState.BLOCKED, StandingState.EXHAUSTED, StandingState.CRITICAL),
    StandingState.OPEN,
)
"""The gravest first: of a part and its whole, the graver counts."""


def quota_standings(
    order_numbers: Iterable[str], on: date, *, declaration_id: UUID | None = None
) -> Mapping[str, QuotaStanding]:
    """How each of the quotas stands for goods accepted on a day; NONE for a number without a quota. One query.

    Args:
        declaration_id: a declaration that is being assessed: where it holds a claim already, a quota that has nothing
            left for others still stands for it, and secured until its day is settled.

    Source: docs/rules/quotas.md, QU-STA-02 to QU-STA-05.
    """
    numbers = sorted(set(order_numbers))
    if not numbers:
        return {}
    found = {number: QuotaStanding(number, StandingState.NONE, "", on) for number in numbers}
    with connection.cursor() as cursor:
        cursor.execute(STANDINGS_SQL, {"numbers": numbers, "on": on, "declaration": declaration_id})
        for number, state, unit, origins, *rest in cursor.fetchall():
            stop = StopKind(rest[5]) if rest[5] else None
            own = standing_of(Figures(*rest[:5]), state=QuotaState(state), stop=stop)
            whole = standing_of(Figures(*rest[7:12]), state=QuotaState(rest[6]), stop=stop) if rest[6] else own
            standing = min(own, whole, key=_SEVERITY.index)
            if rest[12] and standing is not StandingState.OPEN:
                standing = StandingState.CRITICAL
            found[number] = QuotaStanding(number, standing, unit, on, tuple(origins))
    return found


def quota_shares(declaration_id: UUID) -> Mapping[int, Decimal]:
    """What share of its claim each item of a declaration was allocated, 0 to 1, by item number.

    An item is absent while its day is not settled; one that could not claim has 0. One query.

    Source: docs/rules/quotas.md, QU-ALL-04.
    """
    with connection.cursor() as cursor:
        cursor.execute(SHARES_SQL, {"declaration": declaration_id})
        return {item: Decimal(granted) / Decimal(asked) for item, granted, asked in cursor.fetchall()}


def quotas_out_of_balance() -> list[UUID]:
    """Quotas whose kept figures are not the sums of their ledger; there are none unless the database was changed."""
    with connection.cursor() as cursor:
        cursor.execute(OUT_OF_BALANCE_SQL)
        return [row[0] for row in cursor.fetchall()]


OUT_OF_BALANCE_SQL = """
WITH open AS (
    SELECT c.quota_id, sum(c.demand) AS demand, sum(c.carried) AS carried FROM quotas_entry c
    WHERE c.kind = 'claim' AND NOT EXISTS (
        SELECT FROM quotas_entry o WHERE o.kind IN ('allocate', 'return') AND o.declaration_id = c.declaration_id
          AND o.item = c.item AND o.version = c.version AND o.quota_id = c.quota_id)
    GROUP BY c.quota_id
), moved AS (
    SELECT quota_id, sum(quantity) FILTER (WHERE kind = 'adjust') AS adjusted,
        sum(quantity) FILTER (WHERE kind = 'allocate') AS allocated,
        sum(quantity) FILTER (WHERE kind = 'return') AS returned,
        sum(carried) FILTER (WHERE kind = 'claim') AS carried
    FROM quotas_entry GROUP BY quota_id
), never AS (
    SELECT c.quota_id, sum(c.carried) AS carried FROM quotas_entry c
    WHERE c.kind = 'claim' AND c.carried > 0 AND NOT EXISTS (
        SELECT FROM quotas_entry a WHERE a.kind = 'allocate' AND a.declaration_id = c.declaration_id
          AND a.item = c.item AND a.version = c.version AND a.quota_id = c.quota_id)
    GROUP BY c.quota_id
)
SELECT q.id FROM quotas_quota q
LEFT JOIN open o ON o.quota_id = q.id LEFT JOIN moved m ON m.quota_id = q.id LEFT JOIN never n ON n.quota_id = q.id
WHERE q.pending <> coalesce(o.demand, 0)
   OR q.volume <> q.initial + coalesce(m.adjusted, 0)
   OR q.balance <> q.volume - coalesce(m.allocated, 0) + coalesce(m.returned, 0) - coalesce(n.carried, 0)
ORDER BY q.id
"""
