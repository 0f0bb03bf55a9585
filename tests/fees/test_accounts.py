"""FE-ACC: prepaid accounts as double entry."""

import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from fees.models import Account, FiscalStatus, LedgerTransaction, Posting
from fees.selectors import account_movements, account_of, declarations_awaiting_money, fiscal_status, ledger_total
from fees.services import account_credit, account_debit, assessment_make
from fees.states import FISCAL, FiscalState
from fees.types import AssessmentKind
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, TransitionRefused
from singlewindow.kernel.identifiers import uuid7
from tests.factories import accounts
from tests.factories import fees as make
from tests.factories.declarations import export_message, import_message
from tests.factories.tariff import tariff_small_load

D = Decimal


def credit(organisation, amount, reference="PAY-1"):
    return account_credit(
        organisation_id=organisation.pk,
        amount=D(amount),
        currency="EUR",
        reference=reference,
        actor=system_actor("tests"),
    )


def assessed(organisation, message=None):
    """A declaration that was assessed; its snapshot and what it costs."""
    snapshot = make.snapshot(message or import_message(), lodged_by=organisation.pk)
    with unit_of_work() as work:
        summary = assessment_make(work, snapshot, at=snapshot.accepted_at, kind=AssessmentKind.ASSESSMENT)
    return snapshot, summary


def debit(snapshot):
    with unit_of_work() as work:
        return account_debit(work, declaration_id=snapshot.id, organisation_id=snapshot.lodged_by)


@pytest.mark.django_db
def test_FE_ACC_02_a_credit_is_two_postings_that_sum_to_zero_and_wakes_what_waits(settings):
    settings.REACTIONS = settings.REACTIONS | {"AccountCredited": ["tests.wake"]}
    trader = accounts.organisation()
    credit(trader, "1000.50")
    view = account_of(trader.pk, currency="EUR")
    assert view.balance_minor == 100050
    assert ledger_total() == 0
    assert [movement.amount_minor for movement in account_movements(view.id).rows] == [100050]
    assert Job.objects.filter(kind="tests.wake", subject_id=str(trader.pk)).count() == 1
    assert PartyEvent.objects.filter(organisation=trader, type="account_credited").count() == 1


@pytest.mark.django_db
def test_FE_ACC_02_a_payment_reference_is_booked_once():
    trader = accounts.organisation()
    credit(trader, "10")
    with pytest.raises(Conflict):
        credit(trader, "10")
    assert account_of(trader.pk, currency="EUR").balance_minor == 1000


@pytest.mark.django_db
@pytest.mark.parametrize("amount", ["0", "-5", "0.001"])
def test_FE_ACC_01_an_amount_that_is_not_money_received_is_refused(amount):
    with pytest.raises(RuleViolated) as error:
        credit(accounts.organisation(), amount)
    assert error.value.violations[0].rule == "FE-ACC-01"
    assert LedgerTransaction.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "may"), [(Role.SUPERVISOR, True), (Role.OFFICER, False), (Role.TRADER, False)])
def test_FE_ACC_03_only_who_holds_the_permission_credits_an_account(role, may):
    trader, actor = accounts.organisation(), accounts.actor(role)
    arguments = {"organisation_id": trader.pk, "amount": D(5), "currency": "EUR", "reference": "R", "actor": actor}
    if may:
        account_credit(**arguments)
    else:
        with pytest.raises(NotPermitted):
            account_credit(**arguments)


@pytest.mark.django_db
def test_FE_ACC_04_a_debit_pays_every_authority_its_part_and_is_done_once(loaded):
    trader = accounts.organisation()
    credit(trader, "5000")
    snapshot, summary = assessed(trader, import_message(5))
    assert summary.state is FiscalState.ASSESSED
    assert debit(snapshot).state is FiscalState.PAID
    assert debit(snapshot).state is FiscalState.PAID
    assert account_of(trader.pk, currency="EUR").balance_minor == 500000 - summary.total_minor
    postings = Posting.objects.filter(transaction__declaration_id=snapshot.id)
    received = {posting.account.authority: posting.amount_minor for posting in postings.select_related("account")}
    assert received.pop("") == -summary.total_minor
    assert received == FiscalStatus.objects.get(pk=snapshot.id).due
    assert set(received) == {"CUS", "ENV", "PHY"}
    assert ledger_total() == 0
    assert Event.objects.filter(verb="account.debited", subject_id=str(snapshot.id)).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("over", "state"), [(0, FiscalState.PAID), (-1, FiscalState.INSUFFICIENT)])
def test_FE_ACC_05_to_the_cent_enough_is_paid_and_a_cent_less_is_a_state_the_trader_sees(loaded, over, state):
    trader = accounts.organisation()
    snapshot, summary = assessed(trader)
    credit(trader, D(summary.total_minor + over) / 100)
    result = debit(snapshot)
    assert result.state is state
    assert result.missing_minor == -over
    assert fiscal_status(snapshot.id).missing_minor == -over
    told = PartyEvent.objects.filter(organisation=trader, type="insufficient_funds")
    assert [event.data["missing"] for event in told] == (["0.01"] if over else [])


@pytest.mark.django_db
def test_FE_ACC_05_missing_money_takes_nothing_is_told_once_and_is_paid_after_a_credit(loaded):
    trader = accounts.organisation()
    snapshot, summary = assessed(trader)
    credit(trader, "1", "first")
    assert debit(snapshot).missing_minor == summary.total_minor - 100
    assert debit(snapshot).missing_minor == summary.total_minor - 100
    assert account_of(trader.pk, currency="EUR").balance_minor == 100
    assert PartyEvent.objects.filter(type="insufficient_funds").count() == 1
    assert declarations_awaiting_money(trader.pk) == [snapshot.id]
    assert FiscalStatus.objects.get(pk=snapshot.id).organisation_id == trader.pk
    credit(trader, "9999", "second")
    assert debit(snapshot).state is FiscalState.PAID
    assert declarations_awaiting_money(trader.pk) == []


@pytest.mark.django_db
def test_FE_ACC_05_the_trader_who_pays_and_the_broker_who_filed_both_see_what_is_missing(loaded):
    trader, broker = accounts.organisation(), accounts.organisation()
    snapshot = make.snapshot(import_message(), lodged_by=broker.pk, trader_org=trader.pk, declarant_org=None)
    with unit_of_work() as work:
        assessment_make(work, snapshot, at=snapshot.accepted_at, kind=AssessmentKind.ASSESSMENT)
        account_debit(work, declaration_id=snapshot.id, organisation_id=trader.pk)
    told = PartyEvent.objects.filter(type="insufficient_funds").values_list("organisation_id", flat=True)
    assert set(told) == {trader.pk, broker.pk}
    assert declarations_awaiting_money(trader.pk) == [snapshot.id]
    assert declarations_awaiting_money(broker.pk) == []


@pytest.mark.django_db
def test_FE_ACC_06_a_debt_of_nothing_is_nil_and_needs_no_account(loaded):
    message = import_message(1)
    suspended = message.model_copy(update={"items": (message.items[0].model_copy(update={"procedure": "7100"}),)})
    _, summary = assessed(accounts.organisation(), suspended)
    assert summary.total_minor == 2500 + 210  # the processing fee, and the levy on 840.00, are not suspended
    free = make.snapshot(message, lodged_by=accounts.organisation().pk)
    with unit_of_work() as work:
        columns = ("declaration_id", "mrn", "organisation_id", "state", "version", "currency", "total_minor")
        columns += ("due", "waiting_for", "parties", "changed_at")
        row = (free.id, free.mrn, free.lodged_by, "ASSESSED", 1, "EUR", 0, {}, [], [], free.lodged_at)
        work.insert(FiscalStatus, columns, [row])
        assert account_debit(work, declaration_id=free.id, organisation_id=free.lodged_by).state is FiscalState.NIL
    assert LedgerTransaction.objects.count() == 0


@pytest.mark.django_db
def test_FE_ACC_07_nothing_is_debited_before_it_is_assessed(loaded):
    trader = accounts.organisation()
    with pytest.raises(NotFound):
        debit(make.snapshot(import_message(), lodged_by=trader.pk))
    snapshot = make.snapshot(import_message(), lodged_by=trader.pk)
    with unit_of_work() as work:
        assessment_make(work, snapshot, at=snapshot.lodged_at, kind=AssessmentKind.ESTIMATE)
    with pytest.raises(TransitionRefused):
        debit(snapshot)


@pytest.mark.django_db
def test_an_export_pays_only_its_charge(loaded):
    trader = accounts.organisation()
    _, summary = assessed(trader, export_message())
    assert summary.total == 10


def _move(rows):
    """A transaction of these postings, checked at once as it would be at commit."""
    with transaction.atomic():
        at = LedgerTransaction.objects.get(source_event="credit:PAY-1").at
        moved = LedgerTransaction.objects.create(source_event="other", at=at, text="other", actor="tests")
        for account, minor in rows:
            Posting.objects.create(transaction=moved, account=account, amount_minor=minor)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db
def test_the_database_refuses_postings_that_do_not_sum_to_zero():
    trader = accounts.organisation()
    credit(trader, "10")
    account, cash = Account.objects.get(organisation=trader), Account.objects.get(kind="cash")
    for rows in ([(account, 5)], [(account, 5), (cash, -4)], []):
        with pytest.raises(IntegrityError, match="sum to"):
            _move(rows)
    _move([(account, 5), (cash, -5)])
    assert account_of(trader.pk, currency="EUR").balance_minor == 1005


@pytest.mark.django_db
def test_the_database_refuses_a_posting_added_to_a_transaction_that_was_whole():
    trader = accounts.organisation()
    credit(trader, "10")
    posting = Posting.objects.filter(amount_minor__gt=0).get()

    def add():
        with transaction.atomic(), connection.cursor() as cursor:
            Posting.objects.create(transaction=posting.transaction, account=posting.account, amount_minor=5)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="sum to"):
        add()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "act",
    [
        "UPDATE fees_posting SET amount_minor = 1",
        "DELETE FROM fees_posting",
        "TRUNCATE fees_posting",
        "UPDATE fees_ledgertransaction SET text = 'other'",
        "DELETE FROM fees_ledgertransaction",
        "UPDATE fees_account SET balance_minor = 1000000",
        "DELETE FROM fees_account",
    ],
)
def test_the_database_keeps_the_ledger(act):
    credit(accounts.organisation(), "10")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(act)


@pytest.mark.django_db
def test_the_database_lets_no_trader_fall_below_zero():
    trader = accounts.organisation()
    credit(trader, "10")
    account, cash = Account.objects.get(organisation=trader), Account.objects.get(kind="cash")
    with pytest.raises(IntegrityError, match="account_never_below_zero"):
        _move([(account, -1001), (cash, 1001)])
    _move([(account, -1000), (cash, 1000)])


def test_the_trigger_of_the_fiscal_life_cycle_knows_every_pair_of_the_table():
    written = set(import_module("fees.migrations.0005_reopened_by_amendment").FISCAL_PAIRS)
    assert written == set(FISCAL.pairs())


@pytest.mark.django_db
@pytest.mark.parametrize(("source", "target"), [("ASSESSED", "FINAL"), ("PAID", "ASSESSED"), ("NOT_ASSESSED", "PAID")])
def test_the_database_refuses_a_step_that_is_not_in_the_fiscal_life_cycle(source, target):
    trader = accounts.organisation()
    row = FiscalStatus.objects.create(
        declaration_id=uuid7(), mrn="", organisation=trader, state=source, version=1, currency="EUR",
        total_minor=1, due={}, waiting_for=[], changed_at=account_stamp(), missing_minor=0,
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="no transition"), transaction.atomic():
        FiscalStatus.objects.filter(pk=row.pk).update(state=target)


def account_stamp():
    return make.snapshot(import_message(), lodged_by=uuid7()).lodged_at


RACERS, COVERED = 20, 10


@pytest.mark.django_db(transaction=True)
def test_FE_ACC_08_twenty_debits_race_for_the_money_of_ten_and_exactly_ten_are_paid():
    """Guard tried: without FOR NO KEY UPDATE in ACCOUNTS_SQL this fails (the database's own balance check fires)."""
    tariff_small_load()
    trader = accounts.organisation()
    prepared = [assessed(trader) for _ in range(RACERS)]
    each = prepared[0][1].total_minor
    credit(trader, D(each * COVERED) / 100)
    start = threading.Barrier(RACERS)

    def race(snapshot):
        try:
            start.wait()
            return debit(snapshot).state
        finally:
            connection.close()

    with ThreadPoolExecutor(RACERS) as pool:
        states = list(pool.map(race, [snapshot for snapshot, _ in prepared]))
    assert states.count(FiscalState.PAID) == COVERED
    assert states.count(FiscalState.INSUFFICIENT) == RACERS - COVERED
    assert account_of(trader.pk, currency="EUR").balance_minor == 0
    assert ledger_total() == 0
    assert LedgerTransaction.objects.filter(source_event__startswith="debit:").count() == COVERED


@pytest.mark.django_db(transaction=True)
def test_FE_ACC_04_one_declaration_raced_by_many_is_debited_once():
    """Guard tried: without FOR UPDATE in STATUS_SQL this fails (the unique source of a transaction fires)."""
    tariff_small_load()
    trader = accounts.organisation()
    snapshot, summary = assessed(trader)
    credit(trader, "100000")
    start = threading.Barrier(8)

    def race(_):
        try:
            start.wait()
            return debit(snapshot).state
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(race, range(8))) == {FiscalState.PAID}
    assert account_of(trader.pk, currency="EUR").balance_minor == 10_000_000 - summary.total_minor
