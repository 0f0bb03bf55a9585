"""Reads of quotas for people: what is left, the days that were settled, changes, and how it stood on a day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from singlewindow.kernel.errors import NotFound
from singlewindow.quotas.models import Change, Quota, Run, Stop
from singlewindow.quotas.states import QuotaState
from singlewindow.quotas.types import ChangeKind, ChangeState, QuotaView, StopKind

RUNS_SHOWN = 60
NUMBER_FORM = re.compile(r"[0-9]{6}", re.ASCII)

BALANCE_SQL = """
SELECT q.initial + coalesce(sum(CASE e.kind WHEN 'adjust' THEN e.quantity WHEN 'return' THEN e.quantity
    WHEN 'allocate' THEN -e.quantity ELSE 0 END), 0),
    q.initial + coalesce(sum(e.quantity) FILTER (WHERE e.kind = 'adjust'), 0)
FROM quotas_quota q LEFT JOIN quotas_entry e ON e.quota_id = q.id AND e.at < %s
WHERE q.id = %s GROUP BY q.id
"""


@dataclass(frozen=True, slots=True)
class RunView:
    """A settled day: how much was asked for, granted and left."""

    day: date
    claims: int
    demand: Decimal
    granted: Decimal
    left: Decimal

    @property
    def percent(self) -> Decimal:
        """What part of what was asked for was granted, in per cent."""
        return self.granted * 100 / self.demand if self.demand else Decimal(100)


@dataclass(frozen=True, slots=True)
class StopView:
    """Days on which a quota is not claimed."""

    id: UUID
    kind: StopKind
    day_from: date
    day_to: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change that was proposed, and what became of it."""

    id: UUID
    kind: ChangeKind
    state: ChangeState
    content: Mapping[str, Any]
    proposed_by: str
    proposed_at: datetime


def quotas_on(on: date, *, words: str = "") -> list[QuotaView]:
    """The quotas with a period on a day, by order number; `words` narrows by number or title."""
    rows = Quota.objects.filter(period_from__lte=on, period_to__gte=on).order_by("order_number")
    if words:
        rows = rows.filter(title__icontains=words) | rows.filter(order_number__startswith=words)
    return [quota_view(row) for row in rows]


def quota_of(number: str, on: date) -> QuotaView:
    """The quota of an order number on a day; where the day has none, its period nearest before or after.

    Raises:
        NotFound: no quota has that number.
    """
    wanted = NUMBER_FORM.fullmatch(number) is not None
    rows = list(Quota.objects.filter(order_number=number).order_by("period_from")) if wanted else []
    if not rows:
        raise NotFound
    began = [row for row in rows if row.period_from <= on]
    return quota_view(began[-1] if began else rows[0])


def quota_view(row: Quota) -> QuotaView:
    """A row as a value."""
    return QuotaView(
        id=row.pk,
        order_number=row.order_number,
        title=row.title,
        law=row.law,
        period_from=row.period_from,
        period_to=row.period_to,
        unit=row.unit,
        initial=row.initial,
        volume=row.volume,
        balance=row.balance,
        pending=row.pending,
        state=QuotaState(row.state),
        critical_share=row.critical_share,
        critical_decided=row.critical_decided,
        origins=tuple(row.origins),
        parent_id=row.parent_id,
        last_day=row.settled_to,
        last_change_at=row.changed_at,
    )


def runs_of(quota_id: UUID, *, size: int = RUNS_SHOWN) -> list[RunView]:
    """The days that were settled, newest first."""
    rows = Run.objects.filter(quota_id=quota_id).exclude(done_at=None).order_by("-day")[:size]
    return [RunView(row.day, row.claims, row.demand, row.granted, row.left or Decimal(0)) for row in rows]


def days_waiting(quota_id: UUID) -> list[date]:
    """The days with claims that are not settled yet."""
    rows = Run.objects.filter(quota_id=quota_id, done_at=None).order_by("day")
    return list(rows.values_list("day", flat=True))


def stops_of(quota_id: UUID) -> list[StopView]:
    """Blocks and suspensions, newest first."""
    rows = Stop.objects.filter(quota_id=quota_id).order_by("-day_from")
    return [StopView(row.pk, StopKind(row.kind), row.day_from, row.day_to, row.reason) for row in rows]


def changes_of(quota_id: UUID) -> list[ChangeView]:
    """What was proposed to change, newest first."""
    rows = Change.objects.filter(quota_id=quota_id).order_by("-pk")[:RUNS_SHOWN]
    return [
        ChangeView(row.pk, ChangeKind(row.kind), ChangeState(row.state), row.content, row.proposed_by, row.proposed_at)
        for row in rows
    ]


def balance_as_of(quota_id: UUID, day: date) -> tuple[Decimal, Decimal]:
    """Balance and volume at the end of a day (UTC), from the ledger; what open claims kept counts as granted."""
    end = datetime.combine(day + timedelta(days=1), time(), UTC)
    with connection.cursor() as cursor:
        cursor.execute(BALANCE_SQL, [end, quota_id])
        row = cursor.fetchone()
    if row is None:
        raise NotFound
    return row[0], row[1]


def quotas_like(quota: QuotaView) -> list[QuotaView]:
    """The other quotas, of any period that is not settled, that are kept in the same unit."""
    rows = Quota.objects.filter(unit=quota.unit).exclude(pk=quota.id).exclude(state=QuotaState.CLOSED.value)
    return [quota_view(row) for row in rows.order_by("order_number", "period_from")]
