"""RV-FIN: a provisional debt is fixed: difference, interest and security are one entry of the ledger."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fees.models import Demand, FiscalStatus, LedgerTransaction, Posting
from fees.selectors import account_of, ledger_total
from fees.services import debt_secure
from fees.services.demands import demands_lock, demands_pay
from fees.states import FiscalState
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.audit.models import PartyEvent
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.jobs.types import JobContext
from singlewindow.kernel.errors import NotPermitted, RuleViolated, TransitionRefused
from singlewindow.revenue.models import Determination
from singlewindow.revenue.rules.determination import Owed, cover
from singlewindow.revenue.services import debt_determine
from singlewindow.revenue.services.demands import demand_was_paid
from singlewindow.revenue.types import FinalDebt
from tests.factories import accounts, guarantees
from tests.factories import revenue as make
from tests.factories.declarations import import_message

AT = datetime(2026, 12, 20, 9, 0, tzinfo=UTC)


def secured(extra: str = "0") -> tuple[Any, Any, int]:
    """A debt that the prepaid account secured, and what is left on the account."""
    holder = accounts.organisation()
    snapshot, total = make.assessed(holder, import_message(5))
    make.credited(holder, f"{total / 100:.2f}")
    with unit_of_work() as work:
        assert debt_secure(work, declaration_id=snapshot.id, organisation_id=holder.pk).state is FiscalState.SECURED
    if extra != "0":
        make.credited(holder, extra)
    return holder, snapshot, total


def due_of(snapshot: Any) -> dict[str, int]:
    return dict(FiscalStatus.objects.get(pk=snapshot.id).due)


def determine(snapshot: Any, due: dict[str, int], *, actor: Actor | None = None, **changes: Any) -> Any:
    final = FinalDebt(due=due, reason="Value settled", interest_from=date(2026, 11, 21), **changes)
    with unit_of_work() as work:
        return debt_determine(
            work,
            declaration_id=snapshot.id,
            final=final,
            actor=actor or accounts.actor(Role.OFFICER),
            at=AT,
        )


def balance(holder: Any) -> int:
    view = account_of(holder.pk, currency="EUR")
    assert view is not None
    return view.balance_minor


@pytest.mark.django_db
def test_RV_FIN_01_as_assessed_the_security_becomes_the_debt(loaded):
    holder, snapshot, total = secured()
    result = determine(snapshot, due_of(snapshot))
    assert (result.final_minor, result.delta_minor, result.interest_minor, result.account_minor) == (total, 0, 0, 0)
    assert FiscalStatus.objects.get(pk=snapshot.id).state == "FINAL"
    assert balance(holder) == ledger_total() == 0
    security = Posting.objects.filter(account__kind="security").values_list("amount_minor", flat=True)
    assert sum(security) == 0
    assert Job.objects.filter(kind="clearance.debts_final").count() == 1
    assert PartyEvent.objects.filter(type="debt_determined", organisation=holder).count() == 1


@pytest.mark.django_db
def test_RV_FIN_01_less_than_secured_comes_back(loaded):
    holder, snapshot, total = secured()
    due = due_of(snapshot)
    due["CUS"] -= 10_000
    assert determine(snapshot, due).delta_minor == -10_000
    assert balance(holder) == 10_000
    status = FiscalStatus.objects.get(pk=snapshot.id)
    assert (status.total_minor, status.due) == (total - 10_000, due)


@pytest.mark.django_db
def test_RV_FIN_04_difference_interest_and_security_are_one_entry(loaded):
    holder, snapshot, _total = secured("5000")
    due = due_of(snapshot)
    due["CUS"] += 100_000
    before = LedgerTransaction.objects.count()
    result = determine(snapshot, due)
    # 30 days of 1,000.00 at 6 per cent: 1000 x 0.06 x 30/365 = 4.93
    assert result.interest_minor == 493
    assert LedgerTransaction.objects.count() == before + 1
    assert balance(holder) == 500_000 - 100_000 - 493
    assert ledger_total() == 0
    row = Determination.objects.get()
    assert row.interest["formula"] == "1000.00 × 0.0600 × 30/365 = 4.93 EUR"
    assert Demand.objects.count() == 0


@pytest.mark.django_db
def test_RV_FIN_04_what_the_account_does_not_bear_is_demanded_and_its_money_left_alone(loaded):
    holder, snapshot, _ = secured("999.99")
    due = due_of(snapshot)
    due["CUS"] += 100_000
    result = determine(snapshot, due)
    assert (result.account_minor, result.demanded_minor) == (0, 100_493)
    assert balance(holder) == 99_999
    asked = Demand.objects.values_list("kind", "amount_minor")
    assert sum(minor for kind, minor in asked if kind == "duty") == 100_000
    assert [minor for kind, minor in asked if kind == "interest"] == [493]
    assert ledger_total() == 0


@pytest.mark.django_db
def test_RV_FIN_01_a_debt_is_determined_once_and_only_a_provisional_one(loaded):
    holder, snapshot, _total = secured()
    first = determine(snapshot, due_of(snapshot))
    assert determine(snapshot, {"CUS": 1}) == first
    other, _ = make.assessed(holder)
    with pytest.raises(TransitionRefused):
        determine(other, {"CUS": 1})
    assert Determination.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.TRADER, Role.AUDITOR, Role.AGENCY_OFFICER])
def test_RV_FIN_01_only_an_officer_determines(loaded, role):
    _, snapshot, _ = secured()
    with pytest.raises(NotPermitted):
        determine(snapshot, due_of(snapshot), actor=accounts.actor(role))


@pytest.mark.django_db
@pytest.mark.parametrize(("reason", "due"), [("", {"CUS": 1}), ("x" * 1001, {"CUS": 1}), ("Fine", {"CUS": -1})])
def test_RV_FIN_03_reasons_and_sums_are_asked_for(loaded, reason, due):
    _, snapshot, _ = secured()
    final = FinalDebt(due=due, reason=reason)
    actor = accounts.actor(Role.OFFICER)
    with pytest.raises(RuleViolated) as refusal, unit_of_work() as work:
        debt_determine(work, declaration_id=snapshot.id, final=final, actor=actor, at=AT)
    assert {one.rule for one in refusal.value.violations} == {"RV-FIN-03"}
    assert FiscalStatus.objects.get(pk=snapshot.id).state == "SECURED"


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["final_minor = 0", "reason = 'other'"])
def test_the_database_keeps_a_determination(loaded, change):
    _, snapshot, _ = secured()
    determine(snapshot, due_of(snapshot))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE revenue_determination SET {change}")


@pytest.mark.django_db(transaction=True)
def test_RV_FIN_01_determined_by_many_at_once_the_money_moves_once():
    from tests.factories.tariff import tariff_small_load

    tariff_small_load()
    holder, snapshot, _total = secured("5000")
    due = due_of(snapshot)
    due["CUS"] += 100_000
    actor = accounts.actor(Role.OFFICER)
    barrier = threading.Barrier(6)

    def one(_: int) -> Any:
        barrier.wait()
        try:
            return determine(snapshot, due, actor=actor)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(one, range(6)))
    assert len(set(results)) == 1
    assert Determination.objects.count() == 1
    assert balance(holder) == 500_000 - 100_493
    assert ledger_total() == 0


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    owed=st.lists(st.tuples(st.sampled_from(["CUS", "PHY", "ENV"]), st.integers(-(10**9), 10**9)), max_size=4),
    aside=st.integers(0, 10**9),
    balance_minor=st.integers(0, 10**9),
    reserved=st.integers(0, 10**9),
)
def test_RV_FIN_04_every_cent_is_paid_called_or_demanded(owed, aside, balance_minor, reserved):
    parts = [Owed(name, False, minor) for name, minor in owed if minor]
    found = cover(parts, aside_minor=aside, balance_minor=balance_minor, reserved_minor=reserved)
    paid = sum(part.minor for part in found.paid)
    open_ = sum(part.minor for part in (*found.called, *found.demanded))
    assert paid + open_ == sum(part.minor for part in parts)
    assert paid == aside + found.account_minor  # the one entry sums to zero
    assert found.account_minor <= balance_minor
    assert found.called_minor <= reserved


def secured_on_guarantee(minor: int) -> tuple[Any, Any, int, Any]:
    """A debt that a guarantee secures, and nothing else does."""
    holder = accounts.organisation()
    snapshot, total = make.assessed(holder, import_message(5))
    row = guarantees.guarantee(holder, limit_minor=minor)
    guarantees.reserve(row, total, subject=snapshot.id, holders=[holder.pk])
    FiscalStatus.objects.filter(pk=snapshot.id).update(state="SECURED")
    return holder, snapshot, total, row


@pytest.mark.django_db
def test_RV_FIN_05_paid_from_the_account_the_guarantee_is_free_again(loaded):
    holder, snapshot, total, row = secured_on_guarantee(1_000_000)
    make.credited(holder, f"{total / 100:.2f}")
    result = determine(snapshot, due_of(snapshot))
    assert (result.account_minor, result.freed_minor, result.called_minor) == (total, total, 0)
    row.refresh_from_db()
    assert row.used_minor == balance(holder) == ledger_total() == 0


@pytest.mark.django_db
def test_RV_FIN_05_not_paid_it_is_called_and_comes_back_when_the_call_is_paid(loaded):
    holder, snapshot, total, row = secured_on_guarantee(1_000_000)
    due = due_of(snapshot)
    due["CUS"] += 100_000
    result = determine(snapshot, due)
    assert (result.called_minor, result.demanded_minor, result.freed_minor) == (total, 100_493, 0)
    assert sum(Demand.objects.values_list("amount_minor", flat=True)) == total + 100_493
    assert LedgerTransaction.objects.count() == 0  # nothing was paid, so nothing moves
    row.refresh_from_db()
    assert row.used_minor == total
    make.credited(holder, f"{(total + 100_493) / 100:.2f}")
    ids = list(Demand.objects.values_list("pk", flat=True))
    with unit_of_work() as work:
        assert demands_pay(work, demands_lock(work, ids), payer_id=holder.pk, actor=system_actor("tests")) == 0
    for job in Job.objects.filter(kind="revenue.demand_paid"):
        with unit_of_work() as work:
            demand_was_paid(work, JobContext(job.pk, job.kind, job.subject_id, job.payload, "", 1))
    row.refresh_from_db()
    assert row.used_minor == 0
    assert ledger_total() == 0
