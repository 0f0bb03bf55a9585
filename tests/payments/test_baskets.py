"""Baskets: one sum for all agencies under one reference, paid all or not at all."""

from datetime import timedelta

import pytest
from stdnum import iso11649

from fees.models import Demand
from fees.selectors import account_of, ledger_total
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, TransitionRefused
from singlewindow.payments.models import Basket, BasketLine
from singlewindow.payments.selectors.verify import ledger_verify
from singlewindow.payments.services.baskets import (
    Chosen,
    basket_cancel,
    basket_pay_from_account,
    basket_send,
    baskets_make,
)
from singlewindow.payments.types import Method
from tests.factories.payments import basket, demand, jobs_do, payer, treasurer

pytestmark = pytest.mark.django_db


def rules_of(refusal) -> list[str]:
    return [one.rule for one in refusal.value.violations]


def send(actor, own, method=Method.BANK) -> Basket:
    with unit_of_work() as work:
        return basket_send(work, basket_id=own.pk, method=method, actor=actor)


def test_F51_what_several_agencies_ask_for_is_one_sum_under_one_reference() -> None:
    actor = payer()
    one = basket(actor, demand(actor, 2_500, authority="PHY"), demand(actor, 1_000, authority="VET"), top_up=500)
    assert one.total_minor == 4_000
    assert iso11649.is_valid(one.reference)
    assert {line.authority for line in one.lines.all()} == {"PHY", "VET", ""}


def test_PY_BAS_01_nothing_chosen_is_no_basket() -> None:
    with pytest.raises(RuleViolated) as refusal, unit_of_work() as work:
        baskets_make(work, chosen=Chosen(), actor=payer())
    assert rules_of(refusal) == ["PY-BAS-01"]


def test_PY_BAS_02_what_another_owes_or_is_paid_already_cannot_be_chosen() -> None:
    actor, other = payer(rich=100), payer()
    foreign, paid = demand(other), demand(actor)
    basket_pay_from_account(basket_id=basket(actor, paid).pk, actor=actor)
    with pytest.raises(RuleViolated) as refusal, unit_of_work() as work:
        baskets_make(work, chosen=Chosen((foreign, paid)), actor=actor)
    assert rules_of(refusal) == ["PY-BAS-02", "PY-BAS-02"]
    assert Basket.objects.filter(organisation_id=actor.organisation_id).count() == 1


def test_a_basket_for_each_currency() -> None:
    actor = payer()
    with unit_of_work() as work:
        made = baskets_make(work, chosen=Chosen((demand(actor), demand(actor, currency="USD"))), actor=actor)
    assert [Basket.objects.get(pk=one).currency for one in made] == ["EUR", "USD"]


def test_PY_BAS_05_paying_from_the_account_takes_all_or_nothing() -> None:
    actor = payer(rich=30)
    first, second = demand(actor, 2_500), demand(actor, 600)
    own = basket(actor, first, second)
    with pytest.raises(RuleViolated) as refusal:
        basket_pay_from_account(basket_id=own.pk, actor=actor)
    assert (rules_of(refusal), refusal.value.violations[0].value) == (["FE-DEM-03"], "1.00")
    assert set(Demand.objects.values_list("state", flat=True)) == {"open"}
    assert Basket.objects.get(pk=own.pk).state == "open"
    basket_pay_from_account(basket_id=basket(actor, first).pk, actor=actor)
    assert account_of(actor.organisation_id, currency="EUR").balance_minor == 500
    assert (ledger_total(), ledger_verify()) == (0, [])


@pytest.mark.parametrize(("euros", "paid"), [(25, True), (24, False)], ids=["exactly enough", "one euro short"])
def test_PY_BAS_05_the_threshold(euros: int, paid: bool) -> None:
    actor = payer(rich=euros)
    own = basket(actor, demand(actor, 2_500))
    if paid:
        basket_pay_from_account(basket_id=own.pk, actor=actor)
    else:
        with pytest.raises(RuleViolated):
            basket_pay_from_account(basket_id=own.pk, actor=actor)
    assert Basket.objects.get(pk=own.pk).state == ("paid" if paid else "open")


def test_PY_BAS_06_the_account_is_not_filled_from_itself() -> None:
    actor = payer(rich=100)
    with pytest.raises(RuleViolated) as refusal:
        basket_pay_from_account(basket_id=basket(actor, top_up=100).pk, actor=actor)
    assert rules_of(refusal) == ["PY-BAS-06"]


def test_PY_BAS_04_what_one_basket_is_paying_no_other_takes_to_the_bank() -> None:
    actor = payer()
    asked = demand(actor)
    first, second = basket(actor, asked), basket(actor, asked)
    send(actor, first)
    with pytest.raises(Conflict) as refusal:
        send(actor, second)
    assert rules_of(refusal) == ["PY-BAS-04"]
    with pytest.raises(RuleViolated):
        basket(actor, asked)
    basket_cancel(basket_id=first.pk, actor=actor)
    assert send(actor, second).state == "pending"


def test_PY_BAS_07_what_is_in_a_basket_never_changes() -> None:
    actor = payer()
    own = basket(actor, demand(actor))
    for change in (
        lambda: BasketLine.objects.filter(basket=own).update(amount_minor=1),
        lambda: Basket.objects.filter(pk=own.pk).update(total_minor=1),
        lambda: BasketLine.objects.filter(basket=own)._raw_delete("default"),
        lambda: (
            Basket.objects.filter(pk=own.pk).update(state="partly")
            and Basket.objects.filter(pk=own.pk).update(state="open")
        ),
    ):
        with pytest.raises(Exception, match=r"append-only|does not change|no transition"), unit_of_work():
            change()


def test_a_basket_of_another_organisation_is_not_there() -> None:
    own = basket(actor := payer(), demand(actor))
    stranger = payer(rich=100)
    for act in (basket_pay_from_account, basket_cancel):
        with pytest.raises(NotFound):
            act(basket_id=own.pk, actor=stranger)
    with pytest.raises(NotPermitted):
        basket_cancel(basket_id=own.pk, actor=treasurer())


def test_PY_BAS_08_a_basket_for_which_nothing_comes_expires_and_a_paid_one_does_not() -> None:
    actor = payer(rich=100)
    waiting, paid = basket(actor, demand(actor)), basket(actor, demand(actor))
    basket_pay_from_account(basket_id=paid.pk, actor=actor)
    with clock.frozen(clock.now() + timedelta(days=15)):
        Job.objects.filter(kind="payments.expire").update(not_before=clock.now())
        jobs_do("payments.expire")
    assert [Basket.objects.get(pk=one.pk).state for one in (waiting, paid)] == ["expired", "paid"]
    with pytest.raises(TransitionRefused):
        send(actor, waiting)


def test_a_paid_basket_is_not_paid_again() -> None:
    actor = payer(rich=100)
    own = basket(actor, demand(actor))
    basket_pay_from_account(basket_id=own.pk, actor=actor)
    with pytest.raises(TransitionRefused):
        basket_pay_from_account(basket_id=own.pk, actor=actor)
    assert account_of(actor.organisation_id, currency="EUR").balance_minor == 7_500
