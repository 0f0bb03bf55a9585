"""RV-STM: the statement of a month closes, is paid as one sum, falls overdue, changes with its declarations."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from fees.models import Demand, FiscalStatus
from fees.selectors import account_of, ledger_total
from fees.selectors.payable import demands_payable
from fees.services.demands import demands_lock, demands_pay
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import PartyEvent
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.jobs.types import JobContext
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, TransitionRefused
from singlewindow.payments.selectors.verify import ledger_verify
from singlewindow.payments.services.baskets import basket_pay_from_account
from singlewindow.revenue.models import Deferment, Statement, StatementLine
from singlewindow.revenue.services import (
    deferment_change,
    statement_correct,
    statement_pay,
)
from singlewindow.revenue.services.demands import demand_was_paid
from singlewindow.revenue.types import DefermentBasis
from tests.factories import accounts, guarantees, payments
from tests.factories import revenue as make
from tests.factories.declarations import import_message
from tests.revenue.test_deferment import NOON, close, due, job, receivable


@pytest.mark.django_db
def test_RV_STM_01_a_statement_closes_once_at_two_in_the_morning_of_the_next_month(loaded):
    holder = make.trusted()
    make.deferment(holder)
    snapshot, total = make.assessed(holder)
    make.deferred(snapshot, NOON)
    timer = Job.objects.get(kind="revenue.close")
    assert timer.not_before == datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    statement = close(Statement.objects.get())
    assert (statement.state, statement.closed_minor) == ("due", total)
    close(statement)
    assert PartyEvent.objects.filter(type="statement.closed").count() == 1
    timer = Job.objects.get(kind="revenue.due")
    assert timer.not_before == datetime(2026, 12, 16, 21, 0, tzinfo=UTC)  # the seventeenth begins in the country


@pytest.mark.django_db
def test_RV_STM_03_one_payment_settles_the_month_and_frees_the_limit(loaded):
    holder = make.trusted()
    row = make.deferment(holder)
    debts = [make.assessed(holder) for _ in range(2)]
    for snapshot, _ in debts:
        make.deferred(snapshot, NOON)
    total = sum(minor for _, minor in debts)
    actor = accounts.actor(Role.TRADER, of=holder)
    statement = Statement.objects.get()
    with pytest.raises(TransitionRefused):
        statement_pay(statement_id=statement.pk, actor=actor)
    close(statement)
    make.credited(holder, f"{(total - 1) / 100:.2f}")
    with pytest.raises(RuleViolated) as refusal:
        statement_pay(statement_id=statement.pk, actor=actor, at=datetime(2026, 12, 16, 12, tzinfo=UTC))
    assert refusal.value.violations[0].value == "0.01"
    make.credited(holder, "0.01")
    for _ in range(2):
        assert statement_pay(statement_id=statement.pk, actor=actor, at=datetime(2026, 12, 16, 12, tzinfo=UTC)) == total
    row.refresh_from_db()
    assert row.used_minor == 0
    assert receivable(holder) == ledger_total() == 0
    view = account_of(holder.pk, currency="EUR")
    assert view is not None
    assert view.balance_minor == 0
    assert set(FiscalStatus.objects.values_list("state", flat=True)) == {"FINAL"}
    assert Job.objects.filter(kind="clearance.debts_final").count() == 2
    assert set(Demand.objects.values_list("kind", "state")) == {("statement", "paid")}  # on its day nothing is late


@pytest.mark.django_db
def test_RV_STM_03_a_stranger_pays_none_and_sees_none(loaded):
    holder = make.trusted()
    make.deferment(holder)
    snapshot, _ = make.assessed(holder)
    make.deferred(snapshot, NOON)
    statement = close(Statement.objects.get())
    with pytest.raises(NotFound):
        statement_pay(statement_id=statement.pk, actor=accounts.actor(Role.TRADER))
    with pytest.raises(NotPermitted):
        statement_pay(statement_id=statement.pk, actor=accounts.actor(Role.OFFICER))


@pytest.mark.django_db
def test_RV_STM_04_overdue_it_suspends_runs_interest_and_paid_it_resumes(loaded):
    holder = make.trusted()
    row = make.deferment(holder)
    snapshot, total = make.assessed(holder, import_message(5))
    make.deferred(snapshot, NOON)
    statement = close(Statement.objects.get())
    due(statement, "overdue", datetime(2026, 12, 16, 21, 0, tzinfo=UTC))
    due(statement, "overdue", datetime(2026, 12, 16, 21, 0, tzinfo=UTC))
    row.refresh_from_db()
    statement.refresh_from_db()
    assert (row.state, statement.state) == ("suspended", "overdue")
    later, _ = make.assessed(holder)
    assert make.deferred(later, datetime(2026, 12, 18, 9, tzinfo=UTC)) is None
    make.credited(holder, f"{total / 100:.2f}")
    actor = accounts.actor(Role.TRADER, of=holder)
    statement_pay(statement_id=statement.pk, actor=actor, at=datetime(2027, 1, 10, 9, tzinfo=UTC))
    row.refresh_from_db()
    assert row.state == "active"
    demand = Demand.objects.get(kind="interest")
    # 15 days of 2026 at 6 per cent and 10 of 2027 at 5.75 per cent, of 365 each; rounded once, half up.
    expected = round((total * 600 * 15 + total * 575 * 10) / 3_650_000 + 1e-9)
    assert demand.amount_minor == expected
    make.credited(holder, "100")
    with unit_of_work() as work:
        assert demands_pay(work, demands_lock(work, [demand.pk]), payer_id=holder.pk, actor=system_actor("t")) == 0
    assert ledger_total() == 0


@pytest.mark.django_db
def test_RV_STM_06_a_change_lowers_the_statement_and_after_payment_goes_back_to_the_account(loaded):
    holder = make.trusted()
    row = make.deferment(holder)
    snapshot, total = make.assessed(holder)
    make.deferred(snapshot, NOON)
    for number in (1, 1, 2):
        with unit_of_work() as work:
            change = job("revenue.correct", snapshot.id, delta=-500, source=f"amend:{number}")
            statement_correct(work, change)
    row.refresh_from_db()
    assert row.used_minor == total - 1_000
    statement = close(Statement.objects.get())
    assert statement.closed_minor == total - 1_000
    make.credited(holder, f"{(total - 1_000) / 100:.2f}")
    statement_pay(statement_id=statement.pk, actor=accounts.actor(Role.TRADER, of=holder))
    for _ in range(2):
        with unit_of_work() as work:
            statement_correct(work, job("revenue.correct", snapshot.id, delta=-300, source="amend:3"))
    view = account_of(holder.pk, currency="EUR")
    assert view is not None
    assert view.balance_minor == 300


@pytest.mark.django_db(transaction=True)
def test_RV_STM_03_paid_by_many_at_once_a_month_is_paid_once():
    from tests.factories.tariff import tariff_small_load

    tariff_small_load()
    holder = make.trusted()
    make.deferment(holder)
    snapshot, total = make.assessed(holder)
    make.deferred(snapshot, NOON)
    statement = close(Statement.objects.get())
    make.credited(holder, f"{total * 3 / 100:.2f}")
    actor = accounts.actor(Role.TRADER, of=holder)
    barrier = threading.Barrier(6)

    def one(_: int) -> int:
        barrier.wait()
        try:
            return statement_pay(statement_id=statement.pk, actor=actor, at=datetime(2026, 12, 10, tzinfo=UTC))
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(one, range(6))) == {total}
    view = account_of(holder.pk, currency="EUR")
    assert view is not None
    assert view.balance_minor == total * 2
    assert ledger_total() == receivable(holder) == 0


@pytest.mark.django_db
def test_RV_STM_05_the_guarantee_behind_it_is_set_aside_called_and_made_whole(loaded):
    holder = accounts.organisation()
    snapshot, total = make.assessed(holder, import_message(5))
    guarantee = guarantees.guarantee(holder, limit_minor=500_000)
    terms = {"basis": DefermentBasis.GUARANTEE, "grn": guarantee.grn, "limit_minor": 300_000}
    with pytest.raises(RuleViolated) as refusal:
        make.deferment(holder, **terms, access_code="XXXX")
    assert refusal.value.violations[0].rule == "GU-G03"
    assert Deferment.objects.count() == 0
    row = make.deferment(holder, **terms, access_code=guarantees.CODE)

    def used() -> int:
        guarantee.refresh_from_db()
        return guarantee.used_minor

    assert used() == 300_000
    make.deferred(snapshot, NOON)
    statement = close(Statement.objects.get())
    due(statement, "overdue", datetime(2026, 12, 16, 21, 0, tzinfo=UTC))
    for _ in range(2):
        due(statement, "call", datetime(2026, 12, 26, 21, 0, tzinfo=UTC))
    statement.refresh_from_db()
    assert statement.called_minor == total
    assert used() == 300_000  # what is taken bears on the limit until it is paid
    make.credited(holder, f"{total / 100:.2f}")
    actor = accounts.actor(Role.TRADER, of=holder)
    statement_pay(statement_id=statement.pk, actor=actor, at=datetime(2026, 12, 28, 9, tzinfo=UTC))
    row.refresh_from_db()
    assert (row.state, row.used_minor) == ("active", 0)
    assert used() == 300_000
    deferment_change(deferment_id=row.pk, action="end", reason="No longer used", actor=accounts.actor(Role.SUPERVISOR))
    assert used() == 0


@pytest.mark.django_db
def test_RV_STM_07_a_basket_of_several_agencies_takes_a_statement_and_settles_it(loaded):
    holder = make.trusted()
    row = make.deferment(holder)
    snapshot, total = make.assessed(holder)
    make.deferred(snapshot, NOON)
    statement = close(Statement.objects.get())
    actor = accounts.actor(Role.TRADER, of=holder)
    fee = payments.demand(actor, 2_500, authority="PHY")
    (asked,) = [one for one in demands_payable(holder.pk) if one.kind == "statement"]
    assert (asked.amount_minor, asked.due_on) == (total, statement.due_on)
    own = payments.basket(actor, fee, asked.id)
    assert own.total_minor == total + 2_500
    make.credited(holder, f"{own.total_minor / 100:.2f}")
    basket_pay_from_account(basket_id=own.pk, actor=actor, at=statement.closed_at)
    assert receivable(holder) == ledger_total() == 0
    due(statement, "overdue", datetime(2026, 12, 16, 21, 0, tzinfo=UTC))  # its money came: it is not late
    told = Job.objects.get(kind="revenue.demand_paid", subject_id=str(statement.pk))
    for _ in range(2):
        with unit_of_work() as work:
            demand_was_paid(work, JobContext(told.pk, told.kind, told.subject_id, told.payload, "", 1))
    statement.refresh_from_db()
    row.refresh_from_db()
    assert (statement.state, statement.paid_minor, row.state, row.used_minor) == ("paid", total, "active", 0)
    assert FiscalStatus.objects.get(pk=snapshot.id).state == "FINAL"
    assert statement_pay(statement_id=statement.pk, actor=actor) == total
    view = account_of(holder.pk, currency="EUR")
    assert view is not None
    assert (view.balance_minor, ledger_verify()) == (0, [])


@pytest.mark.django_db
def test_RV_STM_07_a_statement_that_a_change_lowers_is_asked_for_anew(loaded):
    holder = make.trusted()
    row = make.deferment(holder)
    snapshot, total = make.assessed(holder)
    make.deferred(snapshot, NOON)
    statement = close(Statement.objects.get())
    with unit_of_work() as work:
        statement_correct(work, job("revenue.correct", snapshot.id, delta=-500, source="amend:1"))
    asked = Demand.objects.filter(kind="statement").order_by("pk").values_list("state", "amount_minor")
    assert list(asked) == [("cancelled", total), ("open", total - 500)]
    actor = accounts.actor(Role.TRADER, of=holder)
    (own,) = [one for one in demands_payable(holder.pk) if one.kind == "statement"]
    make.credited(holder, f"{(total - 500) / 100:.2f}")
    basket_pay_from_account(basket_id=payments.basket(actor, own.id).pk, actor=actor)
    # Its money came, and it does not say so yet: what a change takes back now goes to the account.
    with unit_of_work() as work:
        statement_correct(work, job("revenue.correct", snapshot.id, delta=-300, source="amend:2"))
    assert statement_pay(statement_id=statement.pk, actor=actor, at=statement.closed_at) == total - 500
    row.refresh_from_db()
    view = account_of(holder.pk, currency="EUR")
    assert view is not None
    assert (view.balance_minor, row.used_minor, ledger_total()) == (300, 0, 0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["defer", "close"])
def test_RV_STM_01_a_debt_that_is_deferred_while_the_month_closes_is_on_it_or_on_the_next(first):
    from tests.factories.tariff import tariff_small_load

    tariff_small_load()
    holder = make.trusted()
    make.deferment(holder)
    snapshot, _ = make.assessed(holder)
    make.deferred(snapshot, NOON)
    later, _ = make.assessed(holder)
    statement = Statement.objects.get()
    acts = {"defer": lambda: make.deferred(later, NOON), "close": lambda: close(statement)}
    (other,) = set(acts) - {first}
    done = threading.Event()

    def second() -> None:
        try:
            acts[other]()
        finally:
            done.set()
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work() as work:
            acts[first]()
            work.flush()
            running = pool.submit(second)
            assert not done.wait(1), "the second waits for the lock of the first"
        running.result()
    for one in Statement.objects.all():
        lines = sum(one.lines.values_list("amount_minor", flat=True))
        assert one.state == "open" or one.closed_minor == lines
    assert StatementLine.objects.count() == 2
    assert Statement.objects.get(pk=statement.pk).state == "due"


@pytest.mark.django_db(transaction=True)
def test_RV_STM_06_a_change_and_the_payment_of_a_month_at_once_lose_and_double_nothing():
    from tests.factories.tariff import tariff_small_load

    tariff_small_load()
    holder = make.trusted()
    row = make.deferment(holder)
    snapshot, total = make.assessed(holder)
    make.deferred(snapshot, NOON)
    statement = close(Statement.objects.get())
    make.credited(holder, f"{total / 100:.2f}")
    actor = accounts.actor(Role.TRADER, of=holder)
    barrier = threading.Barrier(2)

    def change() -> None:
        barrier.wait()
        again(lambda: statement_correct_now(snapshot.id))

    def pay() -> None:
        barrier.wait()
        again(lambda: statement_pay(statement_id=statement.pk, actor=actor, at=statement.closed_at))

    def again(act: Any) -> None:
        try:
            for _ in range(20):
                try:
                    return act()
                except Conflict:
                    continue
            raise AssertionError("it never came through")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for running in [pool.submit(change), pool.submit(pay)]:
            running.result()
    row.refresh_from_db()
    view = account_of(holder.pk, currency="EUR")
    assert view is not None
    # Whichever came first: the holder paid five hundred less, or has them on the account. The change itself is not
    # posted here: in an amendment it brings the receivable to nothing.
    assert (view.balance_minor, row.used_minor, receivable(holder)) == (500, 0, -500)
    assert ledger_total() == 0


def statement_correct_now(declaration_id: UUID) -> None:
    with unit_of_work() as work:
        statement_correct(work, job("revenue.correct", declaration_id, delta=-500, source="amend:1"))
