"""Two couriers at once, and events that are told while they work: each event goes out once, none is passed by."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from singlewindow.accounts.models import Organisation
from singlewindow.kernel import clock
from singlewindow.webhooks.models import Delivery, WebhookEndpoint
from singlewindow.webhooks.services import events_dispatch, parcels_claim
from singlewindow.webhooks.signing import seal, secret_new
from tests.webhooks.conftest import tell

pytestmark = pytest.mark.django_db(transaction=True)


def endpoints(owner: Organisation, count: int) -> None:
    for number in range(count):
        endpoint = WebhookEndpoint(
            organisation=owner,
            url=f"https://hooks.example.org/{number}",
            state="ACTIVE",
            verified_at=clock.now(),
            created_by="test",
        )
        endpoint.secret = seal(secret_new(), endpoint.pk)
        endpoint.save()


def together(*acts: Callable[[], object]) -> None:
    faults: list[Exception] = []

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as fault:  # noqa: BLE001  (told below)
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not faults, faults


def test_two_couriers_and_busy_writers_lose_no_event_and_double_none(owner: Organisation) -> None:
    endpoints(owner, 3)

    def write() -> None:
        for number in range(40):
            tell(owner, subject=f"{threading.get_ident()}-{number}")

    def dispatch() -> None:
        for _ in range(60):
            events_dispatch()

    together(write, write, write, dispatch, dispatch)
    events_dispatch()
    events_dispatch()
    for endpoint in WebhookEndpoint.objects.all():
        count = Delivery.objects.filter(endpoint=endpoint).count()
        assert count == 120
        assert Delivery.objects.filter(endpoint=endpoint).values("event_id").distinct().count() == 120


def test_two_couriers_never_hold_the_same_delivery_and_an_endpoint_never_more_than_its_share(
    owner: Organisation,
) -> None:
    endpoints(owner, 5)
    for number in range(40):
        tell(owner, subject=f"d{number}")
    events_dispatch()
    claimed: list[str] = []

    def claim() -> None:
        claimed.extend(str(parcel.delivery_id) for parcel in parcels_claim(free=16, slow=False, cap=4))

    together(*[claim] * 6)
    assert len(claimed) == len(set(claimed))
    leased = Delivery.objects.filter(pk__in=claimed).select_related("endpoint")
    assert sorted(Counter(row.endpoint_id for row in leased).values()) == [4, 4, 4, 4, 4]
