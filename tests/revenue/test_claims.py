"""RV-CLM: what was paid too much comes back once, to who paid it, by two officers."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from declarations.models import Declaration
from fees.models import Demand, FiscalStatus, Posting
from fees.selectors import account_of, ledger_total
from fees.selectors.lines import tax_lines
from fees.services.demands import demand_make
from fees.types import DemandKind
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import Event
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, TransitionRefused
from singlewindow.revenue.models import Claim, ClaimLine, LineBalance
from singlewindow.revenue.rules.claims import LineAsked, years_later
from singlewindow.revenue.services import (
    claim_accept,
    claim_approve,
    claim_refuse,
    claim_verify,
    claim_withdraw,
    remission_file,
    repayment_file,
)
from tests.factories import accounts
from tests.factories import revenue as make


@pytest.fixture
def paid(importer, jobs_done):
    """A released import of which every tax was paid, its payer, and what was paid."""
    return make.released(importer, jobs_done), importer


def line(declaration: Declaration, index: int = 0) -> Any:
    return tax_lines([declaration.pk])[index]


def filed(declaration: Declaration, payer: Any, minor: int, **changes: Any) -> Claim:
    one = line(declaration)
    values = {
        "declaration_id": declaration.pk,
        "lines": [LineAsked(one.item, one.tax_type, minor)],
        "reason_code": "overcharged",
        "text": "The invoice was credited.",
        "actor": accounts.actor(Role.TRADER, of=payer),
    }
    return Claim.objects.get(pk=repayment_file(**(values | changes)))


def verified(claim: Claim, amounts: dict[int, int] | None = None) -> Any:
    officer = accounts.actor(Role.OFFICER)
    claim_accept(claim_id=claim.pk, actor=officer)
    claim_verify(claim_id=claim.pk, amounts=amounts, reason="The papers agree.", actor=officer)
    return officer


def balance(payer: Any) -> int:
    view = account_of(payer.pk, currency="EUR")
    assert view is not None
    return view.balance_minor


pytestmark = pytest.mark.django_db


def test_RV_CLM_07_a_repayment_goes_from_the_authority_to_who_paid(paid):
    declaration, payer = paid
    one, before = line(declaration), balance(payer)
    due = dict(FiscalStatus.objects.get(pk=declaration.pk).due)
    claim = filed(declaration, payer, 700)
    verified(claim)
    claim_approve(claim_id=claim.pk, actor=accounts.actor(Role.SUPERVISOR))
    claim.refresh_from_db()
    assert (claim.state, claim.approved_minor, claim.interest_minor) == ("paid", 700, 0)
    assert balance(payer) == before + 700
    after = FiscalStatus.objects.get(pk=declaration.pk)
    assert after.due[one.authority] == due[one.authority] - 700
    assert after.total_minor == sum(after.due.values())
    assert ledger_total() == 0
    verbs = list(Event.objects.filter(subject_id=str(claim.pk)).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["claim.filed", "claim.accepted", "claim.verified", "claim.approved", "claim.paid"]


@pytest.mark.parametrize(("over", "refused"), [(0, False), (1, True)])
def test_RV_CLM_05_never_more_than_was_paid(paid, over, refused):
    declaration, payer = paid
    whole = line(declaration).amount_minor
    if refused:
        with pytest.raises(RuleViolated) as refusal:
            filed(declaration, payer, whole + over)
        assert [one.rule for one in refusal.value.violations] == ["RV-CLM-05"]
        assert Claim.objects.count() == LineBalance.objects.count() == 0
    else:
        assert filed(declaration, payer, whole).claimed_minor == whole


def test_RV_CLM_05_what_is_claimed_is_claimed_once_and_a_refused_claim_frees_it(paid):
    declaration, payer = paid
    whole = line(declaration).amount_minor
    claim = filed(declaration, payer, whole)
    with pytest.raises(RuleViolated) as refusal:
        filed(declaration, payer, 1)
    assert refusal.value.violations[0].rule == "RV-CLM-05"
    claim_refuse(claim_id=claim.pk, reason="The papers do not agree.", actor=accounts.actor(Role.OFFICER))
    again = filed(declaration, payer, whole)
    claim_withdraw(claim_id=again.pk, actor=accounts.actor(Role.TRADER, of=payer))
    assert filed(declaration, payer, whole)


def test_RV_CLM_06_less_than_claimed_is_granted_and_the_rest_is_free(paid):
    declaration, payer = paid
    whole = line(declaration).amount_minor
    claim = filed(declaration, payer, whole)
    row = ClaimLine.objects.get(claim=claim)
    verified(claim, {row.pk: whole - 300})
    assert filed(declaration, payer, 300)
    before = balance(payer)
    claim_approve(claim_id=claim.pk, actor=accounts.actor(Role.SUPERVISOR))
    assert balance(payer) == before + whole - 300


@pytest.mark.parametrize("granted", [-1, 10**9, 0])
def test_RV_CLM_06_no_more_is_granted_than_claimed_and_nothing_is_a_refusal(paid, granted):
    declaration, payer = paid
    claim = filed(declaration, payer, 700)
    row = ClaimLine.objects.get(claim=claim)
    with pytest.raises(RuleViolated):
        verified(claim, {row.pk: granted})


def test_RV_CLM_06_nobody_approves_what_he_verified_A7(paid):
    declaration, payer = paid
    claim = filed(declaration, payer, 700)
    both = accounts.actor(Role.SUPERVISOR)
    claim_accept(claim_id=claim.pk, actor=both)
    claim_verify(claim_id=claim.pk, amounts=None, reason="The papers agree.", actor=both)
    with pytest.raises(NotPermitted):
        claim_approve(claim_id=claim.pk, actor=both)
    with pytest.raises(NotPermitted):
        claim_approve(claim_id=claim.pk, actor=accounts.actor(Role.OFFICER))
    before = balance(payer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(state="approved", approved_by=both.label)
    claim_approve(claim_id=claim.pk, actor=accounts.actor(Role.SUPERVISOR))
    assert balance(payer) == before + 700


def test_RV_CLM_06_steps_out_of_turn_are_refused(paid):
    declaration, payer = paid
    claim = filed(declaration, payer, 700)
    with pytest.raises(TransitionRefused):
        claim_approve(claim_id=claim.pk, actor=accounts.actor(Role.SUPERVISOR))
    verified(claim)
    with pytest.raises(TransitionRefused):
        claim_withdraw(claim_id=claim.pk, actor=accounts.actor(Role.TRADER, of=payer))
    claim_approve(claim_id=claim.pk, actor=accounts.actor(Role.SUPERVISOR))
    with pytest.raises(TransitionRefused):
        claim_refuse(claim_id=claim.pk, reason="Too late", actor=accounts.actor(Role.OFFICER))


def test_RV_CLM_03_strangers_find_nothing_to_claim_on(paid):
    declaration, payer = paid
    for role in (Role.TRADER, Role.BROKER):
        with pytest.raises(NotFound):
            filed(declaration, payer, 1, actor=accounts.actor(role))
    with pytest.raises(NotPermitted):
        filed(declaration, payer, 1, actor=accounts.actor(Role.OFFICER))
    claim = filed(declaration, payer, 1)
    with pytest.raises(NotFound):
        claim_withdraw(claim_id=claim.pk, actor=accounts.actor(Role.TRADER))


@pytest.mark.parametrize(("days", "late"), [(0, False), (1, True)])
def test_RV_CLM_02_three_years_after_release_and_not_a_day_more(paid, days, late):
    declaration, payer = paid
    day = declaration.released_at + timedelta(hours=3)
    last = years_later(day.date(), 3) + timedelta(days=days)
    at = datetime(last.year, last.month, last.day, 12, tzinfo=UTC)
    if late:
        with pytest.raises(RuleViolated) as refusal:
            filed(declaration, payer, 700, at=at)
        assert refusal.value.violations[0].rule == "RV-CLM-02"
    else:
        assert filed(declaration, payer, 700, at=at)


def test_RV_CLM_02_a_leap_day_loses_no_right():
    assert years_later(date(2024, 2, 29), 3) == date(2027, 3, 1)


@pytest.mark.parametrize(("code", "text"), [("unknown", "x"), ("overcharged", " "), ("overcharged", "x" * 1001)])
def test_RV_CLM_01_a_ground_and_the_facts_are_asked_for(paid, code, text):
    declaration, payer = paid
    with pytest.raises(RuleViolated) as refusal:
        filed(declaration, payer, 700, reason_code=code, text=text)
    assert {one.rule for one in refusal.value.violations} == {"RV-CLM-01"}


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [LineAsked(99, "A00", 1)],
        [LineAsked(1, "ZZZ", 1)],
        [LineAsked(1, "A00", 0)],
        [LineAsked(1, "A00", -5)],
        [LineAsked(1, "A00", 1), LineAsked(1, "A00", 1)],
    ],
)
def test_RV_CLM_04_lines_that_are_none_are_refused(paid, lines):
    declaration, payer = paid
    with pytest.raises(RuleViolated) as refusal:
        filed(declaration, payer, 1, lines=lines)
    assert {one.rule for one in refusal.value.violations} == {"RV-CLM-04"}


def test_RV_INT_06_the_administration_pays_interest_on_its_own_error(paid):
    declaration, payer = paid
    whole = line(declaration).amount_minor
    claim = filed(declaration, payer, whole, reason_code="office_error")
    verified(claim)
    before = balance(payer)
    released = declaration.released_at
    with clock.frozen(released + timedelta(days=365)):
        claim_approve(claim_id=claim.pk, actor=accounts.actor(Role.SUPERVISOR))
    claim.refresh_from_db()
    assert claim.interest_minor > 0
    assert balance(payer) == before + whole + claim.interest_minor
    assert ledger_total() == 0


def test_RV_CLM_08_an_open_demand_is_waived_by_two_officers_once(importer):
    with unit_of_work() as work:
        demand_id = demand_make(
            work,
            source="test:1",
            kind=DemandKind.DUTY,
            organisation_id=importer.pk,
            authority="CUS",
            amount_minor=5_000,
            currency="EUR",
            text="Duty found later",
            law="Customs Act",
            subject_type="test",
            subject_id="1",
            event_on=date(2026, 11, 1),
        )
    trader = accounts.actor(Role.TRADER, of=importer)
    asked = {"demand_id": demand_id, "reason_code": "equity", "text": "A flood", "actor": trader}
    claim = Claim.objects.get(pk=remission_file(**asked))
    with pytest.raises(Conflict):
        remission_file(**asked)
    with pytest.raises(NotFound):
        remission_file(**(asked | {"actor": accounts.actor(Role.TRADER)}))
    verified(claim)
    before = Posting.objects.count()
    claim_approve(claim_id=claim.pk, actor=accounts.actor(Role.SUPERVISOR))
    assert Demand.objects.get(pk=demand_id).state == "remitted"
    assert Posting.objects.count() == before


@pytest.mark.parametrize("change", ["claimed_minor = 1", "text = 'other'", "claimant_id = NULL", "filed_by = 'x'"])
def test_the_database_keeps_what_was_claimed(paid, change):
    declaration, payer = paid
    claim = filed(declaration, payer, 700)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE revenue_claim SET {change} WHERE id = %s", [claim.pk])


@pytest.mark.django_db(transaction=True)
def test_RV_CLM_05_of_claims_at_once_for_all_that_is_left_one_wins(country, jobs_done):
    payer = make.importer_of_the_journey()
    declaration = make.released(payer, jobs_done)
    whole = line(declaration).amount_minor
    actor = accounts.actor(Role.TRADER, of=payer)
    barrier = threading.Barrier(6)

    def one(_: int) -> bool:
        barrier.wait()
        try:
            filed(declaration, payer, whole, actor=actor)
        except RuleViolated:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(one, range(6))) == 1
    assert LineBalance.objects.get().claimed_minor == whole
    claim = Claim.objects.get()
    verified(claim)
    supervisors = [accounts.actor(Role.SUPERVISOR) for _ in range(4)]
    before, gate = balance(payer), threading.Barrier(4)

    def approve(supervisor: Any) -> bool:
        gate.wait()
        try:
            claim_approve(claim_id=claim.pk, actor=supervisor)
        except TransitionRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(approve, supervisors)) == 1
    assert balance(payer) == before + whole
    assert ledger_total() == 0


@pytest.mark.django_db(transaction=True)
def test_RV_CLM_06_who_approves_second_waits_for_the_first_and_finds_it_paid(country, jobs_done):
    payer = make.importer_of_the_journey()
    declaration = make.released(payer, jobs_done)
    claim = filed(declaration, payer, 700)
    verified(claim)
    supervisors, before = [accounts.actor(Role.SUPERVISOR) for _ in range(2)], balance(payer)
    done = threading.Event()

    def second() -> bool:
        try:
            claim_approve(claim_id=claim.pk, actor=supervisors[1])
        except TransitionRefused:
            return False
        finally:
            done.set()
            connection.close()
        return True

    with ThreadPoolExecutor(1) as pool:
        with unit_of_work() as work:
            claim_approve(claim_id=claim.pk, actor=supervisors[0])
            work.flush()
            running = pool.submit(second)
            assert not done.wait(1)
        assert running.result() is False
    assert balance(payer) == before + 700
