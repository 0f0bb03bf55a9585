"""A month of deferred payment: goods leave on trust, the month is paid as one sum, and nothing is left over (F53)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from declarations.models import Declaration
from fees.models import Demand, FiscalStatus, Posting
from fees.selectors import account_of, fiscal_state, ledger_total
from fees.services.demands import demands_lock, demands_pay
from fees.states import FiscalState
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import PartyEvent
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.revenue.models import Deferment, Statement
from singlewindow.revenue.selectors import statement_for
from singlewindow.revenue.services import statement_pay
from tests.factories import accounts
from tests.factories import revenue as make
from tests.factories.declarations import import_json

Run = Callable[[], None]
pytestmark = pytest.mark.django_db


def deferred_json(**changes: Any) -> dict[str, Any]:
    """An import whose taxes are to be paid later."""
    values = import_json(**changes)
    for item in values["items"]:
        item["duty_claims"] = [{"tax_type": "A00", "method": "E"}]
    return values


def until(moment: datetime, jobs_done: Run) -> None:
    """Let the timers of statements up to a moment come."""
    with clock.frozen(moment):
        for _ in range(5):
            due = Job.objects.filter(kind__startswith="revenue.", state="todo", not_before__lte=moment)
            if not due.update(not_before=datetime(2020, 1, 1, tzinfo=UTC)):
                break
            jobs_done()


def balance(trader: Organisation) -> int:
    view = account_of(trader.pk, currency="EUR")
    assert view is not None
    return view.balance_minor


def owed(trader: Organisation) -> int:
    rows = Posting.objects.filter(account__kind="receivable", account__organisation=trader)
    return -sum(rows.values_list("amount_minor", flat=True))


@pytest.fixture
def trusted(importer: Organisation) -> Organisation:
    importer.trusted_since = date(2020, 1, 1)
    importer.save(update_fields=["trusted_since"])
    return importer


def closing(statement: Statement) -> datetime:
    return Job.objects.get(kind="revenue.close", subject_id=str(statement.pk)).not_before or clock.now()


def test_a_month_is_deferred_closed_told_paid_and_cleared(trusted: Organisation, jobs_done: Run) -> None:
    deferment = make.deferment(trusted, valid_from=date(2020, 1, 1))
    before = balance(trusted)
    released = [make.released(trusted, jobs_done, deferred_json()) for _ in range(3)]
    assert {fiscal_state(one.pk) for one in released} == {FiscalState.DEFERRED}
    assert {one.legal_state for one in released} == {"RELEASED"}
    assert balance(trusted) == before
    statement = Statement.objects.get()
    total = owed(trusted)
    deferment.refresh_from_db()
    assert deferment.used_minor == total > 0
    until(closing(statement), jobs_done)
    statement.refresh_from_db()
    assert (statement.state, statement.closed_minor) == ("due", total)
    trader = accounts.actor(Role.TRADER, of=trusted)
    view = statement_for(trader, statement.pk)
    assert sum(one.amount_minor for one in view.totals) == view.total_minor == total
    assert {mrn for one in view.totals for _, mrn, _ in one.declarations} == {one.mrn for one in released}
    due = datetime(statement.due_on.year, statement.due_on.month, statement.due_on.day, 12, tzinfo=UTC)
    with clock.frozen(due):
        statement_pay(statement_id=statement.pk, actor=trader)
        jobs_done()
    assert balance(trusted) == before - total
    assert owed(trusted) == ledger_total() == 0
    assert set(Declaration.objects.values_list("legal_state", flat=True)) == {"CLEARED"}
    deferment.refresh_from_db()
    assert deferment.used_minor == 0
    assert not Demand.objects.exclude(kind="statement").exists()
    told = set(PartyEvent.objects.filter(organisation=trusted).values_list("type", flat=True))
    assert {"deferred", "statement.closed", "statement.paid", "cleared"} <= told
    until(due + timedelta(days=40), jobs_done)  # the timers of a paid month do nothing
    statement.refresh_from_db()
    assert statement.state == "paid"


def test_a_month_that_is_forgotten_costs_interest_and_stops_deferral_until_it_is_paid(
    trusted: Organisation, jobs_done: Run
) -> None:
    make.deferment(trusted, valid_from=date(2020, 1, 1))
    items = import_json(5)["items"]
    for item in items:
        item["duty_claims"] = [{"tax_type": "A00", "method": "E"}]
    make.released(trusted, jobs_done, import_json(5) | {"items": items})
    statement = Statement.objects.get()
    until(closing(statement), jobs_done)
    late = datetime(statement.due_on.year, statement.due_on.month, statement.due_on.day, tzinfo=UTC) + timedelta(days=9)
    until(late, jobs_done)
    statement.refresh_from_db()
    assert statement.state == "overdue"
    assert Deferment.objects.get().state == "suspended"
    assert PartyEvent.objects.filter(type="statement.reminder").count() == 2
    paid_now = make.released(trusted, jobs_done, deferred_json())
    assert fiscal_state(paid_now.pk) is FiscalState.FINAL
    reasons = PartyEvent.objects.filter(type="deferment_short").values_list("data__reason", flat=True)
    assert list(reasons) == ["suspended"]
    trader = accounts.actor(Role.TRADER, of=trusted)
    with clock.frozen(late):
        statement_pay(statement_id=statement.pk, actor=trader)
        jobs_done()
    assert Deferment.objects.get().state == "active"
    interest = Demand.objects.get(kind="interest")
    with unit_of_work() as work:
        assert demands_pay(work, demands_lock(work, [interest.pk]), payer_id=trusted.pk, actor=trader) == 0
    jobs_done()
    assert Demand.objects.filter(kind="interest").count() == 1  # no interest on interest
    assert owed(trusted) == ledger_total() == 0


def test_what_the_limit_does_not_bear_is_told_with_code_14_and_waits_until_a_month_is_paid(
    country: None, jobs_done: Run
) -> None:
    poor = make.trusted(identifier="ZZIMP0001", name="Amari Foods Ltd")
    first = make.lodged(poor, deferred_json())
    jobs_done()
    cost = FiscalStatus.objects.get(pk=first.pk).total_minor
    assert fiscal_state(first.pk) is FiscalState.INSUFFICIENT
    deferment = make.deferment(poor, valid_from=date(2020, 1, 1), limit_minor=cost + cost // 2)
    jobs_done()  # what waited for money is looked at again when a deferment comes into force
    assert fiscal_state(first.pk) is FiscalState.DEFERRED
    second = make.lodged(poor, deferred_json())
    jobs_done()
    deferment.refresh_from_db()
    assert fiscal_state(second.pk) is FiscalState.INSUFFICIENT
    told = PartyEvent.objects.filter(organisation=poor, type="deferment_short").order_by("pk")
    assert [one.data["reason"] for one in told] == ["no_deferment", "limit"]
    assert told[1].data["missing"] == f"{(cost - cost // 2) / 100:.2f}"
    assert Job.objects.filter(kind="fees.remind", subject_id=str(second.pk)).count() == 1
    statement = Statement.objects.get()
    until(closing(statement), jobs_done)
    total = deferment.used_minor
    make.credited(poor, f"{total / 100:.2f}")
    statement_pay(statement_id=statement.pk, actor=accounts.actor(Role.TRADER, of=poor))
    jobs_done()  # the limit is free again, and what waited for it goes on by itself
    assert fiscal_state(second.pk) is FiscalState.DEFERRED
    assert Declaration.objects.get(pk=second.pk).legal_state == "RELEASED"
    assert ledger_total() == 0
