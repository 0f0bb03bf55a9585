"""A webhook of the demonstration with a log to read. Nothing is sent: its outcomes are told, and it stays paused."""

from datetime import timedelta

from django.db import transaction

from singlewindow.db.work import unit_of_work
from singlewindow.demo.people import trader_actor
from singlewindow.kernel import clock
from singlewindow.webhooks.models import WebhookEndpoint
from singlewindow.webhooks.services import (
    EndpointWish,
    deliveries_replay,
    endpoint_pause,
    endpoint_register,
    endpoint_verify,
    outcomes_record,
    parcels_claim,
)
from singlewindow.webhooks.types import Outcome

TRADER = "ZZIMP0001"
URL = "https://erp.amari-foods.example/customs-events"
BUSY_EVERY = 25
"""Of so many deliveries one met a receiver that was busy, and waits to be tried again."""


def receiver_load() -> int:
    """Register the endpoint of a trader and tell how its first deliveries went; how many there are.

    After the rest of the country: the feed gives out what is committed. One transaction, so that no courier sends it.
    """
    if WebhookEndpoint.objects.exists():
        return 0
    actor, now = trader_actor(TRADER), clock.now()
    with transaction.atomic():
        with unit_of_work() as work:
            wish = EndpointWish(URL, "Stock and accounts")
            endpoint_id = endpoint_register(work, actor=actor, wish=wish).endpoint_id
        with unit_of_work() as work:
            endpoint_verify(work, actor=actor, endpoint_id=endpoint_id)
        _told()
        with unit_of_work() as work:
            begin = now - timedelta(hours=3)
            count = deliveries_replay(work, actor=actor, endpoint_id=endpoint_id, begin=begin, end=now)
        _told()
        with unit_of_work() as work:
            endpoint_pause(work, actor=actor, endpoint_id=endpoint_id)
    return count


def _told() -> None:
    parcels = parcels_claim(free=200, slow=False, cap=200)
    outcomes_record((parcel, _outcome(number)) for number, parcel in enumerate(parcels, start=1))


def _outcome(number: int) -> Outcome:
    if number % BUSY_EVERY == 0:
        return Outcome(503, "The answer was 503.", 1180)
    return Outcome(200, "", 84 + number * 13 % 60)
