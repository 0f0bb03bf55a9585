"""The pages of webhooks: registering, the log, sending again, and nobody else's."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.kernel import clock
from singlewindow.webhooks.models import Delivery, WebhookEndpoint
from tests.factories import accounts
from tests.factories.receivers import receiver, refusing
from tests.webhooks.conftest import Rounds, tell

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def trader(client: Client, owner: Organisation) -> Client:
    client.force_login(accounts.user(Role.TRADER, of=owner), backend=BACKEND)
    return client


def test_an_endpoint_is_registered_and_its_secret_shown_once(trader: Client) -> None:
    assert "No endpoint yet" in trader.get("/webhooks/").content.decode()
    page = trader.post("/webhooks/new", {"url": "https://hooks.example.org/a", "event_types": "released\naccepted"})
    assert page.status_code == 200
    assert "whsec_" in page.content.decode()
    made = WebhookEndpoint.objects.get()
    assert made.event_types == ["accepted", "released"]
    assert "whsec_" not in trader.get(f"/webhooks/{made.pk}/").content.decode()
    again = trader.post("/webhooks/new", {"url": "https://hooks.example.org/a"})
    assert (again.status_code, "registered already" in again.content.decode()) == (422, True)


@pytest.mark.usefixtures("loopback")
def test_the_log_shows_each_attempt_and_sends_again(trader: Client, owner: Organisation, courier_until: Rounds) -> None:
    with receiver() as at:
        trader.post("/webhooks/new", {"url": at.url})
        made = WebhookEndpoint.objects.get()
        trader.post(f"/webhooks/{made.pk}/challenge")
        courier_until(lambda: WebhookEndpoint.objects.get().state == "ACTIVE")
        tell(owner)
        courier_until(lambda: bool(at.of_type("released")))
        row = Delivery.objects.get(kind="event")
        log = trader.get(f"/webhooks/{made.pk}/").content.decode()
        assert "released" in log
        assert "Attempts of the last 24 hours" in log
        assert "challenge" in trader.get(f"/webhooks/{made.pk}/log/{row.pk}").content.decode()
        assert "Nothing here" in trader.get(f"/webhooks/{made.pk}/?state=FAILED").content.decode()
        trader.post(f"/webhooks/{made.pk}/replay", {"delivery": str(row.pk)})
        courier_until(lambda: len(at.of_type("released")) == 2)
        span = {"since": "2020-01-01T00:00", "until": "2099-01-01T00:00"}
        trader.post(f"/webhooks/{made.pk}/replay", span)
        courier_until(lambda: len(at.of_type("released")) == 3)
        at.answer = refusing(500)
        for act in ("ping", "pause", "resume", "secret", "disable"):
            assert trader.post(f"/webhooks/{made.pk}/{act}").status_code in {200, 302}
        assert WebhookEndpoint.objects.get().state == "DISABLED"


def test_the_log_asks_the_same_number_of_questions_for_one_delivery_and_for_many(
    trader: Client, django_assert_max_num_queries: Any
) -> None:
    trader.post("/webhooks/new", {"url": "https://hooks.example.org/"})
    made = WebhookEndpoint.objects.get()
    for number in range(60):
        Delivery.objects.create(endpoint=made, event_id=uuid4(), event_type=f"t{number}", event_at=clock.now())
    with django_assert_max_num_queries(9):
        page = trader.get(f"/webhooks/{made.pk}/").content.decode()
    assert page.count("data__sub") >= 25
    assert "cursor=" in page


def test_pages_of_another_organisation_do_not_exist_and_a_visitor_signs_in(trader: Client, client: Client) -> None:
    trader.post("/webhooks/new", {"url": "https://hooks.example.org/"})
    made = WebhookEndpoint.objects.get()
    stranger = Client()
    assert stranger.get(f"/webhooks/{made.pk}/").status_code == 302
    stranger.force_login(accounts.user(Role.TRADER), backend=BACKEND)
    for path in ("", "change"):
        assert stranger.get(f"/webhooks/{made.pk}/{path}").status_code == 404
    for act in ("challenge", "ping", "pause", "resume", "secret", "disable", "replay"):
        body = {"since": "2020-01-01T00:00", "until": "2021-01-01T00:00"}
        assert stranger.post(f"/webhooks/{made.pk}/{act}", body).status_code == 404
    officer = Client()
    officer.force_login(accounts.user(Role.OFFICER), backend=BACKEND)
    assert officer.get("/webhooks/").status_code == 404
    assert WebhookEndpoint.objects.get().state == "PAUSED"
