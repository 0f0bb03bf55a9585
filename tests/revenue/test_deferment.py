"""RV-DEF, RV-STM: paying later, up to a limit, by the statement of a month."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from fees.models import Account, FiscalStatus, Posting
from fees.selectors import ledger_total
from fees.services import account_debit
from fees.states import FiscalState
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import PartyEvent
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotPermitted, RuleViolated
from singlewindow.revenue.models import Deferment, Statement, StatementLine
from singlewindow.revenue.services import (
    deferment_change,
    deferment_propose,
    statement_close,
    statement_due,
)
from singlewindow.revenue.states import DEFERMENT, STATEMENT
from singlewindow.revenue.types import DefermentBasis
from tests.factories import accounts
from tests.factories import revenue as make

NOON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def job(kind: str, subject_id: UUID, **payload: Any) -> JobContext:
    return JobContext(1, kind, str(subject_id), payload, "", 1)


def close(statement: Statement, at: datetime = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)) -> Statement:
    with clock.frozen(at), unit_of_work() as work:
        statement_close(work, job("revenue.close", statement.pk))
    statement.refresh_from_db()
    return statement


def due(statement: Statement, step: str, at: datetime) -> None:
    with clock.frozen(at), unit_of_work() as work:
        statement_due(work, job("revenue.due", statement.pk, step=step))


def receivable(organisation: Any) -> int:
    rows = Posting.objects.filter(account__kind="receivable", account__organisation=organisation)
    return sum(rows.values_list("amount_minor", flat=True))


@pytest.mark.django_db
def test_RV_DEF_01_terms_that_are_none_are_refused_all_at_once():
    holder = make.trusted()
    wrong = make.terms(holder, limit_minor=0, valid_to=date(2025, 1, 1), conditions=" ")
    with pytest.raises(RuleViolated) as refusal:
        deferment_propose(wrong, actor=accounts.actor(Role.SUPERVISOR))
    assert [one.pointer for one in refusal.value.violations] == ["/limit", "/valid_to", "/conditions"]
    assert Deferment.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("trusted_since", "granted"), [(date(2026, 1, 1), True), (date(2026, 1, 2), False), (None, False)]
)
def test_RV_DEF_02_on_trust_only_a_trusted_trader_pays_later(trusted_since, granted):
    holder = accounts.organisation()
    holder.trusted_since = trusted_since
    holder.save()
    actor = accounts.actor(Role.SUPERVISOR)
    if granted:
        assert deferment_propose(make.terms(holder), actor=actor)
        return
    with pytest.raises(RuleViolated) as refusal:
        deferment_propose(make.terms(holder), actor=actor)
    assert refusal.value.violations[0].rule == "RV-DEF-02"


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.OFFICER, Role.TRADER, Role.AUDITOR])
def test_RV_DEF_01_only_a_supervisor_proposes(role):
    with pytest.raises(NotPermitted):
        deferment_propose(make.terms(make.trusted()), actor=accounts.actor(role))


@pytest.mark.django_db
def test_RV_DEF_01_A7_nobody_agrees_to_what_he_proposed_and_until_then_nothing_is_deferred(loaded):
    holder, proposer = make.trusted(), accounts.actor(Role.SUPERVISOR)
    deferment_id = deferment_propose(make.terms(holder), actor=proposer)
    with pytest.raises(NotPermitted):
        make.granted(deferment_id, by=proposer)
    snapshot, _ = make.assessed(holder)
    assert make.deferred(snapshot, NOON) is None
    make.granted(deferment_id)
    assert make.deferred(snapshot, NOON).state is FiscalState.DEFERRED


@pytest.mark.django_db
def test_RV_DEF_01_the_database_lets_none_live_that_no_second_person_saw():
    deferment_id = deferment_propose(make.terms(make.trusted()), actor=accounts.actor(Role.SUPERVISOR))
    with pytest.raises(IntegrityError), transaction.atomic():
        Deferment.objects.filter(pk=deferment_id).update(state="active")


@pytest.mark.django_db
@pytest.mark.parametrize(("over", "state"), [(0, FiscalState.DEFERRED), (-1, None)])
def test_RV_DEF_03_the_limit_bears_a_debt_to_the_cent(loaded, over, state):
    holder = make.trusted()
    snapshot, total = make.assessed(holder)
    row = make.deferment(holder, limit_minor=total + over)
    result = make.deferred(snapshot, NOON)
    assert (result.state if result else None) is state
    row.refresh_from_db()
    assert row.used_minor == (total if state else 0)
    assert receivable(holder) == -row.used_minor
    assert ledger_total() == 0


@pytest.mark.django_db
def test_RV_DEF_03_the_authorities_have_their_parts_at_once_and_a_debt_is_deferred_once(loaded):
    holder = make.trusted()
    snapshot, total = make.assessed(holder)
    make.deferment(holder)
    make.deferred(snapshot, NOON)
    assert make.deferred(snapshot, NOON).state is FiscalState.DEFERRED
    postings = Posting.objects.filter(transaction__declaration_id=snapshot.id).select_related("account")
    received = {one.account.authority: one.amount_minor for one in postings}
    assert received.pop("") == -total
    assert received == FiscalStatus.objects.get(pk=snapshot.id).due
    line = StatementLine.objects.get()
    assert sum(minor for _, _, minor in line.parts) == line.amount_minor == total
    assert Account.objects.filter(kind="trader").count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["no_deferment", "limit", "suspended", "not_in_force"])
def test_RV_DEF_04_who_may_not_pay_later_is_told_why_once_and_the_account_is_asked(loaded, why):
    holder = make.trusted()
    snapshot, total = make.assessed(holder)
    changes = {"limit": {"limit_minor": 1}, "not_in_force": {"valid_to": date(2026, 11, 19)}}.get(why, {})
    if why != "no_deferment":
        row = make.deferment(holder, **changes)
    if why == "suspended":
        deferment_change(deferment_id=row.pk, action="suspend", reason="Arrears", actor=accounts.actor(Role.SUPERVISOR))
    assert make.deferred(snapshot, NOON) is None
    assert make.deferred(snapshot, NOON) is None
    told = PartyEvent.objects.filter(organisation=holder, type="deferment_short")
    assert [one.data["reason"] for one in told] == [why]
    with unit_of_work() as work:
        result = account_debit(work, declaration_id=snapshot.id, organisation_id=holder.pk)
    assert result.state is FiscalState.INSUFFICIENT  # code 14, and a reminder, code 15, after it
    assert Job.objects.filter(kind="fees.remind", subject_id=str(snapshot.id)).count() == 1
    make.credited(holder, str(total))
    with unit_of_work() as work:
        assert account_debit(work, declaration_id=snapshot.id, organisation_id=holder.pk).covered


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("at", "month"),
    [
        (datetime(2026, 11, 30, 20, 59, 59, tzinfo=UTC), date(2026, 11, 1)),  # 23:59:59 in the country
        (datetime(2026, 11, 30, 21, 0, 0, tzinfo=UTC), date(2026, 12, 1)),  # midnight there, still November in UTC
        (datetime(2026, 12, 31, 20, 59, 59, tzinfo=UTC), date(2026, 12, 1)),
    ],
    ids=["the last second", "midnight", "the last second of the year"],
)
def test_RV_DEF_05_the_month_is_that_of_the_country(loaded, at, month):
    holder = make.trusted()
    make.deferment(holder)
    snapshot, _ = make.assessed(holder)
    make.deferred(snapshot, at)
    statement = Statement.objects.get()
    assert statement.month == month
    assert statement.due_on == (month + timedelta(days=31)).replace(day=16)


@pytest.mark.django_db
def test_RV_DEF_06_what_comes_after_the_statement_closed_stands_on_the_next(loaded):
    holder = make.trusted()
    make.deferment(holder)
    first, _ = make.assessed(holder)
    make.deferred(first, NOON)
    close(Statement.objects.get())
    second, _ = make.assessed(holder)
    make.deferred(second, NOON)
    months = list(StatementLine.objects.order_by("pk").values_list("statement__month", flat=True))
    assert months == [date(2026, 11, 1), date(2026, 12, 1)]


@pytest.mark.django_db
def test_RV_DEF_08_it_ends_only_when_nothing_is_owed_and_with_a_reason(loaded):
    holder = make.trusted()
    row, actor = make.deferment(holder), accounts.actor(Role.SUPERVISOR)
    snapshot, _ = make.assessed(holder)
    make.deferred(snapshot, NOON)
    for reason in ("", "No longer needed"):
        with pytest.raises(RuleViolated) as refusal:
            deferment_change(deferment_id=row.pk, action="end", reason=reason, actor=actor)
        assert refusal.value.violations[0].rule == "RV-DEF-08"
    row.refresh_from_db()
    assert row.state == "active"


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["limit_minor = 1", "holder_id = NULL", "valid_to = '2020-01-01'"])
def test_the_database_keeps_what_was_agreed(column):
    row = make.deferment(make.trusted())
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE revenue_deferment SET {column} WHERE id = %s", [row.pk])


@pytest.mark.django_db
def test_the_life_cycles_of_the_database_are_those_of_the_code():
    from singlewindow.revenue.states import CLAIM

    guards = __import__("importlib").import_module("singlewindow.revenue.migrations.0002_guards")
    assert set(guards.DEFERMENT_PAIRS) == set(DEFERMENT.pairs())
    assert set(guards.STATEMENT_PAIRS) == set(STATEMENT.pairs())
    later = __import__("importlib").import_module("singlewindow.revenue.migrations.0003_claims_follow_the_declaration")
    assert set(later.CLAIM_PAIRS) == set(CLAIM.pairs())


@pytest.mark.django_db(transaction=True)
def test_RV_DEF_03_of_many_debts_at_once_as_many_are_deferred_as_the_limit_bears():
    from tests.factories.tariff import tariff_small_load

    tariff_small_load()
    holder = make.trusted()
    debts = [make.assessed(holder) for _ in range(8)]
    total = debts[0][1]
    row = make.deferment(holder, limit_minor=total * 3 + total - 1)
    barrier = threading.Barrier(len(debts))

    def one(snapshot: Any) -> bool:
        barrier.wait()
        try:
            return make.deferred(snapshot, NOON) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(len(debts)) as pool:
        taken = list(pool.map(one, [snapshot for snapshot, _ in debts]))
    row.refresh_from_db()
    assert sum(taken) == 3
    assert row.used_minor == total * 3 == -receivable(holder)
    assert Statement.objects.count() == 1
    assert ledger_total() == 0


def test_RV_DEF_02_a_guarantee_is_a_basis_of_its_own():
    from singlewindow.revenue.rules.deferments import deferment_findings

    found = deferment_findings(
        limit_minor=1,
        valid_from=date(2026, 1, 1),
        valid_to=None,
        basis=DefermentBasis.GUARANTEE,
        conditions="x",
        grn="",
        trusted=False,
        known_basis=("aeo", "guarantee"),
        standing=False,
    )
    assert [one.pointer for one in found] == ["/grn"]
