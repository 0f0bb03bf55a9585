"""Acts on deliveries: a ping, and sending again what was sent before, one by one or a span of time."""

from datetime import datetime
from uuid import UUID

from singlewindow.accounts.types import Actor
from singlewindow.audit.selectors import Told, feed_between, party_event
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, TransitionRefused, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.webhooks.models import Delivery, WebhookEndpoint
from singlewindow.webhooks.services.endpoints import endpoint_lock
from singlewindow.webhooks.services.queueing import delivery_queue
from singlewindow.webhooks.states import DELIVERY, EndpointState
from singlewindow.webhooks.types import REPLAY_MAX, DeliveryKind

AGAIN_SQL = """
INSERT INTO webhooks_delivery (id, endpoint_id, kind, event_id, event_type, subject_id, event_at, expect, next_at)
SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::timestamptz[],
                     %s::text[], %s::timestamptz[])
ON CONFLICT (endpoint_id, event_id) DO UPDATE
SET state = 'PENDING', attempts = 0, finished_at = NULL, lease_until = NULL, next_at = excluded.next_at,
    replays = webhooks_delivery.replays + 1
WHERE webhooks_delivery.state <> 'PENDING'
"""


def endpoint_ping(work: Work, *, actor: Actor, endpoint_id: UUID) -> UUID:
    """Send a message that says nothing, to see whether it arrives; returns the delivery.

    Locks: the endpoint.

    Raises:
        NotFound, TransitionRefused: it is not active.
        Conflict: a ping is under way.
    """
    endpoint = _active(actor, endpoint_id)
    if Delivery.objects.filter(endpoint=endpoint, kind=DeliveryKind.PING.value, state="PENDING").exists():
        raise Conflict("A ping is under way; its outcome stands in the log in a moment.", code="webhook.ping")
    return delivery_queue(endpoint, DeliveryKind.PING)


def delivery_replay(work: Work, *, actor: Actor, endpoint_id: UUID, delivery_id: UUID) -> None:
    """Send one delivery again, with the same id, so that a receiver that has it knows it.

    Locks: the endpoint, then the delivery.

    Raises:
        NotFound: there is no such delivery of an event at this endpoint.
        TransitionRefused: it waits already, or the endpoint is not active.
        Conflict: its event is no longer kept.
    """
    endpoint = _active(actor, endpoint_id)
    row = Delivery.objects.select_for_update().filter(pk=delivery_id, endpoint=endpoint, kind="event").first()
    if row is None:
        raise NotFound
    row.state = DELIVERY.next_state("replay", row.state).value
    if party_event(row.event_id) is None:
        raise Conflict("The event is older than the feed goes back.", code="webhook.gone")
    row.attempts, row.finished_at, row.next_at, row.replays = 0, None, clock.now(), row.replays + 1
    row.save(update_fields=["state", "attempts", "finished_at", "next_at", "replays"])
    _record(work, actor, endpoint, delivery=str(row.pk))


def deliveries_replay(work: Work, *, actor: Actor, endpoint_id: UUID, begin: datetime, end: datetime) -> int:
    """Send again every event of a span of time that the endpoint asks for, those too that it never got.

    Idempotent: what waits already waits once.

    Locks: the endpoint.

    Raises:
        NotFound, TransitionRefused.
        RuleViolated: WH-RPL-01, the span ends before it begins or holds more events than one replay may.
    """
    endpoint = _active(actor, endpoint_id)
    if begin >= end:
        raise RuleViolated(violations=[Violation("WH-RPL-01", "/until", "The span ends before it begins.")])
    found = [
        told
        for told in feed_between(endpoint.organisation_id, begin, end, size=REPLAY_MAX + 1)
        if wanted(endpoint, told)
    ]
    if len(found) > REPLAY_MAX:
        message = f"More than {REPLAY_MAX} events; ask for a shorter span."
        raise RuleViolated(violations=[Violation("WH-RPL-01", "/until", message)])
    count = deliveries_insert(work, endpoint, found, AGAIN_SQL)
    _record(work, actor, endpoint, begin=begin.isoformat(), end=end.isoformat(), events=str(count))
    return count


def wanted(endpoint: WebhookEndpoint, told: Told) -> bool:
    """Whether an event is of a type that is sent there; how webhooks fare is never told by webhook."""
    if told.type.startswith("webhook."):
        return False
    return not endpoint.event_types or told.type in endpoint.event_types


def deliveries_insert(work: Work, endpoint: WebhookEndpoint, events: list[Told], sql: str) -> int:
    """One row for each event; returns how many were written."""
    if not events:
        return 0
    now, count = clock.now(), len(events)
    return work.execute(
        sql,
        [
            [str(uuid7()) for _ in events],
            [str(endpoint.pk)] * count,
            [DeliveryKind.EVENT.value] * count,
            [str(told.event_id) for told in events],
            [told.type for told in events],
            [told.subject_id for told in events],
            [told.at for told in events],
            [""] * count,
            [now] * count,
        ],
    )


def _active(actor: Actor, endpoint_id: UUID) -> WebhookEndpoint:
    endpoint = endpoint_lock(actor, endpoint_id)
    if endpoint.state != EndpointState.ACTIVE.value:
        raise TransitionRefused("Nothing is sent to this endpoint now; make it active first.")
    return endpoint


def _record(work: Work, actor: Actor, endpoint: WebhookEndpoint, **data: str) -> None:
    event_record(
        work,
        actor=actor,
        verb=Verb.WEBHOOK_REPLAYED,
        subject_type="webhook",
        subject_id=str(endpoint.pk),
        data=dict(data),
    )
