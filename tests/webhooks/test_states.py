"""The life cycles of endpoints and deliveries: the tables, the triggers, and what is never undone."""

import importlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from singlewindow.accounts.models import Organisation
from singlewindow.kernel import clock
from singlewindow.webhooks.models import Attempt, Delivery, WebhookEndpoint
from singlewindow.webhooks.services import deliveries_clear
from singlewindow.webhooks.services.dispatch import pause_after
from singlewindow.webhooks.signing import seal, secret_new, unseal
from singlewindow.webhooks.states import DELIVERY, ENDPOINT
from singlewindow.webhooks.types import ATTEMPTS, GAPS
from tests.factories import accounts

guards = importlib.import_module("singlewindow.webhooks.migrations.0002_guards")


def test_the_triggers_hold_the_tables_of_the_life_cycles() -> None:
    assert tuple(ENDPOINT.pairs()) == guards.ENDPOINT_PAIRS
    assert tuple(DELIVERY.pairs()) == guards.DELIVERY_PAIRS


def test_WH_DEL_02_fifteen_attempts_fit_into_72_hours_however_chance_falls() -> None:
    assert ATTEMPTS == 15
    assert timedelta(hours=64) < sum(GAPS, timedelta()) * 0.9 < sum(GAPS, timedelta()) <= timedelta(hours=72)
    for attempt in range(1, ATTEMPTS):
        assert GAPS[attempt - 1] * 0.9 <= pause_after(attempt) <= GAPS[attempt - 1]


def test_a_sealed_secret_opens_in_its_own_row_only() -> None:
    secret, row = secret_new(), uuid4()
    assert unseal(seal(secret, row), row) == secret
    assert seal(secret, row) != seal(secret, row)
    with pytest.raises(Exception):  # noqa: B017  (any refusal of the cipher)
        unseal(seal(secret, row), uuid4())


@pytest.fixture
def delivery(transactional_db: None) -> Delivery:
    owner: Organisation = accounts.organisation()
    endpoint = WebhookEndpoint(organisation=owner, url="https://hooks.example.org/", created_by="test")
    endpoint.secret = seal(secret_new(), endpoint.pk)
    endpoint.save()
    return Delivery.objects.create(endpoint=endpoint, event_id=uuid4(), event_type="released", event_at=clock.now())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE webhooks_webhookendpoint SET state = 'ACTIVE'",  # WH-END-03: not verified
        "UPDATE webhooks_webhookendpoint SET state = 'ASLEEP'",
        "UPDATE webhooks_delivery SET state = 'DELIVERED'",  # without the time
        "UPDATE webhooks_delivery SET attempts = 16",
        "UPDATE webhooks_attempt SET error = ''",
        "DELETE FROM webhooks_attempt",
        "TRUNCATE webhooks_attempt",
        "UPDATE webhooks_webhookendpoint SET previous_until = now()",
    ],
)
def test_the_database_refuses_what_no_act_does(delivery: Delivery, statement: str) -> None:
    Attempt.objects.create(delivery=delivery, at=clock.now(), latency_ms=1, error="x")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_delivery_that_was_given_up_takes_no_step_but_being_sent_again(delivery: Delivery) -> None:
    Delivery.objects.update(state="FAILED", finished_at=clock.now())
    with pytest.raises(DatabaseError, match="no transition"), transaction.atomic():
        Delivery.objects.update(state="DELIVERED")
    Delivery.objects.update(state="PENDING", finished_at=None)


def test_the_log_is_kept_for_90_days(delivery: Delivery) -> None:
    at = clock.now() - timedelta(days=89, hours=23)
    Attempt.objects.create(delivery=delivery, at=at, latency_ms=1)
    Delivery.objects.update(state="DELIVERED", finished_at=at)
    assert deliveries_clear() == 0
    other = Delivery.objects.create(
        endpoint=delivery.endpoint, event_id=uuid4(), event_type="released", event_at=at, state="FAILED",
        finished_at=clock.now() - timedelta(days=90, hours=1),
    )  # fmt: skip
    Attempt.objects.create(delivery=other, at=clock.now() - timedelta(days=90, hours=1), latency_ms=1)
    assert deliveries_clear() == 1
    assert list(Delivery.objects.values_list("pk", flat=True)) == [delivery.pk]
