"""Reads of webhooks: endpoints of an organisation, their log, and how they fare."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.errors import FormatRefused, NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of
from singlewindow.webhooks.models import Attempt, Delivery, WebhookEndpoint
from singlewindow.webhooks.states import DeliveryState

HEALTH_SQL = """
SELECT hour, coalesce(sum(good), 0), coalesce(sum(bad), 0)
FROM generate_series(date_trunc('hour', %(now)s::timestamptz) - interval '23 hours',
                     date_trunc('hour', %(now)s::timestamptz), interval '1 hour') AS hour
LEFT JOIN (
    SELECT date_trunc('hour', a.at) AS at, (a.error = '')::int AS good, (a.error <> '')::int AS bad
    FROM webhooks_attempt a JOIN webhooks_delivery d ON d.id = a.delivery_id
    WHERE d.endpoint_id = %(endpoint)s AND a.at > %(now)s::timestamptz - interval '24 hours'
) AS tries ON tries.at = hour
GROUP BY hour ORDER BY hour
"""
COUNTS_SQL = """
SELECT e.id, count(d.id) FILTER (WHERE d.state = 'PENDING'), count(d.id) FILTER (WHERE d.state = 'FAILED')
FROM unnest(%s::uuid[]) AS e(id)
LEFT JOIN webhooks_delivery d ON d.endpoint_id = e.id AND d.state IN ('PENDING', 'FAILED')
GROUP BY e.id
"""


@dataclass(frozen=True, slots=True)
class EndpointRow:
    """An endpoint with what waits for it and what could not be delivered."""

    endpoint: WebhookEndpoint
    waiting: int
    failed: int


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which part of a log is wanted."""

    state: str = ""
    event_type: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Hour:
    """Attempts of one hour."""

    at: datetime
    delivered: int
    failed: int


def endpoints_for(actor: Actor) -> list[EndpointRow]:
    """The endpoints of the actor's organisation, those that are switched off last."""
    rows = list(WebhookEndpoint.objects.filter(organisation_id=_owner(actor)).order_by("created_at", "pk")[:200])
    counts = _counts([row.pk for row in rows])
    shown = [EndpointRow(row, *counts.get(row.pk, (0, 0))) for row in rows]
    return sorted(shown, key=lambda row: row.endpoint.state == "DISABLED")


def endpoint_for(actor: Actor, endpoint_id: UUID) -> EndpointRow:
    """One endpoint of the actor's organisation. Raises NotFound."""
    found = WebhookEndpoint.objects.filter(pk=endpoint_id, organisation_id=_owner(actor)).first()
    if found is None:
        raise NotFound
    return EndpointRow(found, *_counts([found.pk]).get(found.pk, (0, 0)))


def delivery_page(
    endpoint: WebhookEndpoint, narrow: LogFilter = LogFilter(), *, cursor: str = "", size: int = PAGE_SIZE
) -> Page[Delivery]:
    """The log of an endpoint, newest first, each delivery with its attempts.

    Raises:
        FormatRefused: the cursor is none of this list.
    """
    rows = Delivery.objects.filter(endpoint=endpoint)
    if narrow.state:
        rows = rows.filter(state=narrow.state)
    if narrow.event_type:
        rows = rows.filter(event_type=narrow.event_type)
    if narrow.subject:
        rows = rows.filter(subject_id=narrow.subject)
    if cursor:
        rows = rows.filter(pk__lt=_uuid(cursor_decode(cursor, str)[0]))
    tries = Prefetch("tries", queryset=Attempt.objects.order_by("-pk"), to_attr="attempts_made")
    return page_of(list(rows.order_by("-pk").prefetch_related(tries)[: size + 1]), size, lambda row: (str(row.pk),))


def delivery_for(endpoint: WebhookEndpoint, delivery_id: UUID) -> Delivery:
    """One delivery of an endpoint, with its attempts. Raises NotFound."""
    tries = Prefetch("tries", queryset=Attempt.objects.order_by("-pk"), to_attr="attempts_made")
    found = Delivery.objects.filter(endpoint=endpoint, pk=delivery_id).prefetch_related(tries).first()
    if found is None:
        raise NotFound
    return found


def endpoint_hours(endpoint: WebhookEndpoint) -> list[Hour]:
    """How the attempts of each of the last 24 hours went."""
    with connection.cursor() as cursor:
        cursor.execute(HEALTH_SQL, {"now": clock.now(), "endpoint": endpoint.pk})
        return [Hour(at, int(good), int(bad)) for at, good, bad in cursor.fetchall()]


def endpoint_types(endpoint: WebhookEndpoint) -> Sequence[str]:
    """Which types its log holds, for the filter."""
    since = clock.now() - timedelta(days=90)
    rows = Delivery.objects.filter(endpoint=endpoint, created_at__gte=since)
    return list(rows.order_by("event_type").values_list("event_type", flat=True).distinct()[:100])


STATES = tuple(state.value for state in DeliveryState)


def _owner(actor: Actor) -> UUID:
    actor.require(Permission.MANAGE_WEBHOOKS)
    if actor.organisation_id is None:
        raise NotFound
    return actor.organisation_id


def _counts(ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(COUNTS_SQL, ([str(one) for one in ids],))
        return {one: (waiting, failed) for one, waiting, failed in cursor.fetchall()}


def _uuid(text: str | int) -> UUID:
    try:
        return UUID(str(text))
    except ValueError as error:
        raise FormatRefused("The cursor belongs to another list; start again without it.", code="cursor") from error
