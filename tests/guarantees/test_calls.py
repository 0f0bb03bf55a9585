"""GU-CAL: a call is taken back: what was taken stands reserved while the debt stands, else it is free."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection

from fees.models import Demand, FiscalStatus, Remission
from fees.selectors import account_of, ledger_total
from fees.services import debt_return, tariff_load
from fees.services.amendments import debt_adjust
from fees.services.demands import demands_lock, demands_pay
from fees.services.waiving import call_again, demand_cancel, demand_waive
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import Event
from singlewindow.db.work import unit_of_work
from singlewindow.guarantees.selectors import reserved_for
from singlewindow.kernel.errors import DomainError, NotFound, NotPermitted, RuleViolated, TransitionRefused
from singlewindow.revenue.services import debt_determine
from singlewindow.revenue.types import FinalDebt
from tests.factories import accounts, guarantees
from tests.factories import revenue as make
from tests.factories.declarations import import_message

AT = datetime(2026, 12, 20, 9, 0, tzinfo=UTC)
OFFICER = system_actor("tests")


class Called:
    """A debt that was fixed and called from the guarantee, for nothing else bore it."""

    def __init__(self) -> None:
        self.holder = accounts.organisation()
        self.snapshot, self.total = make.assessed(self.holder, import_message(5))
        self.row = guarantees.guarantee(self.holder, limit_minor=1_000_000)
        guarantees.reserve(self.row, self.total, subject=self.snapshot.id, holders=[self.holder.pk])
        FiscalStatus.objects.filter(pk=self.snapshot.id).update(state="SECURED")
        due = dict(FiscalStatus.objects.get(pk=self.snapshot.id).due)
        final = FinalDebt(due=due, reason="Value settled", interest_from=date(2026, 12, 20))
        with unit_of_work() as work:
            debt_determine(
                work, declaration_id=self.snapshot.id, final=final, actor=accounts.actor(Role.OFFICER), at=AT
            )
        calls = Demand.objects.filter(declaration_id=self.snapshot.id, kind="guarantee_call").order_by("-amount_minor")
        self.calls = list(calls)
        assert sum(one.amount_minor for one in self.calls) == self.total

    @property
    def used(self) -> int:
        self.row.refresh_from_db()
        return int(self.row.used_minor)

    @property
    def reserved(self) -> int:
        return sum(one.open_minor for one in reserved_for(self.snapshot.id))

    def cancel(self, demand: Demand, *, reason: str = "Called in error.", actor: Any = None) -> None:
        with unit_of_work() as work:
            demand_cancel(work, demand.pk, reason=reason, actor=actor or accounts.actor(Role.OFFICER), at=AT)

    def pay(self, demand: Demand) -> None:
        with unit_of_work() as work:
            assert (
                demands_pay(work, demands_lock(work, [demand.pk]), payer_id=self.holder.pk, actor=OFFICER, at=AT) == 0
            )


@pytest.fixture
def called(db: Any) -> Called:
    tariff_load()
    return Called()


def test_GU_CAL_01_what_was_taken_stands_reserved_again_while_the_debt_stands(called):
    one = called.calls[0]
    called.cancel(one)
    assert (called.reserved, called.used) == (one.amount_minor, called.total)
    one.refresh_from_db()
    assert (one.state, one.reason) == ("cancelled", "Called in error.")
    told = Event.objects.filter(subject_id=str(called.row.pk)).order_by("pk").values_list("verb", flat=True)
    assert list(told)[-2:] == ["guarantee.replenished", "guarantee.reserved"]
    with pytest.raises(TransitionRefused):
        called.cancel(one)
    assert called.reserved == one.amount_minor


def test_GU_CAL_01_what_nobody_owes_any_more_is_free(called):
    one = called.calls[0]
    FiscalStatus.objects.filter(pk=called.snapshot.id).update(total_minor=0, due={})
    called.cancel(one)
    assert (called.reserved, called.used) == (0, called.total - one.amount_minor)


def test_GU_CAL_02_what_is_waived_is_free_and_the_debt_is_less_by_it(called):
    one = called.calls[0]
    with unit_of_work() as work:
        demand_waive(work, one.pk, reason="A flood", waived=True, actor=accounts.actor(Role.SUPERVISOR), at=AT)
    assert (called.reserved, called.used) == (0, called.total - one.amount_minor)
    status = FiscalStatus.objects.get(pk=called.snapshot.id)
    assert status.total_minor == called.total - one.amount_minor == sum(status.due.values())
    assert Remission.objects.get().source == f"demand:{one.pk}"


@pytest.mark.parametrize("reason", ["", " ", "x" * 501])
def test_GU_CAL_03_a_call_is_taken_back_with_a_reason_by_who_determines_debts(called, reason):
    with pytest.raises(RuleViolated) as refusal:
        called.cancel(called.calls[0], reason=reason)
    assert refusal.value.violations[0].rule == "GU-CAL-03"
    with pytest.raises(NotPermitted):
        called.cancel(called.calls[0], actor=accounts.actor(Role.TRADER, of=called.holder))
    assert called.reserved == 0


def test_GU_CAL_04_it_is_called_again_once(called):
    one, officer = called.calls[0], accounts.actor(Role.OFFICER)

    def again() -> Any:
        with unit_of_work() as work:
            return call_again(work, one.pk, reason="The debt stands.", actor=officer, at=AT)

    with pytest.raises(TransitionRefused):
        again()
    called.cancel(one)
    made = again()
    assert again() == made != one.pk
    assert Demand.objects.get(pk=made).amount_minor == one.amount_minor
    assert (called.reserved, called.used) == (0, called.total)
    with pytest.raises(NotFound), unit_of_work() as work:
        call_again(work, called.snapshot.id, reason="None", actor=officer, at=AT)


def test_GU_CAL_05_a_debt_that_is_less_frees_what_stands_reserved_and_gives_nothing_back_that_was_not_paid(called):
    one = called.calls[0]
    called.cancel(one)
    content = called.snapshot.message.canonical()
    content["items"][0]["price"]["amount"] = "10"
    less = type(called.snapshot.message).model_validate(content)
    after = replace(called.snapshot, message=less, version=2)
    with unit_of_work() as work:
        summary = debt_adjust(work, after, assessed_at=AT, at=AT, actor=OFFICER)
    fell = called.total - summary.total_minor
    assert 0 < fell < one.amount_minor
    assert called.reserved == one.amount_minor - fell
    account = account_of(called.holder.pk, currency="EUR")
    assert account is None or account.balance_minor == 0
    assert ledger_total() == 0


def test_GU_CAL_05_with_the_declaration_everything_is_free_and_nothing_is_paid_out(called):
    called.cancel(called.calls[0])
    with unit_of_work() as work:
        debt_return(work, called.snapshot, at=AT, actor=OFFICER)
    assert (called.reserved, called.used) == (0, 0)
    assert account_of(called.holder.pk, currency="EUR") is None
    assert not Demand.objects.filter(declaration_id=called.snapshot.id, state="open").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["payment", "taking back"])
def test_GU_CAL_01_taken_back_beside_its_payment_one_of_them_counts(first):
    tariff_load()
    called = Called()
    make.credited(called.holder, f"{called.total / 100:.2f}")
    one, officer, done = called.calls[0], accounts.actor(Role.OFFICER), threading.Event()

    def taken_back() -> None:
        called.cancel(one, actor=officer)

    def paid() -> None:
        called.pay(one)

    mine, theirs = (paid, taken_back) if first == "payment" else (taken_back, paid)

    def second() -> bool:
        try:
            theirs()
        except DomainError:
            return False
        finally:
            done.set()
            connection.close()
        return True

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work() as work:
            mine()
            work.flush()
            running = pool.submit(second)
            assert not done.wait(1)
        assert running.result() is False
    one.refresh_from_db()
    assert one.state == ("paid" if first == "payment" else "cancelled")
    assert called.reserved == (0 if first == "payment" else one.amount_minor)
    assert ledger_total() == 0
