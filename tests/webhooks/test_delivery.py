"""From the feed to the receiver: signed, once, whatever becomes of the others."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from standardwebhooks import Webhook

from singlewindow.accounts.models import Organisation
from singlewindow.audit.models import PartyEvent
from singlewindow.kernel import clock
from singlewindow.webhooks.models import Attempt, Delivery, WebhookEndpoint
from tests.factories.receivers import Receiver, receiver, refusing, silent_port
from tests.factories.third_party import Software
from tests.webhooks.conftest import Rounds, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback")]
ROOT = "/api/v1/webhooks"


def registered(software: Software, at: Receiver, courier_until: Rounds, **more: Any) -> dict[str, Any]:
    """An endpoint that has answered its challenge."""
    answer = software.post({"url": at.url, **more}, path=ROOT)
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    assert software.post({}, path=f"{ROOT}/{made['id']}/challenge").status_code == 202
    courier_until(lambda: WebhookEndpoint.objects.get(pk=made["id"]).state == "ACTIVE")
    return made


def test_WH_END_03_an_endpoint_is_active_only_after_it_has_answered_its_challenge(
    owner: Organisation, courier_until: Rounds
) -> None:
    software = Software(owner, scopes="webhooks feed")
    with receiver(refusing(204)) as deaf:
        made = software.post({"url": deaf.url}, path=ROOT).json()
        tell(owner)
        software.post({}, path=f"{ROOT}/{made['id']}/challenge")
        courier_until(lambda: Delivery.objects.filter(state="FAILED").exists())
        assert WebhookEndpoint.objects.get(pk=made["id"]).state == "PAUSED"
        assert deaf.of_type("released") == []
        assert software.post({}, path=f"{ROOT}/{made['id']}/resume").json()["code"] == "state"


def test_an_event_reaches_the_receiver_signed_as_Standard_Webhooks_has_it(
    owner: Organisation, courier_until: Rounds
) -> None:
    software = Software(owner, scopes="webhooks feed")
    with receiver() as at:
        made = registered(software, at, courier_until)
        tell(owner, "released", mrn="26ZZ00010100000014R0")
        courier_until(lambda: bool(at.of_type("released")))
        headers, body = at.received[-1]
        told = Webhook(made["secret"]).verify(body, headers)
        event = PartyEvent.objects.get(type="released")
        assert headers["webhook-id"] == str(event.event_id) == told["data"]["id"]
        assert told["data"]["mrn"] == "26ZZ00010100000014R0"
        assert headers["host"] == f"127.0.0.1:{at.port}"
    row = Delivery.objects.get(event_type="released")
    assert (row.state, row.attempts, row.last_status) == ("DELIVERED", 1, 200)


def test_during_rotation_both_secrets_prove_each_message_and_none_is_lost(
    owner: Organisation, courier_until: Rounds
) -> None:
    software = Software(owner, scopes="webhooks feed")
    with receiver() as at:
        made = registered(software, at, courier_until)
        for number in range(3):
            tell(owner, subject=f"before-{number}")
        after = software.post({}, path=f"{ROOT}/{made['id']}/secret").json()["secret"]
        for number in range(3):
            tell(owner, subject=f"after-{number}")
        courier_until(lambda: len(at.of_type("released")) == 6)
        for headers, body in at.received[1:]:
            assert Webhook(made["secret"]).verify(body, headers) == Webhook(after).verify(body, headers)
        WebhookEndpoint.objects.update(previous_until=clock.now() - timedelta(seconds=1))
        tell(owner, subject="later")
        courier_until(lambda: len(at.of_type("released")) == 7)
        headers, body = at.received[-1]
        assert len(headers["webhook-signature"].split()) == 1
        Webhook(after).verify(body, headers)


def test_only_the_types_asked_for_are_sent_and_never_how_webhooks_fare(
    owner: Organisation, courier_until: Rounds
) -> None:
    software = Software(owner, scopes="webhooks feed")
    with receiver() as at:
        registered(software, at, courier_until, event_types=["released"])
        tell(owner, "accepted")
        tell(owner, "webhook.failing")
        tell(owner, "released")
        courier_until(lambda: bool(at.of_type("released")))
        assert [row.event_type for row in Delivery.objects.filter(kind="event")] == ["released"]


def test_one_endpoint_that_hangs_adds_no_delay_to_the_others(owner: Organisation, courier_until: Rounds) -> None:
    """N08: the hanging ones wait in a lane of their own; the others get theirs as if nothing were."""
    software = Software(owner, scopes="webhooks feed")
    with receiver() as good, silent_port() as dead:
        registered(software, good, courier_until)
        for number in range(12):
            WebhookEndpoint.objects.create(
                organisation=owner,
                url=f"http://127.0.0.1:{dead}/{number}",
                state="ACTIVE",
                verified_at=clock.now(),
                secret=WebhookEndpoint.objects.first().secret,  # type: ignore[union-attr]
                created_by="test",
                slow=True,
                cursor_transaction=WebhookEndpoint.objects.first().cursor_transaction,  # type: ignore[union-attr]
                cursor_event=2**62,
            )
        _resealed()
        for number in range(30):
            tell(owner, subject=f"d{number}")
        courier_until(lambda: len(good.of_type("released")) == 30)
        good_endpoint = WebhookEndpoint.objects.get(url=good.url)
        taken = Delivery.objects.filter(endpoint=good_endpoint, event_type="released", state="DELIVERED")
        late = [(row.finished_at - row.event_at).total_seconds() for row in taken if row.finished_at]
        assert len(late) == 30
        assert sorted(late)[28] < 2.0, late


def _resealed() -> None:
    from singlewindow.webhooks.signing import seal, secret_new

    for endpoint in WebhookEndpoint.objects.filter(created_by="test"):
        endpoint.secret = seal(secret_new(), endpoint.pk)
        endpoint.save(update_fields=["secret"])


def test_a_failed_delivery_is_tried_fifteen_times_in_72_hours_and_can_be_replayed(
    owner: Organisation, courier_until: Rounds
) -> None:
    software = Software(owner, scopes="webhooks feed")
    with receiver() as at:
        made = registered(software, at, courier_until)
        at.answer = refusing(503)
        tell(owner)
        for number in range(1, 16):
            Delivery.objects.filter(state="PENDING").update(next_at=clock.now())
            courier_until(lambda n=number: Attempt.objects.filter(delivery__kind="event").count() == n)  # type: ignore[misc]
        row = Delivery.objects.get(kind="event")
        assert (row.state, row.attempts, row.last_status) == ("FAILED", 15, 503)
        at.answer = None
        from tests.factories.receivers import echo

        at.answer = echo
        again = software.post({"delivery": str(row.pk)}, path=f"{ROOT}/{made['id']}/replay")
        assert again.status_code == 202, again.content
        courier_until(lambda: Delivery.objects.get(pk=row.pk).state == "DELIVERED")
        ids = {headers["webhook-id"] for headers, _ in at.received[1:]}
        assert ids == {str(row.event_id)}
        assert Attempt.objects.filter(delivery=row).count() == 16


def test_a_span_of_time_is_sent_again_with_what_was_never_sent(owner: Organisation, courier_until: Rounds) -> None:
    software = Software(owner, scopes="webhooks feed")
    begin = clock.now() - timedelta(seconds=1)
    with receiver() as at:
        tell(owner, subject="before the endpoint was")
        made = registered(software, at, courier_until)
        tell(owner, subject="sent")
        courier_until(lambda: len(at.of_type("released")) == 1)
        span = {"since": begin.isoformat(), "until": (clock.now() + timedelta(seconds=1)).isoformat()}
        assert software.post(span, path=f"{ROOT}/{made['id']}/replay").json() == {"events": 2}
        courier_until(lambda: len(at.of_type("released")) == 3)
        backwards = {"since": span["until"], "until": span["since"]}
        refused = software.post(backwards, path=f"{ROOT}/{made['id']}/replay").json()
        assert refused["errors"][0]["code"] == "WH-RPL-01"


def test_a_paused_endpoint_loses_nothing_and_a_resumed_one_gets_it_first(
    owner: Organisation, courier_until: Rounds
) -> None:
    software = Software(owner, scopes="webhooks feed")
    with receiver() as at:
        made = registered(software, at, courier_until)
        assert software.post({}, path=f"{ROOT}/{made['id']}/pause").json()["state"] == "PAUSED"
        for number in range(3):
            tell(owner, subject=f"meanwhile-{number}")
        assert software.post({}, path=f"{ROOT}/{made['id']}/resume").json()["state"] == "ACTIVE"
        courier_until(lambda: len(at.of_type("released")) == 3)


def test_an_owner_is_warned_after_a_day_and_the_endpoint_paused_after_three(
    owner: Organisation, courier_until: Rounds
) -> None:
    software = Software(owner, scopes="webhooks feed")
    with receiver() as at:
        made = registered(software, at, courier_until)
        at.answer = refusing(500)
        tell(owner)
        courier_until(lambda: WebhookEndpoint.objects.get(pk=made["id"]).failing_since is not None)
        for hours, state, type in ((25, "ACTIVE", "webhook.failing"), (73, "PAUSED", "webhook.paused")):
            WebhookEndpoint.objects.update(failing_since=clock.now() - timedelta(hours=hours))
            Delivery.objects.filter(state="PENDING").update(next_at=clock.now())
            courier_until(lambda t=type: PartyEvent.objects.filter(type=t).count() == 1)  # type: ignore[misc]
            assert WebhookEndpoint.objects.get(pk=made["id"]).state == state
        event = PartyEvent.objects.get(type="webhook.paused")
        assert event.organisation_id == owner.pk
        assert UUID(event.subject_id) == UUID(made["id"])


def test_a_receiver_that_says_gone_is_switched_off(owner: Organisation, courier_until: Rounds) -> None:
    software = Software(owner, scopes="webhooks feed")
    with receiver() as at:
        made = registered(software, at, courier_until)
        at.answer = refusing(410)
        tell(owner)
        courier_until(lambda: WebhookEndpoint.objects.get(pk=made["id"]).state == "DISABLED")
        assert PartyEvent.objects.filter(type="webhook.disabled").count() == 1
