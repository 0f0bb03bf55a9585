"""Putting a message of the window's own (a ping, a challenge) in line."""

import secrets
from uuid import UUID

from singlewindow.kernel import clock
from singlewindow.kernel.identifiers import uuid7
from singlewindow.webhooks.models import Delivery, WebhookEndpoint
from singlewindow.webhooks.types import DeliveryKind


def delivery_queue(endpoint: WebhookEndpoint, kind: DeliveryKind) -> UUID:
    """Queue a ping or a challenge; each is an event of its own, in no feed."""
    delivery = Delivery.objects.create(
        endpoint=endpoint,
        kind=kind.value,
        event_id=uuid7(),
        event_type=f"webhook.{kind.value}",
        event_at=clock.now(),
        expect=secrets.token_urlsafe(24) if kind is DeliveryKind.CHALLENGE else "",
        subject_id=str(endpoint.pk),
    )
    return delivery.pk
