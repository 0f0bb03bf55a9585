"""What the courier does in the database: turn new events into deliveries, lease due ones, note what came of them."""

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag

from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import PartyEvent
from singlewindow.audit.selectors import Place, feeds_ahead, party_events
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.webhooks.models import Attempt, Delivery, WebhookEndpoint
from singlewindow.webhooks.services.endpoints import endpoint_step, owner_warn
from singlewindow.webhooks.services.replay import deliveries_insert, wanted
from singlewindow.webhooks.signing import unseal
from singlewindow.webhooks.states import DELIVERY, ENDPOINT, DeliveryState, EndpointState
from singlewindow.webhooks.types import ATTEMPTS, GAPS, PAUSE_AFTER, WARN_AFTER, DeliveryKind, Outcome, Parcel

AHEAD = 200
"""Most events that one endpoint is given at a time; the others follow in the next round."""

WAITING_MAX = 5_000
"""An endpoint with so many waiting deliveries gets no further ones until they are fewer: the feed keeps the rest."""

SLOW_MS = 2_000
LEASE = timedelta(seconds=60)
GONE = 410

ACTIVE_SQL = """
SELECT id FROM webhooks_webhookendpoint e WHERE state = 'ACTIVE'
  AND (SELECT count(*) FROM (SELECT 1 FROM webhooks_delivery d WHERE d.endpoint_id = e.id AND d.state = 'PENDING'
       LIMIT %s) w) < %s
ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""

INSERT_SQL = """
INSERT INTO webhooks_delivery (id, endpoint_id, kind, event_id, event_type, subject_id, event_at, expect, next_at)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::timestamptz[],
                     %s::text[], %s::timestamptz[])
ON CONFLICT (endpoint_id, event_id) DO NOTHING
"""

CLAIM_LOCK_SQL = "SELECT pg_advisory_xact_lock(hashtextextended('webhooks:claim', 0))"
"""One courier claims at a time, for a moment: else two would each give an endpoint its whole share."""

CLAIM_SQL = """
WITH due AS (
    SELECT d.id FROM webhooks_webhookendpoint e
    CROSS JOIN LATERAL (
        SELECT count(*) AS busy FROM webhooks_delivery b
        WHERE b.endpoint_id = e.id AND b.state = 'PENDING' AND b.lease_until > %(now)s
    ) AS out
    CROSS JOIN LATERAL (
        SELECT w.id, w.next_at FROM webhooks_delivery w
        WHERE w.endpoint_id = e.id AND w.state = 'PENDING' AND w.next_at <= %(now)s
          AND (w.lease_until IS NULL OR w.lease_until <= %(now)s)
          AND (e.state = 'ACTIVE' OR w.kind = 'challenge')
        ORDER BY w.next_at, w.id LIMIT greatest(0, %(cap)s - out.busy)
        FOR UPDATE SKIP LOCKED
    ) AS d
    WHERE e.slow = %(slow)s
    ORDER BY d.next_at LIMIT %(free)s
)
UPDATE webhooks_delivery SET lease_until = %(until)s WHERE id IN (SELECT id FROM due)
RETURNING id
"""


def events_dispatch() -> int:
    """Write a delivery for each new event of each active endpoint, and move its place in the feed; returns how many.

    Nothing is lost and nothing doubled: rows and place are one transaction, and an event goes to an endpoint once.

    Locks: the endpoints; those that another courier works on are left to it.

    Source: docs/rules/webhooks.md, WH-DEL-01; ADR 0011.
    """
    with unit_of_work() as work:
        ids = [row[0] for row in work.fetch(ACTIVE_SQL, [WAITING_MAX, WAITING_MAX])]
        endpoints = list(WebhookEndpoint.objects.filter(pk__in=ids).order_by("pk")) if ids else []
        places = [Place(row.organisation_id, row.cursor_transaction, row.cursor_event) for row in endpoints]
        count = 0
        for endpoint, events in zip(endpoints, feeds_ahead(places, size=AHEAD), strict=True):
            if events:
                count += deliveries_insert(
                    work, endpoint, [told for told in events if wanted(endpoint, told)], INSERT_SQL
                )
                last = events[-1].place
                endpoint.cursor_transaction, endpoint.cursor_event = last.transaction, last.event
                endpoint.save(update_fields=["cursor_transaction", "cursor_event"])
    return count


def parcels_claim(*, free: int, slow: bool, cap: int) -> list[Parcel]:
    """Lease due deliveries of one lane, at most `cap` of an endpoint at a time, and read what sending them needs.

    Locks: claiming as a whole, so that an endpoint's share holds over all couriers; then the deliveries.
    """
    if free <= 0:
        return []
    now = clock.now()
    with unit_of_work() as work:
        work.fetch(CLAIM_LOCK_SQL)
        leased = work.fetch(CLAIM_SQL, {"now": now, "until": now + LEASE, "cap": cap, "slow": slow, "free": free})
    if not leased:
        return []
    rows = (
        Delivery.objects.filter(pk__in=[row[0] for row in leased]).select_related("endpoint").order_by("next_at", "pk")
    )
    events = party_events([row.event_id for row in rows if row.kind == DeliveryKind.EVENT.value])
    return [_parcel(row, events.get(row.event_id), now) for row in rows]


def _parcel(row: Delivery, event: PartyEvent | None, now: datetime) -> Parcel:
    endpoint = row.endpoint
    sealed = [bytes(endpoint.secret)]
    if endpoint.previous_secret is not None and endpoint.previous_until and endpoint.previous_until > now:
        sealed.append(bytes(endpoint.previous_secret))
    return Parcel(
        delivery_id=row.pk,
        endpoint_id=endpoint.pk,
        kind=DeliveryKind(row.kind),
        message_id=str(row.event_id),
        url=endpoint.url,
        secrets=_unsealed(sealed, endpoint.pk),
        body=event_body(event) if event is not None else _own_body(row),
        number=row.attempts + 1,
        expect=row.expect,
    )


def _unsealed(sealed: Iterable[bytes], endpoint_id: UUID) -> tuple[bytes, ...]:
    """The secrets in clear; none where one cannot be read, so that its owner is told and nobody else waits."""
    try:
        return tuple(unseal(secret, endpoint_id) for secret in sealed)
    except InvalidTag:
        return ()


def event_body(event: PartyEvent) -> bytes:
    """The bytes of an event, the same at every sending: Standard Webhooks' envelope around the form of the feed."""
    value = {
        "type": event.type,
        "timestamp": event.at.isoformat(),
        "data": {
            "id": str(event.event_id),
            "subject": event.subject_id,
            "notification": f"/api/v1/notifications/{event.event_id}",
            **event.data,
        },
    }
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _own_body(row: Delivery) -> bytes:
    """A ping, a challenge, or the shell of an event that was cleared away before its last attempt."""
    data = {"id": str(row.event_id), "subject": row.subject_id} | ({"challenge": row.expect} if row.expect else {})
    value = {"type": row.event_type, "timestamp": row.event_at.isoformat(), "data": data}
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def outcomes_record(outcomes: Iterable[tuple[Parcel, Outcome]]) -> None:
    """Note attempts: delivered, to be tried again, or given up; each in a transaction of its own."""
    for parcel, outcome in outcomes:
        with unit_of_work() as work:
            _record_one(work, parcel, outcome)


def _record_one(work: Work, parcel: Parcel, outcome: Outcome) -> None:
    """Write one attempt and what follows from it.

    Locks: the endpoint, then the delivery, as every act on deliveries does.
    """
    now = clock.now()
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).get(pk=parcel.endpoint_id)
    row = Delivery.objects.select_for_update().get(pk=parcel.delivery_id)
    values = (row.pk, now, outcome.status, outcome.error, outcome.latency_ms, outcome.address, outcome.excerpt)
    work.insert(Attempt, ("delivery_id", "at", "status", "error", "latency_ms", "address", "excerpt"), [values])
    if row.state == DeliveryState.PENDING.value:
        _delivery_move(row, parcel, outcome, now)
    _endpoint_move(work, endpoint, parcel, outcome, now)


def _delivery_move(row: Delivery, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    row.attempts = min(ATTEMPTS, row.attempts + 1)
    row.last_status, row.last_error, row.latency_ms = outcome.status, outcome.error, outcome.latency_ms
    row.lease_until = None
    if outcome.delivered:
        row.state, row.finished_at = DELIVERY.next_state("deliver", row.state).value, now
    elif row.attempts >= ATTEMPTS or parcel.kind is not DeliveryKind.EVENT or outcome.status == GONE:
        row.state, row.finished_at = DELIVERY.next_state("give_up", row.state).value, now
    else:
        row.next_at = now + pause_after(row.attempts)
    row.save(
        update_fields=[
            *("attempts", "last_status", "last_error", "latency_ms", "lease_until"),
            *("state", "finished_at", "next_at"),
        ]
    )


def pause_after(attempts: int) -> timedelta:
    """The pause after so many attempts, up to a tenth shorter by chance, so that retries do not come in step."""
    return GAPS[attempts - 1] * random.uniform(0.9, 1.0)  # noqa: S311  (jitter)


def _endpoint_move(work: Work, endpoint: WebhookEndpoint, parcel: Parcel, outcome: Outcome, now: datetime) -> None:
    """How the endpoint fares: its lane, whether it fails for long, and whether it has answered its challenge."""
    actor = system_actor("webhooks")
    slow = not outcome.delivered or outcome.latency_ms > SLOW_MS
    failing_since = None if outcome.delivered else endpoint.failing_since or now
    changed = (slow, failing_since) != (endpoint.slow, endpoint.failing_since)
    endpoint.slow, endpoint.failing_since = slow, failing_since
    if outcome.delivered:
        endpoint.warned_at = None
    if changed:
        endpoint.save(update_fields=["slow", "failing_since", "warned_at"])
    if parcel.kind is DeliveryKind.CHALLENGE:
        if outcome.delivered and parcel.url == endpoint.url and "activate" in ENDPOINT.allowed(endpoint.state):
            endpoint.verified_at = now
            endpoint_step(work, endpoint, "activate", actor=actor, reason="")
        return
    if endpoint.state != EndpointState.ACTIVE.value or outcome.delivered:
        return
    if outcome.status == GONE:
        endpoint_step(work, endpoint, "disable", actor=actor, reason="gone")
        owner_warn(work, endpoint, "webhook.disabled", reason="gone", error=outcome.error)
    elif failing_since and now - failing_since >= PAUSE_AFTER:
        endpoint_step(work, endpoint, "pause", actor=actor, reason="failing")
        owner_warn(work, endpoint, "webhook.paused", reason="failing", error=outcome.error)
    elif failing_since and now - failing_since >= WARN_AFTER and endpoint.warned_at is None:
        endpoint.warned_at = now
        endpoint.save(update_fields=["warned_at"])
        owner_warn(work, endpoint, "webhook.failing", since=failing_since.isoformat(), error=outcome.error)


def deliveries_clear(*, keep: timedelta = timedelta(days=90), limit: int = 10_000) -> int:
    """Remove finished deliveries that are old, with their attempts; returns how many."""
    before = clock.now() - keep
    old: list[UUID] = list(
        Delivery.objects.filter(finished_at__lt=before).order_by("finished_at").values_list("pk", flat=True)[:limit]
    )
    with unit_of_work():
        Attempt.objects.filter(delivery_id__in=old).delete()
        deleted, _ = Delivery.objects.filter(pk__in=old).delete()
    return deleted
