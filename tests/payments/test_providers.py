"""L7: what a provider tells is kept, proved and compared; a payment moves money once, whatever is told how."""

from dataclasses import replace

import pytest
from django.test import Client

from clearance.tasks import decide
from declarations.models import Declaration
from declarations.services import declaration_invalidate
from fees.models import Demand, FiscalStatus, LedgerTransaction
from fees.selectors import account_of, ledger_total
from fees.services.demands import demand_end, demands_lock
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.payments.models import Basket, ProviderCallback, SuspenseItem
from singlewindow.payments.providers.signatures import WINDOW, sign
from singlewindow.payments.providers.simulator import SIMULATOR
from singlewindow.payments.selectors.verify import ledger_verify
from singlewindow.payments.services.baskets import basket_cancel
from tests.factories.clearance import country_load, lodged
from tests.factories.payments import CALLBACKS, basket, demand, jobs_do, payer, provider_state, sent, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def paying():
    """A trader with a basket of one demand of 25.00 euros at the provider, and the message that it was paid."""
    actor = payer()
    own = basket(actor, demand(actor, 2_500))
    return actor, own, sent(actor, own)


def balance(actor) -> int:
    held = account_of(actor.organisation_id, currency="EUR")
    return held.balance_minor if held else 0


def state(own: Basket) -> tuple[str, str]:
    return Basket.objects.values_list("state", "reason").get(pk=own.pk)


def moved() -> int:
    """How many movements of money there are."""
    return LedgerTransaction.objects.count()


def test_L7_a_payment_that_is_told_well_pays_what_the_basket_is_for(paying) -> None:
    actor, own, message = paying
    assert told(replace(message, event="authorised")).status_code == 200
    assert told(message).json() == {"received": True, "new": True}
    assert state(own) == ("pending", "")  # the answer waits for nothing; a job applies it
    jobs_do()
    assert (state(own), provider_state(own)) == (("paid", ""), "captured")
    assert Demand.objects.get().state == "paid"
    assert (balance(actor), ledger_total(), ledger_verify()) == (0, 0, [])


def test_L7_told_twice_it_is_one_payment(paying) -> None:
    actor, own, message = paying
    assert [told(message).json()["new"] for _ in range(3)] == [True, False, False]
    jobs_do()
    Job.objects.filter(kind="payments.apply").update(state="todo", done_at=None)
    jobs_do()  # and a job that is done twice moves no more
    assert (ProviderCallback.objects.count(), moved(), balance(actor)) == (1, 2, 0)
    assert state(own) == ("paid", "")


def test_L7_told_out_of_order_the_end_stands(paying) -> None:
    _actor, own, message = paying
    for event in ("captured", "authorised", "failed"):
        told(replace(message, event=event))
        jobs_do()
    assert (state(own), provider_state(own)) == (("paid", ""), "captured")


@pytest.mark.parametrize(
    ("change", "why"),
    [({"amount_minor": 2_499}, "short"), ({"amount_minor": 2_501}, "over"), ({"currency": "USD"}, "currency")],
    ids=["one unit less", "one unit more", "another currency"],
)
def test_L7_what_does_not_fit_is_held_for_review_and_told(paying, change, why) -> None:
    actor, own, message = paying
    wrong = replace(message, **change)
    assert told(wrong).status_code == 200
    jobs_do()
    item = SuspenseItem.objects.get()
    assert (state(own), item.reason) == (("review", why), why)
    assert (item.amount_minor, item.currency, item.basket_id) == (wrong.amount_minor, wrong.currency, own.pk)
    assert (Demand.objects.get().state, balance(actor), ledger_verify()) == ("open", 0, [])
    assert PartyEvent.objects.get(type="basket_review").data["reason"] == why


def test_L7_a_payment_for_a_cancelled_basket_is_held(paying) -> None:
    actor, own, message = paying
    basket_cancel(basket_id=own.pk, actor=actor)
    told(message)
    jobs_do()
    assert (state(own), SuspenseItem.objects.get().amount_minor) == (("review", "cancelled"), 2_500)


def test_L7_a_payment_for_a_demand_that_was_withdrawn_is_held(paying) -> None:
    _actor, own, message = paying
    with unit_of_work() as work:
        (asked,) = demands_lock(work, [Demand.objects.get().pk])
        demand_end(work, asked, "cancel", reason="made in error", actor=system_actor("tests"))
    told(message)
    jobs_do()
    assert (state(own), SuspenseItem.objects.get().reason) == (("review", "gone"), "gone")


def test_L7_a_payment_for_a_cancelled_declaration_is_held() -> None:
    country_load()
    actor = payer(identifier="ZZIMP0001")
    declaration_id = lodged(actor_organisation(actor))
    assert FiscalStatus.objects.get(pk=declaration_id).state == "INSUFFICIENT"
    own = basket(actor, debts=[declaration_id])
    message = sent(actor, own)
    with unit_of_work() as work:
        declaration_invalidate(work, declaration_id, system_actor("tests"), reason="withdrawn")
    told(message)
    jobs_do()
    assert (state(own), balance(actor)) == (("review", "gone"), 0)
    assert SuspenseItem.objects.get().amount_minor == own.total_minor


def actor_organisation(actor):
    return Organisation.objects.get(pk=actor.organisation_id)


def test_F51_the_debt_of_a_declaration_is_paid_and_its_release_asked_for_at_once() -> None:
    country_load()
    actor = payer(identifier="ZZIMP0001")
    declaration_id = lodged(actor_organisation(actor))
    own = basket(actor, debts=[declaration_id])
    told(sent(actor, own))
    jobs_do()
    asked = Job.objects.filter(kind="clearance.decide", subject_id=str(declaration_id), state="todo")
    decide(list(asked.values_list("pk", flat=True)))
    assert Declaration.objects.get(pk=declaration_id).legal_state == "CLEARED"
    assert (balance(actor), state(own), ledger_verify()) == (0, ("paid", ""), [])


def test_L7_a_forged_signature_is_refused_recorded_and_nothing_is_kept(paying) -> None:
    _actor, own, message = paying
    answer = told(message, secret=b"not the secret")
    assert (answer.status_code, answer.json()["code"]) == (401, "signature.invalid")
    assert (ProviderCallback.objects.count(), state(own)) == (0, ("pending", ""))
    assert Event.objects.filter(verb=Verb.PAYMENT_FORGED).count() == 1


@pytest.mark.parametrize("signature", ["", "t=1,v1=", "v1=" + "0" * 64, "t=1,v1=" + "0" * 64, "t=" + "9" * 400])
def test_PY_PRV_01_a_signature_in_another_form_is_none(paying, signature) -> None:
    answer = Client().generic(
        "POST", CALLBACKS, paying[2].body(), "application/json", headers={"Payment-Signature": signature}
    )
    assert answer.status_code == 401


@pytest.mark.parametrize(("late", "status"), [(-5, 200), (5, 401)], ids=["just inside the window", "just after it"])
def test_PY_PRV_02_a_message_that_was_signed_long_ago_is_refused(paying, late, status) -> None:
    assert told(paying[2], age_s=WINDOW.total_seconds() + late).status_code == status


def test_PY_PRV_02_a_body_that_was_changed_on_its_way_is_refused(paying) -> None:
    message = paying[2]
    signature = sign(SIMULATOR.secret, message.body(), clock.now())
    assert told(message, body=message.body().replace(b"25.00", b"26.00"), signature=signature).status_code == 401


@pytest.mark.parametrize("amount", ["1e3", "-25.00", "１２.00", "1_000", "25,00", " 25.00", "25.001", "", "NaN", "+5"])
def test_L12_an_amount_that_is_no_plain_number_is_refused(paying, amount) -> None:
    message = paying[2]
    body = message.body().replace(b'"25.00"', f'"{amount}"'.encode())
    answer = told(message, body=body)
    assert (answer.status_code, ProviderCallback.objects.count()) == (400, 0)


@pytest.mark.parametrize(
    "body", [b"[]", b"{}", b'{"event": 1}', b"[" * 10_000, b'{"a":1,"a":2}', b"\xff", b'{"event":"captured\\u0000"}']
)
def test_a_body_that_is_no_message_is_refused_though_it_is_signed(paying, body) -> None:
    assert told(paying[2], body=body).status_code == 400


def test_PY_PRV_06_two_amounts_of_one_payment_are_a_question_and_no_second_payment(paying) -> None:
    actor, own, message = paying
    told(message)
    told(replace(message, amount_minor=9_900))
    jobs_do()
    assert (balance(actor), moved(), state(own)[0]) == (0, 2, "paid")
    assert PartyEvent.objects.filter(type="basket_review").count() == 1


def test_PY_PRV_05_a_second_payment_of_a_paid_basket_is_kept_in_suspense(paying) -> None:
    actor, own, message = paying
    again = sent(actor, own)
    told(message)
    told(again)
    jobs_do()
    assert (state(own), SuspenseItem.objects.get().reason) == (("paid", ""), "twice")
    assert (ledger_total(), ledger_verify()) == (0, [])


def test_PY_PRV_07_money_for_a_payment_nobody_began_is_kept(paying) -> None:
    told(replace(paying[2], transaction="SIM-unheard-of"))
    told(replace(paying[2], transaction="SIM-unheard-of", amount_minor=100))
    jobs_do()
    assert SuspenseItem.objects.get().reason == "unknown"


def test_PY_PRV_07_a_refund_is_taken_from_suspense_until_somebody_looks(paying) -> None:
    _actor, own, message = paying
    told(message)
    jobs_do()
    told(replace(message, event="refunded"))
    jobs_do()
    assert (SuspenseItem.objects.get().amount_minor, provider_state(own), ledger_verify()) == (-2_500, "refunded", [])


def test_PY_PRV_06_two_amounts_of_one_refund_are_a_question_and_no_second_refund(paying) -> None:
    _actor, _own, message = paying
    told(message)
    jobs_do()
    for minor in (2_500, 2_000):
        told(replace(message, event="refunded", amount_minor=minor))
        jobs_do()
    assert not Job.objects.filter(kind="payments.apply", state="todo").exists()
    assert (SuspenseItem.objects.get().amount_minor, ledger_verify()) == (-2_500, [])
    assert PartyEvent.objects.filter(type="basket_review").count() == 1


def test_PY_PRV_03_a_refused_card_fails_the_basket(paying) -> None:
    _actor, own, message = paying
    told(replace(message, event="failed"))
    jobs_do()
    assert (state(own), moved()) == (("failed", ""), 0)
    told(message)  # tried again at the provider, and paid after all
    jobs_do()
    assert state(own) == ("paid", "")


def test_a_provider_that_is_not_used_here_is_not_there() -> None:
    assert Client().post("/api/v1/payments/callbacks/other", b"{}", "application/json").status_code == 404


def test_what_a_provider_told_is_never_changed(paying) -> None:
    told(paying[2])
    with pytest.raises(Exception, match="append-only"), unit_of_work():
        ProviderCallback.objects.update(amount_minor=1)
