"""Acts of webhooks."""

from singlewindow.webhooks.services.dispatch import (
    deliveries_clear,
    events_dispatch,
    outcomes_record,
    parcels_claim,
)
from singlewindow.webhooks.services.endpoints import (
    EndpointWish,
    endpoint_change,
    endpoint_disable,
    endpoint_pause,
    endpoint_register,
    endpoint_resume,
    endpoint_verify,
    secret_rotate,
)
from singlewindow.webhooks.services.replay import deliveries_replay, delivery_replay, endpoint_ping

__all__ = [
    "EndpointWish",
    "deliveries_clear",
    "deliveries_replay",
    "delivery_replay",
    "endpoint_change",
    "endpoint_disable",
    "endpoint_pause",
    "endpoint_ping",
    "endpoint_register",
    "endpoint_resume",
    "endpoint_verify",
    "events_dispatch",
    "outcomes_record",
    "parcels_claim",
    "secret_rotate",
]
