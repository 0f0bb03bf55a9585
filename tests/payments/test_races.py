"""Many at once, each on a connection of its own: money moves once, and nobody is told of a deadlock."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from fees.models import Demand, LedgerTransaction
from fees.selectors import account_of, ledger_total
from singlewindow.accounts.types import Actor
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.kernel.errors import Conflict, RuleViolated
from singlewindow.payments import tasks
from singlewindow.payments.models import BankStatement, Basket, PayoutFile, PayoutOrder, ProviderCallback, SuspenseItem
from singlewindow.payments.selectors.verify import ledger_verify
from singlewindow.payments.services.baskets import basket_pay_from_account, basket_send
from singlewindow.payments.services.clearing import Plan, suspense_clear
from singlewindow.payments.services.payouts import bank_account_name, payout_order, payouts_file
from singlewindow.payments.services.statements import statements_load
from singlewindow.payments.types import Method
from tests.factories.payments import Entry, basket, demand, jobs_do, payer, sent, statement, told, treasurer
from tests.hostile.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def outcome(act: Callable[[], object]) -> Callable[[], str]:
    """An act that answers with the name of its refusal, or that it was done."""

    def run() -> str:
        try:
            act()
        except (Conflict, RuleViolated) as refusal:
            return type(refusal).__name__
        return "done"

    return run


def agrees() -> bool:
    return (ledger_total(), ledger_verify()) == (0, [])


def balance(actor: Actor) -> int:
    held = account_of(actor.organisation_id, currency="EUR")
    return held.balance_minor if held else 0


def test_two_officers_clear_the_same_money_and_one_does() -> None:
    statements_load(body=statement(Entry(text="?")), actor=treasurer())
    item, traders = SuspenseItem.objects.get(), [payer() for _ in range(8)]
    officers = [treasurer() for _ in traders]

    def clear(trader: Actor, officer: Actor) -> Callable[[], str]:
        plan = Plan("clear", organisation_id=trader.organisation_id)
        return outcome(lambda: suspense_clear(suspense_id=item.pk, plan=plan, reason="his", actor=officer))

    answers = Counter(at_once([clear(one, two) for one, two in zip(traders, officers, strict=True)]))
    assert answers == {"done": 1, "TransitionRefused": 7}
    assert sorted(balance(trader) for trader in traders) == [0] * 7 + [2_500]
    assert agrees()


def test_L7_a_callback_told_by_sixteen_at_once_is_one_payment() -> None:
    actor = payer()
    own = basket(actor, demand(actor))
    message = sent(actor, own)
    answers = at_once([lambda: told(message).json()["new"]] * 16)
    assert Counter(answers) == {True: 1, False: 15}
    jobs_do()
    assert (ProviderCallback.objects.count(), Basket.objects.get().state, balance(actor), agrees()) == (
        1,
        "paid",
        0,
        True,
    )


def test_L7_two_captures_of_one_payment_applied_at_once_move_money_once() -> None:
    actor = payer()
    own = basket(actor, demand(actor))
    message = sent(actor, own)
    told(message)
    told(replace(message, reference="RF00OTHER"))
    ids = list(Job.objects.filter(kind="payments.apply").values_list("pk", flat=True))
    at_once([lambda one=one: tasks.apply([one]) for one in ids])
    assert set(Job.objects.filter(pk__in=ids).values_list("state", flat=True)) == {"done"}
    assert LedgerTransaction.objects.filter(source_event__startswith="provider:").count() == 1
    assert (Basket.objects.get().state, balance(actor), agrees()) == ("paid", 0, True)


def test_a_statement_loaded_by_six_at_once_is_booked_once() -> None:
    actor = payer()
    own = basket(actor, demand(actor))
    body = statement(Entry(reference=own.reference), Entry("9.00", text="?"))
    officers = [treasurer() for _ in range(6)]
    loaded = at_once(
        [lambda officer=officer: statements_load(body=body, actor=officer)[0].again for officer in officers]
    )
    assert Counter(loaded) == {False: 1, True: 5}
    assert (BankStatement.objects.count(), SuspenseItem.objects.count(), agrees()) == (1, 1, True)


def test_a_demand_is_paid_once_from_the_account_by_a_provider_and_by_the_bank_together() -> None:
    actor = payer(rich=100)
    asked = demand(actor, 2_500)
    one, two, three = (basket(actor, asked) for _ in range(3))
    message, body = sent(actor, two), statement(Entry(reference=three.reference))
    told(message)
    officer = treasurer()
    at_once(
        [
            outcome(lambda: basket_pay_from_account(basket_id=one.pk, actor=actor)),
            jobs_do,
            outcome(lambda: statements_load(body=body, actor=officer)),
        ]
    )
    assert Demand.objects.get().state == "paid"
    assert LedgerTransaction.objects.filter(source_event=f"demand:{asked}").count() == 1
    assert (balance(actor), agrees()) == (10_000 + 2_500 + 2_500 - 2_500, True)


def test_an_account_is_never_overdrawn_by_baskets_that_are_paid_together() -> None:
    actor = payer(rich=100)
    baskets = [basket(actor, demand(actor, 2_500)) for _ in range(12)]
    answers = Counter(
        at_once([outcome(lambda own=own: basket_pay_from_account(basket_id=own.pk, actor=actor)) for own in baskets])
    )
    assert answers == {"done": 4, "RuleViolated": 8}
    assert (balance(actor), agrees()) == (0, True)


def test_one_of_the_baskets_with_the_same_demand_goes_to_the_bank() -> None:
    actor = payer()
    asked = demand(actor)
    baskets = [basket(actor, asked) for _ in range(6)]

    def send(own: Basket) -> None:
        with unit_of_work() as work:
            basket_send(work, basket_id=own.pk, method=Method.BANK, actor=actor)

    answers = Counter(at_once([outcome(lambda own=own: send(own)) for own in baskets]))
    assert answers == {"done": 1, "Conflict": 5}


def test_an_order_is_in_one_file_when_several_officers_collect_at_once() -> None:
    actor = payer(rich=100)
    bank_account_name(iban="NL02ABNA0123456789", holder="A", actor=actor)
    for number in range(5):
        with unit_of_work() as work:
            values = {"amount_minor": 100, "currency": "EUR", "text": "Refund", "actor": treasurer()}
            payout_order(work, organisation_id=actor.organisation_id, source=f"refund:{number}", **values)
    officers = [treasurer() for _ in range(6)]
    answers = Counter(at_once([outcome(lambda one=one: payouts_file(currency="EUR", actor=one)) for one in officers]))
    assert answers == {"done": 1, "Conflict": 5}
    assert (PayoutFile.objects.count(), PayoutFile.objects.get().count, PayoutOrder.objects.count()) == (1, 5, 5)


def test_a_payout_is_ordered_once_by_those_who_ask_for_it_at_once() -> None:
    actor, officer = payer(rich=100), treasurer()

    def order() -> None:
        with unit_of_work() as work:
            values = {"amount_minor": 100, "currency": "EUR", "text": "Refund", "actor": officer}
            payout_order(work, organisation_id=actor.organisation_id, source="refund:1", **values)

    assert set(at_once([outcome(order)] * 8)) == {"done"}
    assert (PayoutOrder.objects.count(), balance(actor), agrees()) == (1, 9_900, True)
