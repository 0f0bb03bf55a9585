"""Claims, settlement and returns on the database: never exceeded, used to the last unit, given back once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.quotas.models import Entry, Quota, Run
from singlewindow.quotas.selectors import quota_shares, quota_standings, quotas_out_of_balance
from singlewindow.quotas.services import quota_change, quota_claim, quota_return, quotas_load
from singlewindow.quotas.types import StandingState
from tests.factories import quotas
from tests.factories.quotas import FRIDAY, SYSTEM, claimed, claiming, settle

pytestmark = pytest.mark.django_db

DAY = FRIDAY.date()


def claim(declaration, at=FRIDAY):
    with unit_of_work() as work:
        return quota_claim(work, declaration, actor=SYSTEM, at=at)


def amend(declaration, at=FRIDAY):
    with unit_of_work() as work:
        return quota_change(work, declaration, actor=SYSTEM, at=at)


def give_back(declaration, at=FRIDAY):
    with unit_of_work() as work:
        return quota_return(work, declaration.id, actor=SYSTEM, at=at)


def standing(number="090001", on=DAY, **who):
    return quota_standings([number], on, **who)[number].state


def test_an_item_that_claims_counts_against_the_quota_at_once():
    quota = quotas.quota()
    (outcome,) = claim(claiming("100"))
    quota.refresh_from_db()
    assert (outcome.claimed, outcome.quantity, outcome.unit) == (True, 100, "KGM")
    assert (quota.balance, quota.pending, quota.state) == (1000, 100, "open")
    assert standing() is StandingState.OPEN
    assert quotas_out_of_balance() == []


@pytest.mark.parametrize(("kilograms", "state"), [("899.999", "open"), ("900", "critical"), ("5000", "critical")])
def test_QU_STA_02_the_claim_that_reaches_the_critical_level_is_itself_secured(kilograms, state):
    quota = quotas.quota()
    claim(claiming(kilograms))
    quota.refresh_from_db()
    assert quota.state == state == standing()
    assert Entry.objects.get(kind="claim").secured is (state == "critical")


@pytest.mark.parametrize(
    ("changes", "message", "rule"),
    [
        ({"order_number": "090009"}, {}, "QU-CLM-01"),
        ({"period_to": date(2026, 6, 4)}, {}, "QU-CLM-01"),
        ({"origins": ["AR"]}, {}, "QU-CLM-02"),
        ({"balance": 0}, {}, "QU-CLM-04"),
        ({}, {"procedure": "5100"}, "QU-CLM-05"),
        ({"unit": "LTR"}, {}, "QU-CLM-06"),
    ],
)
def test_what_cannot_claim_says_why_and_has_a_share_of_nothing(changes, message, rule):
    quotas.quota(**changes)
    declaration = claiming("10", **message)
    (outcome,) = claim(declaration)
    assert (outcome.claimed, outcome.reason) == (False, rule)
    assert quota_shares(declaration.id) == ({} if rule == "QU-CLM-01" else {1: 0})
    assert Entry.objects.filter(kind="claim").count() == 0


def test_a_declaration_without_quota_asks_the_database_nothing():
    quotas.quota()
    declaration = claiming("10", quota_order_number="")
    with (
        CaptureQueriesContext(
            connection,
        ) as queries,
        unit_of_work() as work,
    ):
        assert quota_claim(work, declaration, actor=SYSTEM, at=FRIDAY) == []
    assert [one for one in queries if "SAVEPOINT" not in one["sql"]] == []


def test_a_version_claims_once():
    quotas.quota()
    declaration = claimed("10")
    with pytest.raises(IntegrityError):
        claim(declaration)


def test_the_standings_of_many_quotas_are_one_query():
    quotas.quota()
    quotas.quota("090002", balance=0)
    with CaptureQueriesContext(connection) as queries:
        found = quota_standings(["090001", "090002", "090003"], DAY)
    assert len(queries) == 1
    assert [one.state.value for one in found.values()] == ["open", "exhausted", "none"]


def test_QU_ALL_01_a_day_that_fits_is_granted_whole_and_asks_for_no_settlement():
    quota = quotas.quota()
    one, other = claimed("300"), claimed("400")
    settle(quota, DAY)
    quota.refresh_from_db()
    assert (quota.balance, quota.pending, quota.settled_to) == (300, 0, DAY)
    assert quota_shares(one.id) == quota_shares(other.id) == {1: 1}
    assert Job.objects.filter(kind="clearance.quota_settle").count() == 0
    run = Run.objects.get()
    assert (run.claims, run.demand, run.granted, run.left) == (2, 700, 700, 300)


def test_QU_ALL_02_a_day_that_does_not_fit_is_shared_and_used_to_the_last_gram():
    quota = quotas.quota()
    one, other, third = claimed("1000"), claimed("1000"), claimed("1000")
    settle(quota, DAY)
    quota.refresh_from_db()
    assert (quota.balance, quota.pending, quota.state) == (0, 0, "exhausted")
    granted = Entry.objects.filter(kind="allocate").order_by("id").values_list("quantity", flat=True)
    assert list(granted) == [Decimal("333.334"), Decimal("333.333"), Decimal("333.333")]
    assert quota_shares(one.id)[1] == Decimal("0.333334")
    asked = set(Job.objects.filter(kind="clearance.quota_settle").values_list("subject_id", flat=True))
    assert asked == {str(one.id), str(other.id), str(third.id)}
    assert standing() is StandingState.EXHAUSTED
    assert standing(declaration_id=other.id) is StandingState.CRITICAL
    assert quotas_out_of_balance() == []


def test_QU_ALL_04_a_secured_claim_that_is_granted_whole_frees_what_was_secured():
    quota = quotas.quota()
    one = claimed("950")
    settle(quota, DAY)
    assert quota_shares(one.id) == {1: 1}
    assert Job.objects.filter(kind="clearance.quota_settle", subject_id=str(one.id)).count() == 1


def test_QU_DAY_03_the_earlier_day_is_served_first_and_a_late_claim_before_the_days_after_it():
    quota = quotas.quota()
    saturday = FRIDAY + timedelta(days=1)
    next_day = claimed("800", at=saturday)
    claimed("500")
    settle(quota, DAY)
    late = claimed("200")
    assert set(Run.objects.filter(done_at=None).values_list("day", flat=True)) == {saturday.date()}
    settle(quota, saturday.date())
    assert quota_shares(late.id) == {1: 1}
    assert quota_shares(next_day.id) == {1: Decimal("0.375")}
    assert quotas_out_of_balance() == []


def test_QU_DAY_02_a_day_that_has_not_ended_everywhere_is_not_settled():
    quota = quotas.quota()
    claimed("10")
    settle(quota, DAY, at=FRIDAY)
    assert Run.objects.get().done_at is None
    assert Job.objects.filter(kind="quotas.allocate").count() == 2


def test_a_day_is_settled_once():
    quota = quotas.quota()
    claimed("10")
    settle(quota, DAY)
    settle(quota, DAY)
    assert Entry.objects.filter(kind="allocate").count() == 1


def test_QU_RET_01_what_is_given_back_comes_back_once_before_and_after_settlement():
    quota = quotas.quota()
    open_, settled = claimed("100"), claimed("200")
    assert (give_back(open_), give_back(open_)) == (1, 0)
    quota.refresh_from_db()
    assert (quota.balance, quota.pending) == (1000, 200)
    settle(quota, DAY)
    assert (give_back(settled), give_back(settled)) == (1, 0)
    quota.refresh_from_db()
    assert (quota.balance, quota.pending) == (1000, 0)
    assert quota_shares(settled.id) == {}
    assert quotas_out_of_balance() == []


def test_QU_RET_02_what_comes_back_serves_the_next_and_opens_no_day_again():
    quota = quotas.quota()
    first, short = claimed("1500"), claimed("500")
    settle(quota, DAY)
    give_back(first)
    quota.refresh_from_db()
    assert (quota.balance, quota.state) == (750, "open")
    assert quota_shares(short.id) == {1: Decimal("0.5")}
    monday = FRIDAY + timedelta(days=3)
    next_one = claimed("750", at=monday)
    settle(quota, monday.date())
    assert quota_shares(next_one.id) == {1: 1}


def _next_version(declaration, *kilograms, **changes):
    return claiming(*kilograms, id=declaration.id, version=declaration.version + 1, **changes)


def test_QU_AMD_01_less_than_before_goes_back_at_once_and_the_rest_stays():
    quota = quotas.quota()
    declaration = claimed("400")
    settle(quota, DAY)
    amend(_next_version(declaration, "150"), at=FRIDAY + timedelta(days=2))
    quota.refresh_from_db()
    assert (quota.balance, quota.pending) == (850, 0)
    assert quota_shares(declaration.id) == {1: 1}
    assert quotas_out_of_balance() == []


def test_QU_AMD_02_an_open_claim_keeps_its_day():
    quotas.quota()
    declaration = claimed("400")
    amend(_next_version(declaration, "450"), at=FRIDAY + timedelta(days=1))
    newest = Entry.objects.filter(kind="claim").order_by("-id")[0]
    assert (newest.accepted_on, newest.demand, newest.carried) == (DAY, 450, 0)
    assert Quota.objects.get().pending == 450
    assert quotas_out_of_balance() == []


def test_QU_AMD_03_what_is_added_after_settlement_counts_from_the_day_of_the_amendment():
    quota = quotas.quota()
    declaration = claimed("400")
    settle(quota, DAY)
    monday = FRIDAY + timedelta(days=3)
    amend(_next_version(declaration, "1400"), at=monday)
    newest = Entry.objects.filter(kind="claim").order_by("-id")[0]
    assert (newest.accepted_on, newest.quantity, newest.demand, newest.carried) == (monday.date(), 1400, 1000, 400)
    quota.refresh_from_db()
    assert (quota.balance, quota.pending) == (600, 1000)
    assert quotas_out_of_balance() == []
    settle(quota, monday.date())
    assert quota_shares(declaration.id) == {1: Decimal(1000) / 1400}
    assert quotas_out_of_balance() == []
    give_back(declaration)
    quota.refresh_from_db()
    assert (quota.balance, quota.pending) == (1000, 0)
    assert quotas_out_of_balance() == []


def test_QU_AMD_04_an_amendment_gives_nobody_a_second_share_of_a_settled_day():
    quota = quotas.quota()
    short, other = claimed("1000"), claimed("1000")
    settle(quota, DAY)
    give_back(other)
    amend(_next_version(short, "1000", description="Beef, boneless"), at=FRIDAY + timedelta(days=1))
    assert quota_shares(short.id) == {1: Decimal("0.5")}
    quota.refresh_from_db()
    assert (quota.balance, quota.pending) == (500, 0)


def test_an_item_that_is_amended_to_no_quota_gives_all_back():
    quota = quotas.quota()
    declaration = claimed("400")
    amend(_next_version(declaration, "400", quota_order_number=""))
    quota.refresh_from_db()
    assert (quota.balance, quota.pending) == (1000, 0)
    assert quota_shares(declaration.id) == {}


def test_QU_PAR_01_a_part_draws_on_the_whole_too_and_neither_is_exceeded():
    whole = quotas.quota("090003", volume=500)
    part = quotas.quota("090004", volume=400, parent=whole, coefficient=Decimal("1.1"))
    plain, raw = claimed("300", number="090003"), claimed("450", number="090004")
    settle(whole, DAY)
    whole.refresh_from_db()
    part.refresh_from_db()
    assert (whole.pending, part.pending) == (0, 0)
    assert part.balance > 0, "the whole ran out before the part did"
    assert Decimal(0) <= whole.balance < Decimal("0.01")
    drawn = 500 * quota_shares(plain.id)[1] * Decimal("0.6")
    assert drawn > 0
    assert quotas_out_of_balance() == []
    assert set(Run.objects.values_list("quota_id", flat=True)) == {whole.pk, part.pk}
    give_back(raw)
    whole.refresh_from_db()
    part.refresh_from_db()
    assert part.balance == 400
    assert quotas_out_of_balance() == []


def test_the_day_is_the_offices_own(monkeypatch):
    from singlewindow.quotas.services import book

    zones = {"ZZ000101": "Pacific/Auckland", "ZZ000201": "UTC"}
    monkeypatch.setattr(book, "office", lambda code, on: type("O", (), {"time_zone": zones[code]})())
    quotas.quota()
    late = datetime(2026, 6, 5, 13, 0, tzinfo=UTC)
    claimed("1", office="ZZ000101", at=late)
    claimed("2", office="ZZ000201", at=late)
    days = Entry.objects.filter(kind="claim").order_by("quantity").values_list("accepted_on", flat=True)
    assert list(days) == [date(2026, 6, 6), date(2026, 6, 5)]


def test_the_shipped_quotas_load_once():
    assert quotas_load(actor=SYSTEM).new > 0
    assert quotas_load(actor=SYSTEM).new == 0
    assert Quota.objects.filter(order_number="090001", period_from__year=2026).count() == 1
    assert Quota.objects.exclude(parent=None).count() == 1


def test_the_ledger_and_the_runs_are_kept_by_the_database():
    quota = quotas.quota()
    claimed("10")
    settle(quota, DAY)
    for statement in (
        "UPDATE quotas_entry SET quantity = 1",
        "DELETE FROM quotas_entry",
        "UPDATE quotas_run SET granted = 0",
        "UPDATE quotas_quota SET balance = -1",
        "UPDATE quotas_quota SET balance = volume + 1",
        "INSERT INTO quotas_entry (quota_id, kind, quantity, at, actor, source, reason) "
        "SELECT id, 'adjust', 5, now(), 'x', 'change:none', '' FROM quotas_quota",
    ):
        with pytest.raises(IntegrityError), unit_of_work() as work:
            work.execute(statement)
    assert clock.now() is not None
