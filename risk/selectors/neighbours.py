"""The nearest earlier cases: declarations that were checked, most like this one, and how they ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import log
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

from risk.models import RiskAssessment
from risk.rules.record import FIELDS, Record, Values, record_from
from risk.types import Outcome
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound

SHOWN = 5
READ_MOST, READ_FEW = 120, 40
"""Checked declarations that are compared: the newest of the same heading, and of the same trader."""
HEADER = {"trader": 2.0, "partner": 2.0, "dispatch": 1.0, "mode": 0.5}
ITEM = {"hs6": 3.0, "origin": 2.0, "procedure": 1.0, "preference": 0.5}
"""What it counts that two declarations differ in a field."""
RATIO, RATIO_MOST = 1.5, 3.0
"""What a factor of e between two ratios of unit value counts, and at most."""
FARTHEST = sum(HEADER.values()) + sum(ITEM.values()) + RATIO_MOST

# Both branches read an index of what checks found, newest first, so the cost does not grow with the past.
NEAR_SQL = """
SELECT DISTINCT ON (o.declaration_id) o.declaration_id, o.outcome, o.at, o.revenue_delta_minor, a.record FROM (
    (SELECT id FROM risk_inspectionoutcome WHERE hs4 = %(hs4)s AND at < %(before)s ORDER BY at DESC LIMIT %(most)s)
    UNION
    (SELECT id FROM risk_inspectionoutcome WHERE trader = %(trader)s AND at < %(before)s ORDER BY at DESC LIMIT %(few)s)
) near JOIN risk_inspectionoutcome o USING (id) JOIN risk_riskassessment a ON a.id = o.assessment_id
WHERE o.declaration_id <> %(declaration)s AND a.record IS NOT NULL ORDER BY o.declaration_id, o.at DESC
"""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An earlier declaration that was checked, and how it ended."""

    declaration_id: UUID
    alike: int
    """0 to 100."""
    same: tuple[str, ...]
    """Fields of the record that are the same, the weightiest first."""
    outcome: Outcome
    revenue_delta_minor: int
    at: datetime


def neighbours_for(actor: Actor, declaration_id: UUID, *, shown: int = SHOWN) -> list[Neighbour]:
    """The nearest earlier cases of the newest result of a declaration, the most alike first. Two queries.

    Only what was checked before the declaration was scored counts: the officer sees what the engine could have seen.

    Raises:
        NotFound: there is no result, or the actor may not see risk; both look the same.
    """
    if not actor.may(Permission.VIEW_RISK):
        raise NotFound
    row = (
        RiskAssessment.objects.filter(declaration_id=declaration_id)
        .order_by("-id")
        .values_list("assessed_at", "record")
        .first()
    )
    if row is None:
        raise NotFound
    return neighbours_of(declaration_id, *row, shown=shown)


def neighbours_of(
    declaration_id: UUID, before: datetime, stored: bytes | memoryview | None, *, shown: int = SHOWN
) -> list[Neighbour]:
    """The nearest earlier cases of a result that was read already, by its instant and its stored record. One query."""
    if stored is None:
        return []
    record = record_from(orjson.loads(bytes(stored)))
    return sorted(_near(record, declaration_id, before), key=lambda one: (-one.alike, -one.at.timestamp()))[:shown]


def _near(record: Record, declaration_id: UUID, before: datetime) -> list[Neighbour]:
    main = main_of(record)
    parameters: dict[str, Any] = {
        "hs4": str(main.get("hs6", ""))[:4],
        "trader": record.header.get("trader", ""),
        "before": before,
        "declaration": declaration_id,
        "most": READ_MOST,
        "few": READ_FEW,
    }
    with connection.cursor() as cursor:
        cursor.execute(NEAR_SQL, parameters)
        rows = cursor.fetchall()
    return [_neighbour(record, main, row) for row in rows]


def _neighbour(record: Record, main: Values, row: Sequence[Any]) -> Neighbour:
    declaration_id, outcome, at, revenue, stored = row
    other = record_from(orjson.loads(bytes(stored)))
    alike, same = likeness(record.header, main, other.header, main_of(other))
    return Neighbour(declaration_id, alike, same, Outcome(outcome), revenue, at)


def main_of(record: Record) -> Values:
    """The item of the greatest mass, which speaks for the declaration."""
    return max(record.items, key=lambda item: float(item.get("net_mass", 0.0)), default={})  # type: ignore[arg-type]


def field_label(name: str) -> str:
    """What a field of the record is called, in English; pages translate it."""
    return FIELDS[name].label if name in FIELDS else name


def likeness(header: Values, item: Values, other_header: Values, other_item: Values) -> tuple[int, tuple[str, ...]]:
    """How much alike two declarations are, 0 to 100, and in which fields they are the same."""
    far, same = 0.0, []
    pairs = [(name, weight, header, other_header) for name, weight in HEADER.items()]
    pairs += [(name, weight, item, other_item) for name, weight in ITEM.items()]
    for name, weight, one, another in pairs:
        mine, theirs = one.get(name), another.get(name)
        if mine is not None and mine == theirs:
            same.append((weight, name))
        elif name == "hs6" and str(mine)[:4] == str(theirs)[:4]:
            far += weight / 3
        else:
            far += weight
    far += _ratio_far(item.get("unit_value_ratio"), other_item.get("unit_value_ratio"))
    return round(100 * (1 - far / FARTHEST)), tuple(name for _, name in sorted(same, key=lambda one: -one[0]))


def _ratio_far(mine: object, theirs: object) -> float:
    if not isinstance(mine, float) or not isinstance(theirs, float) or mine <= 0 or theirs <= 0:
        return RATIO_MOST / 2
    return min(abs(log(mine / theirs)) * RATIO, RATIO_MOST)
