"""What checks find moves hit rates the same day, and reaches learning with what was known when it was scored."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.test.utils import CaptureQueriesContext

from risk.models import InspectionOutcome, PartyDay, PartyMonth, RiskAssessment, RuleDay
from risk.rules.frame import CRITICAL_REVENUE_MINOR, FREE_NUMBERS, is_critical
from risk.rules.learning import weighted, wilson
from risk.selectors.hit_rates import ALL, hit_rates, rules_silent
from risk.selectors.outcomes_frame import outcomes_frame
from risk.services import history_update, outcome_record, risk_assess, rule_hits_count
from risk.tasks import disclaimer
from risk.types import HistoryEvent, Outcome, Pick
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import Event
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotPermitted
from singlewindow.learning.types import CATEGORIES, NUMBERS
from tests.factories import accounts
from tests.factories.declarations import import_json
from tests.factories.revenue import lodged
from tests.factories.risk import NOW, TODAY, facts, item, message, snapshot

ACTOR = system_actor("tests")
pytestmark = pytest.mark.django_db
CHEAP = message(item(price={"amount": "100", "currency": "EUR"}))


def scored(content: Any = CHEAP, **changes: Any) -> Any:
    of = snapshot(content)
    with unit_of_work() as work:
        risk_assess(work, of, actor=ACTOR, facts=facts(**changes))
    return of


def checked(of: Any, outcome: Outcome = Outcome.VALUE, **more: Any) -> UUID:
    with unit_of_work() as work:
        return outcome_record(work, of, outcome=outcome, actor=ACTOR, **more)


def analyst() -> Any:
    return accounts.actor(Role.RISK_ANALYST)


def test_RM_LRN_01_an_outcome_keeps_how_it_came_to_be_seen(loaded: None) -> None:
    of = scored()
    outcome_id = checked(of, revenue_delta_minor=12_50, kind="documents")
    kept, result = InspectionOutcome.objects.get(), RiskAssessment.objects.get()
    assert (kept.id, kept.assessment_id, kept.declaration_id) == (outcome_id, result.id, of.id)
    assert (kept.outcome, kept.revenue_delta_minor, kept.kind) == ("value", 1250, "documents")
    assert (kept.pick, kept.control, kept.propensity) == (result.pick, result.control, result.propensity)
    assert kept.rules == ["RM-VAL-01", "RM-VAL-02"]
    event = Event.objects.get(verb=Verb.OUTCOME_RECORDED.value)
    assert event.subject_id == str(of.id)


def test_RM_FCT_05_a_false_disclaimer_is_a_finding_in_the_history_of_its_parties_once() -> None:
    declaration = lodged(accounts.organisation(), import_json())
    with unit_of_work() as work:
        told = {"item": 1, "code": "7W01", "agency": "PHY", "reason": "Sold in a market"}
        queue(work, "DisclaimerFalse", subject_id=str(declaration.pk), payload=told, actor=ACTOR)
    job = Job.objects.get(kind="risk.disclaimer")
    for _ in range(2):
        disclaimer([job.pk])
    found = PartyMonth.objects.values_list("inspections", "findings")
    assert found
    assert set(found) == {(1, 1)}
    assert not InspectionOutcome.objects.exists()


def test_F29_hit_rates_have_moved_when_the_check_is_recorded(loaded: None) -> None:
    checked(scored(), revenue_delta_minor=500)
    checked(scored(), Outcome.CONFORM)
    rates = hit_rates(analyst())
    for days in (30, 60, 90):
        rate = rates["RM-VAL-01", days]
        assert (rate.checked, rate.found, rate.revenue_minor) == (2, 1, 500)
        assert rate.precision == wilson(1, 2)
    assert PartyDay.objects.get(side="import").findings == 1


def test_RM_LRN_01_an_outcome_without_a_result_is_kept_all_the_same(loaded: None) -> None:
    checked(snapshot())
    kept = InspectionOutcome.objects.get()
    assert (kept.assessment_id, kept.rules, kept.propensity, kept.pick) == (None, [], 0, Pick.NONE.value)
    assert not RuleDay.objects.exists()


def test_RM_LRN_01_the_newest_result_before_the_check_counts(loaded: None) -> None:
    of = snapshot(CHEAP)
    with unit_of_work() as work:
        risk_assess(work, of, actor=ACTOR, facts=facts(pair_seen=False))
        outcome_record(work, of, outcome=Outcome.VALUE, actor=ACTOR)
    assert InspectionOutcome.objects.get().rules == ["RM-PAR-02", "RM-VAL-01", "RM-VAL-02"]


def test_what_was_found_can_be_neither_changed_nor_removed(loaded: None) -> None:
    checked(scored())
    for statement in ("DELETE FROM risk_inspectionoutcome", "UPDATE risk_inspectionoutcome SET outcome = 'conform'"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_RM_LRN_01_an_undone_check_leaves_nothing(loaded: None) -> None:
    of = scored()

    def undone() -> None:
        with unit_of_work() as work:
            outcome_record(work, of, outcome=Outcome.VALUE, actor=ACTOR)
            work.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    assert not InspectionOutcome.objects.exists()
    assert not RuleDay.objects.exists()
    assert not PartyDay.objects.exists()


def test_RM_LRN_02_hits_are_counted_once_a_declaration_and_day_however_often_it_is_counted(loaded: None) -> None:
    of = scored()
    with unit_of_work() as work:
        risk_assess(work, of, actor=ACTOR, facts=facts())
    scored()
    with clock.frozen(NOW - timedelta(days=1)):
        scored()
    for _ in range(3):
        rule_hits_count(last=TODAY)
    counted = dict(RuleDay.objects.filter(rule="RM-VAL-01").values_list("day", "hits"))
    assert counted == {TODAY: 2, TODAY - timedelta(days=1): 1}
    assert hit_rates(analyst())["RM-VAL-01", 30].hits == 3
    assert not RuleDay.objects.filter(rule__startswith="RM-CAP").exists()
    checked(of)
    assert RuleDay.objects.get(rule="RM-VAL-01", day=TODAY).hits == 2
    assert "RM-VAL-01" not in rules_silent(analyst())
    assert "RM-VAL-03" in rules_silent(analyst())


@pytest.mark.django_db(transaction=True)
def test_RM_LRN_01_checks_at_once_and_counting_beside_them_lose_nothing(loaded: None) -> None:
    ids = [scored(message(item(price={"amount": "100", "currency": "EUR"}))) for _ in range(12)]

    def check(place: int) -> None:
        with clock.frozen(NOW):
            try:
                if place % 4 == 3:
                    rule_hits_count(last=TODAY)
                checked(ids[place], Outcome.VALUE if place % 2 else Outcome.CONFORM, revenue_delta_minor=10)
            finally:
                close_old_connections()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(check, range(12)))
    day = RuleDay.objects.get(rule="RM-VAL-01")
    assert (day.hits, day.inspections, day.findings, day.revenue_minor) == (12, 12, 6, 120)


@pytest.mark.parametrize(("back", "days"), [(29, {30, 60, 90}), (30, {60, 90}), (60, {90}), (90, set())])
def test_RM_LRN_02_a_window_ends_with_its_last_day(loaded: None, back: int, days: set[int]) -> None:
    RuleDay.objects.create(rule="PR-0001", day=TODAY - timedelta(days=back), hits=3, inspections=2, findings=1)
    assert {window for rule, window in hit_rates(analyst()) if rule == "PR-0001"} == days


def outcome_of(outcome: str, propensity: str, rules: list[str], at: Any = NOW) -> InspectionOutcome:
    return InspectionOutcome(
        declaration_id=UUID(int=1), kind="examination", outcome=outcome, at=at, propensity=Decimal(propensity),
        rules=rules,
    )  # fmt: skip


def test_RM_LRN_02_the_unbiased_share_weighs_each_check_by_the_inverse_of_its_chance(loaded: None) -> None:
    """Of 100 sure picks 80 are wrong, of 20 drawn with a chance of a tenth, which stand for 200, one is."""
    rules = ["PR-0001"]
    InspectionOutcome.objects.bulk_create(
        [outcome_of("value" if n < 80 else "conform", "1", rules) for n in range(100)]
        + [outcome_of("value" if n < 1 else "clerical", "0.1", rules) for n in range(20)]
    )
    RuleDay.objects.create(rule="PR-0001", day=TODAY, hits=300, inspections=120, findings=81)
    rate = hit_rates(analyst())["PR-0001", 30]
    assert rate.precision is not None
    assert rate.unbiased is not None
    assert rate.precision.share == pytest.approx(81 / 120)
    assert rate.unbiased.share == pytest.approx(90 / 300)
    assert rate.unbiased.n == pytest.approx(300**2 / (100 + 20 * 100))
    everything = hit_rates(analyst())[ALL, 30]
    assert (everything.checked, everything.found) == (120, 81)


def test_RM_LRN_02_the_unbiased_share_is_told_only_where_checks_allow_it(loaded: None) -> None:
    InspectionOutcome.objects.bulk_create([outcome_of("value", "1", ["PR-0001"]) for _ in range(9)])
    RuleDay.objects.create(rule="PR-0001", day=TODAY, hits=9, inspections=9, findings=9)
    assert hit_rates(analyst())["PR-0001", 30].unbiased is None
    InspectionOutcome.objects.bulk_create([outcome_of("value", "1", ["PR-0001"])])
    assert hit_rates(analyst())["PR-0001", 30].unbiased is not None


def test_hit_rates_take_three_queries_whatever_the_number_of_rules(loaded: None) -> None:
    RuleDay.objects.bulk_create(RuleDay(rule=f"PR-{n:04d}", day=TODAY, hits=n) for n in range(200))
    actor = analyst()
    with CaptureQueriesContext(connection) as queries:
        assert len(hit_rates(actor)) == 600
    assert len(queries) == 3


@pytest.mark.parametrize("role", [Role.TRADER, Role.BROKER, Role.AGENCY_OFFICER])
def test_nobody_else_reads_hit_rates(role: Role) -> None:
    for read in (hit_rates, rules_silent):
        with pytest.raises(NotPermitted):
            read(accounts.actor(role))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("found", "n", "low", "high"), [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)]
)
def test_the_interval_of_a_share_is_wilsons(found: int, n: int, low: float, high: float) -> None:
    share = wilson(found, n)
    assert share is not None
    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


def test_nothing_is_told_of_no_check() -> None:
    assert wilson(0, 0) is None
    assert weighted(0, 0, 0) is None


def test_RM_LRN_02_the_unbiased_share_covers_the_true_one(loaded: None) -> None:
    """Picks lean on what is wrong; the plain share is far off, the weighted interval holds the truth."""
    covered, plain = 0, []
    for seed in range(200):
        drawn = np.random.default_rng(seed)
        wrong = drawn.random(4000) < 0.1
        chance = np.where(wrong, 0.5, 0.05)
        seen = drawn.random(4000) < chance
        weights = 1 / chance[seen]
        share = weighted(weights.sum(), (weights**2).sum(), weights[wrong[seen]].sum())
        assert share is not None
        covered += share.low <= wrong.mean() <= share.high
        plain.append(wrong[seen].mean())
    assert covered >= 186
    assert np.mean(plain) > 0.4


def test_RM_LRN_06_rows_for_learning_hold_what_was_known_when_it_was_scored(loaded: None) -> None:
    first = scored(message(item(), item(2, commodity_code="0901110000", origin="ET")))
    checked(first, revenue_delta_minor=300_00, at=NOW + timedelta(hours=1))
    with unit_of_work() as work:
        history_update(work, first, event=HistoryEvent.ACCEPTED)
        risk_assess(work, first, actor=ACTOR)
    checked(scored(), Outcome.CONFORM, at=NOW + timedelta(hours=2))
    frame = outcomes_frame(NOW + timedelta(days=1))
    assert list(frame.fraud) == [1, 1, 0]
    assert frame.revenue is not None
    assert list(frame.revenue) == [150, 150, 0]
    assert set(frame.rows.texts) == set(CATEGORIES)
    assert set(frame.rows.numbers) == {*NUMBERS, *FREE_NUMBERS}
    assert list(frame.rows.texts["hs6"]) == ["847130", "090111", "847130"]
    assert list(frame.rows.numbers["price"]) == [2000, 2000, 100]
    assert list(frame.rows.numbers["trader_declarations_quarter"]) == [10, 10, 10]
    assert set(frame.rows.day) == {TODAY.toordinal()}


def test_RM_LRN_06_only_checks_before_the_instant_are_in_and_of_two_the_later(loaded: None) -> None:
    of = scored()
    checked(of, Outcome.CONFORM, kind="documents", at=NOW)
    checked(of, Outcome.PROHIBITED, at=NOW + timedelta(hours=1))
    assert list(outcomes_frame(NOW).fraud) == []
    assert list(outcomes_frame(NOW + timedelta(minutes=30)).fraud) == [0]
    last = outcomes_frame(TODAY + timedelta(days=1))
    assert (list(last.fraud), list(last.critical)) == ([1], [1])
    assert len(outcomes_frame(TODAY + timedelta(days=1), most=0)) == 0


@pytest.mark.parametrize(
    ("outcome", "revenue", "critical"),
    [
        (Outcome.PROHIBITED, 0, True),
        (Outcome.SECURITY, 0, True),
        (Outcome.VALUE, CRITICAL_REVENUE_MINOR - 1, False),
        (Outcome.VALUE, CRITICAL_REVENUE_MINOR, True),
        (Outcome.CLERICAL, CRITICAL_REVENUE_MINOR, False),
    ],
)
def test_RM_LRN_06_the_gravest_kind(outcome: Outcome, revenue: int, critical: bool) -> None:
    assert is_critical(outcome, revenue) is critical
