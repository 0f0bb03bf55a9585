"""Suspense: money that nobody could place is cleared once, with a reason, above a limit by two people."""

import pytest

from fees.models import Demand
from fees.selectors import account_of, ledger_total
from fees.selectors.ledger import ledger_sum
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from singlewindow.approvals.services import proposal_decide, proposal_withdraw
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, TransitionRefused
from singlewindow.payments.models import Basket, PayoutOrder, SuspenseItem
from singlewindow.payments.selectors.suspense import suggestions_for, suspense_for, suspense_item_for
from singlewindow.payments.selectors.verify import ledger_verify
from singlewindow.payments.services.clearing import Plan, suspense_clear
from singlewindow.payments.services.statements import statements_load
from tests.factories import accounts
from tests.factories.payments import Entry, basket, demand, jobs_do, payer, sent, statement, told, treasurer

pytestmark = pytest.mark.django_db


def held(amount: str = "25.00", **more) -> SuspenseItem:
    """Money that the bank told of and nobody could place."""
    minor = Entry(amount, **more).minor
    statements_load(body=statement(Entry(amount, text="no idea", **more)), actor=treasurer())
    return SuspenseItem.objects.get(amount_minor=minor)


def balance(actor: Actor) -> int:
    account = account_of(actor.organisation_id, currency="EUR")
    return account.balance_minor if account else 0


def clear(item: SuspenseItem, to: Actor, officer: Actor | None = None, reason: str = "the payer called"):
    plan = Plan("clear", organisation_id=to.organisation_id)
    return suspense_clear(suspense_id=item.pk, plan=plan, reason=reason, actor=officer or treasurer())


def agrees() -> bool:
    return (ledger_total(), ledger_verify()) == (0, [])


def test_PY_SU_02_an_officer_says_whose_it_is_and_why() -> None:
    trader, item = payer(), held()
    officer = treasurer()
    assert clear(item, trader, officer) is None
    item.refresh_from_db()
    assert (item.state, item.cleared_by, item.cleared_why) == ("cleared", officer.label, "the payer called")
    assert (balance(trader), ledger_sum("suspense"), agrees()) == (2_500, {"EUR": 0}, True)


def test_PY_SU_02_without_a_reason_nothing_is_booked() -> None:
    trader, item = payer(), held()
    with pytest.raises(RuleViolated):
        clear(item, trader, reason="  ")
    assert (balance(trader), SuspenseItem.objects.get().state) == (0, "open")


def test_PY_SU_03_cleared_once() -> None:
    first, second, item = payer(), payer(), held()
    clear(item, first)
    with pytest.raises(TransitionRefused):
        clear(item, second)
    assert (balance(first), balance(second)) == (2_500, 0)


@pytest.mark.parametrize(("amount", "two"), [("1000.00", False), ("1000.01", True)], ids=["at the limit", "above it"])
def test_PY_SU_05_above_the_limit_a_second_officer_must_agree(amount: str, two: bool) -> None:
    trader, item, officer = payer(), held(amount), treasurer()
    proposal_id = clear(item, trader, officer)
    assert (proposal_id is not None, balance(trader) == 0) == (two, two)
    if proposal_id is None:
        return
    with pytest.raises(NotPermitted):  # A7: not the one who proposed
        proposal_decide(proposal_id=proposal_id, actor=officer, grant=True, reason="mine")
    with pytest.raises(NotPermitted):  # nor one who may not book money
        proposal_decide(proposal_id=proposal_id, actor=accounts.actor(Role.RISK_ANALYST), grant=True, reason="ok")
    assert balance(trader) == 0
    proposal_decide(proposal_id=proposal_id, actor=treasurer(), grant=True, reason="seen the letter")
    assert (balance(trader), SuspenseItem.objects.get().state, agrees()) == (100_001, "cleared", True)


def test_PY_SU_05_while_a_second_officer_is_asked_nobody_else_clears_it() -> None:
    trader, item, officer = payer(), held("5000.00"), treasurer()
    proposal_id = clear(item, trader, officer)
    with pytest.raises(TransitionRefused):
        clear(item, payer(), treasurer())
    proposal_withdraw(proposal_id=proposal_id, actor=officer)
    assert SuspenseItem.objects.get().state == "open"
    again = clear(item, trader, officer)
    proposal_decide(proposal_id=again, actor=treasurer(), grant=False, reason="no proof")
    assert (SuspenseItem.objects.get().state, balance(trader)) == ("open", 0)


def test_PY_SU_05_a_plan_that_is_not_the_one_that_was_agreed_to_is_not_carried_out() -> None:
    trader, thief, item = payer(), payer(), held("5000.00")
    proposal_id = clear(item, trader)
    plan = Plan("clear", organisation_id=thief.organisation_id).stored(item.pk)
    SuspenseItem.objects.filter(pk=item.pk).update(plan=plan | {"reason": "the payer called"})
    with pytest.raises(Conflict):
        proposal_decide(proposal_id=proposal_id, actor=treasurer(), grant=True, reason="seen the letter")
    assert (balance(trader), balance(thief), SuspenseItem.objects.get().state) == (0, 0, "proposed")


def test_a_currency_without_a_limit_always_needs_two(settings) -> None:
    settings.SUSPENSE_ALONE_MOST = {}
    assert clear(held("0.01"), payer()) is not None


def test_PY_SU_04_it_is_sent_back_to_where_it_came_from() -> None:
    item = held()
    suspense_clear(suspense_id=item.pk, plan=Plan("return"), reason="nobody's", actor=treasurer())
    order = PayoutOrder.objects.get()
    assert (order.iban, order.amount_minor, order.organisation_id) == ("NL02ABNA0123456789", 2_500, None)
    assert (SuspenseItem.objects.get().state, ledger_sum("clearing"), agrees()) == ("returned", {"EUR": 2_500}, True)


def test_PY_SU_04_where_no_account_is_known_it_stays() -> None:
    item = held(iban="XX")
    with pytest.raises(RuleViolated):
        suspense_clear(suspense_id=item.pk, plan=Plan("return"), reason="back", actor=treasurer())
    assert (SuspenseItem.objects.get().state, PayoutOrder.objects.count()) == ("open", 0)


def test_PY_SU_03_a_reversal_is_taken_only_from_an_account_that_bears_it() -> None:
    poor, rich = payer(), payer(rich=25)
    item = held(direction="DBIT", reversal=True)
    with pytest.raises(RuleViolated):
        clear(item, poor)
    clear(item, rich)
    assert (balance(rich), SuspenseItem.objects.get().state, agrees()) == (0, "cleared", True)


def test_a_short_payment_is_cleared_to_its_basket_and_the_rest_pays_it() -> None:
    trader = payer()
    own = basket(trader, demand(trader, 2_500))
    message = sent(trader, own)
    told(message, body=message.body().replace(b"25.00", b"24.00"))
    jobs_do()
    item = SuspenseItem.objects.get()
    suspense_clear(suspense_id=item.pk, plan=Plan("clear", basket_id=own.pk), reason="short", actor=treasurer())
    own.refresh_from_db()
    assert (own.state, balance(trader), Demand.objects.get().state) == ("cancelled", 2_400, "open")
    assert agrees()


def test_a_payment_too_much_is_cleared_to_its_basket_and_pays_it() -> None:
    trader = payer()
    own = basket(trader, demand(trader, 2_500))
    message = sent(trader, own)
    told(message, body=message.body().replace(b"25.00", b"26.00"))
    jobs_do()
    item = SuspenseItem.objects.get()
    suspense_clear(suspense_id=item.pk, plan=Plan("clear", basket_id=own.pk), reason="one over", actor=treasurer())
    own.refresh_from_db()
    assert (own.state, balance(trader), Demand.objects.get().state, agrees()) == ("paid", 100, "paid", True)


def test_suggestions_name_the_likely_owner_by_name_amount_and_a_reference_with_a_slip() -> None:
    trader = payer(name="Highland Coffee Exporters")
    own = basket(trader, demand(trader, 2_500))
    slipped = own.reference[:-1] + ("2" if own.reference[-1] != "2" else "3")
    statements_load(
        body=statement(
            Entry("1.00", text=f"ref {slipped}", name="X"),
            Entry("25.00", text="?", name="Y"),
            Entry("2.00", name="HIGHLAND COFFEE EXPORTER"),
        ),
        actor=treasurer(),
    )
    officer = treasurer()
    found = {
        row.amount_minor: suggestions_for(suspense_item_for(officer, row.pk)) for row in SuspenseItem.objects.all()
    }
    for minor, why in ((100, "reference"), (2_500, "amount"), (200, "name")):
        assert (found[minor][0].why, found[minor][0].identifier) == (why, trader.organisation_identifier), minor


def test_only_who_may_see_the_ledger_sees_suspense_and_only_who_may_book_clears_it() -> None:
    item = held()
    for role in (Role.TRADER, Role.OFFICER, Role.RISK_ANALYST):
        stranger = accounts.actor(role)
        assert suspense_for(stranger).rows == []
        with pytest.raises(NotFound):
            suspense_item_for(stranger, item.pk)
    auditor = accounts.actor(Role.AUDITOR)
    assert len(suspense_for(auditor).rows) == 1
    with pytest.raises(NotPermitted):
        clear(item, payer(), auditor)


def test_what_stands_in_suspense_is_never_changed_or_removed() -> None:
    held()
    for change in (
        lambda: SuspenseItem.objects.update(amount_minor=1),
        lambda: SuspenseItem.objects.all().delete(),
        lambda: SuspenseItem.objects.update(state="cleared"),
    ):
        with pytest.raises(Exception, match=r"does not change|violates check"), unit_of_work():
            change()


def test_a_basket_in_review_ends_when_none_of_its_money_waits_any_more() -> None:
    trader = payer()
    own = basket(trader, demand(trader, 2_500))
    message = sent(trader, own)
    told(message, body=message.body().replace(b"EUR", b"USD"))
    jobs_do()
    plan = Plan("return", iban="NL02ABNA0123456789", creditor="Card holder")
    suspense_clear(suspense_id=SuspenseItem.objects.get().pk, plan=plan, reason="wrong currency", actor=treasurer())
    assert Basket.objects.get(pk=own.pk).state == "cancelled"
    assert agrees()


def test_PY_SU_03_money_held_for_a_basket_is_cleared_to_the_account_and_ends_its_review() -> None:
    trader = payer()
    own = basket(trader, demand(trader, 2_500))
    message = sent(trader, own)
    told(message, body=message.body().replace(b"25.00", b"24.00"))
    jobs_do()
    clear(SuspenseItem.objects.get(), trader)  # the basket is locked before the account, or the watch of locks fails
    own.refresh_from_db()
    assert (own.state, balance(trader), Demand.objects.get().state, agrees()) == ("cancelled", 2_400, "open", True)
