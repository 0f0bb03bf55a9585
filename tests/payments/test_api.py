"""Payments over REST."""

from uuid import uuid4

import pytest

from singlewindow.accounts.permissions import Role
from singlewindow.payments.models import Basket
from tests.factories import accounts
from tests.factories.payments import demand, funded
from tests.factories.third_party import Software

pytestmark = pytest.mark.django_db

PATH = "/api/v1/payments"


@pytest.fixture
def trader():
    return accounts.organisation()


@pytest.fixture
def software(trader):
    return Software(trader, scopes="payments")


def test_what_can_be_paid_is_listed_put_together_and_paid(trader, software) -> None:
    funded(trader, 100)
    asked = demand(accounts.actor(Role.TRADER, of=trader), 2_500)
    listed = software.get(f"{PATH}/payable").json()
    assert [(one["id"], one["amount"]) for one in listed["demands"]] == [(str(asked), "25.00")]
    made = software.post({"demands": [str(asked)]}, path=PATH)
    assert made.status_code == 201, made.content
    (own,) = made.json()["payments"]
    assert (own["total"], own["state"], made["Location"]) == ("25.00", "open", f"{PATH}/{own['id']}")
    paid = software.post({"method": "account"}, path=f"{PATH}/{own['id']}/pay")
    assert (paid.status_code, paid.json()["payment"]["state"]) == (200, "paid")
    assert software.get(PATH).json()["payments"][0]["state"] == "paid"


def test_the_same_key_makes_one_basket(trader, software) -> None:
    body = {"top_up": {"amount": "10.00", "currency": "EUR"}}
    key = str(uuid4())
    answers = [software.post(body, path=PATH, **{"Idempotency-Key": key}).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert Basket.objects.count() == 1


def test_by_a_provider_the_payer_goes_on_elsewhere(software) -> None:
    body = {"top_up": {"amount": "10.00", "currency": "EUR"}}
    own = software.post(body, path=PATH).json()["payments"][0]["id"]
    answer = software.post({"method": "provider", "provider": "simulator"}, path=f"{PATH}/{own}/pay").json()
    assert answer["continue_at"].startswith("/payments/simulator/")
    assert software.post({"method": "provider", "provider": "none"}, path=f"{PATH}/{own}/pay").status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"demands": ["x"]}, 400),
        ({"demands": [str(uuid4())]}, 422),
        ({"state": "paid"}, 400),
        ({"top_up": {"amount": "1e3", "currency": "EUR"}}, 400),
        ({"top_up": {"amount": "１２", "currency": "EUR"}}, 400),
        ({"top_up": {"amount": "-1", "currency": "EUR"}}, 400),
        ({"top_up": {"amount": 5, "currency": "EUR"}}, 400),
        ({"top_up": {"amount": "0", "currency": "EUR"}}, 422),
        ({"top_up": {"amount": "1.001", "currency": "EUR"}}, 422),
        ({"top_up": {"amount": "1.00", "currency": "CHF"}}, 422),
        ({"demands": [str(uuid4())] * 101}, 400),
    ],
)
def test_what_cannot_be_put_together_is_refused(software, body, status) -> None:
    answer = software.post(body, path=PATH)
    assert (answer.status_code, Basket.objects.count()) == (status, 0), answer.content


def test_another_organisations_basket_is_not_there_and_the_scope_is_needed(trader, software) -> None:
    own = software.post({"top_up": {"amount": "10.00", "currency": "EUR"}}, path=PATH).json()["payments"][0]["id"]
    stranger = Software(accounts.organisation(), scopes="payments")
    assert stranger.get(f"{PATH}/{own}").status_code == 404
    assert stranger.post({"method": "bank"}, path=f"{PATH}/{own}/pay").status_code == 404
    assert Software(trader, scopes="account").get(PATH).status_code == 403
    assert software.get(f"{PATH}/{own}").json()["bank"]["reference"]
