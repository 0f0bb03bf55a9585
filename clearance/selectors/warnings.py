"""The warnings of the targeting desk, and how long taking note takes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from clearance.models import EarlyWarning
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.errors import FormatRefused, NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIGURES_DAYS = 30
FIGURES_SQL = """
SELECT count(*) FILTER (WHERE acknowledged_at IS NULL AND lifted_at IS NULL),
    count(*) FILTER (WHERE escalated_at IS NOT NULL AND acknowledged_at IS NULL AND lifted_at IS NULL),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM acknowledged_at - raised_at)),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM acknowledged_at - raised_at)),
    percentile_cont(0.9) WITHIN GROUP (ORDER BY seconds) FILTER (WHERE kind = 'arrival')
FROM clearance_warning WHERE raised_at > %s
"""


@dataclass(frozen=True, slots=True)
class WarningFigures:
    """Of the last thirty days."""

    waiting: int
    escalated: int
    median: timedelta | None
    """From warning to taking note."""
    p90: timedelta | None
    lodging_p90: timedelta | None
    """From lodging to warning, of goods on their way."""


def warning_page_for(actor: Actor, *, show: str = "", cursor: str = "", size: int = PAGE_SIZE) -> Page[EarlyWarning]:
    """What waits for somebody to take note, deadline first; with `all`, every warning, the newest first.

    Raises:
        NotFound: the actor does not work at the targeting desk.
        FormatRefused: the cursor was not made by this list.
    """
    rows = _rows_for(actor)
    if show == "all":
        if cursor:
            at, last = _keys(cursor)
            rows = rows.filter(Q(raised_at__lt=at) | Q(raised_at=at, pk__lt=last))
        found = list(rows.order_by("-raised_at", "-pk")[: size + 1])
        return page_of(found, size, lambda row: (_micros(row.raised_at), str(row.pk)))
    rows = rows.filter(acknowledged_at=None, lifted_at=None)
    if cursor:
        at, last = _keys(cursor)
        rows = rows.filter(Q(due_at__gt=at) | Q(due_at=at, pk__gt=last))
    found = list(rows.order_by("due_at", "pk")[: size + 1])
    return page_of(found, size, lambda row: (_micros(row.due_at), str(row.pk)))


def warning_figures(actor: Actor) -> WarningFigures:
    """How many wait, and how long it takes; one query. Raises NotFound."""
    if not actor.may(Permission.ENTRY_ASSESS):
        raise NotFound
    with connection.cursor() as cursor:
        cursor.execute(FIGURES_SQL, [clock.now() - timedelta(days=FIGURES_DAYS)])
        waiting, escalated, *seconds = cursor.fetchone() or (0, 0, None, None, None)
    median, p90, lodging = (timedelta(seconds=round(float(one))) if one is not None else None for one in seconds)
    return WarningFigures(waiting, escalated, median, p90, lodging)


def warnings_of(declaration_id: UUID) -> list[EarlyWarning]:
    """The warnings of a declaration, oldest first; the caller has established who may read them."""
    return list(EarlyWarning.objects.filter(declaration_id=declaration_id).order_by("raised_at", "pk"))


def _rows_for(actor: Actor) -> QuerySet[EarlyWarning]:
    if not actor.may(Permission.ENTRY_ASSESS):
        raise NotFound
    return EarlyWarning.objects.all()


def _micros(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _keys(cursor: str) -> tuple[datetime, UUID]:
    microseconds, last = cursor_decode(cursor, int, str)
    try:
        return _EPOCH + timedelta(microseconds=int(microseconds)), UUID(str(last))
    except (ValueError, OverflowError) as error:
        raise FormatRefused("The cursor was not made by this list; start again without it.", code="cursor") from error
