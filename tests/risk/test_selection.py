"""Capacity of an office and day: planned by the days before, counted under lock, not exceeded by what may wait."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import close_old_connections

from risk.models import InspectionDay, RiskAssessment
from risk.rules.policy import SelectionPolicy
from risk.rules.selection import DaysBefore, room_planned
from risk.services import risk_assess
from risk.services.selection import most_of
from risk.types import Lane, Pick, RiskResult, RuleChange, RuleChangeKind, Stage
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from tests.factories.governance import change_live
from tests.factories.risk import NOW, facts, snapshot
from tests.risk.test_composition import ALERT, RED

ACTOR = system_actor("tests")
POLICY = SelectionPolicy(capacity={"*": 20}, explore=Decimal("0.2"), explore_most=Decimal(1))


@pytest.fixture
def frozen(db: None) -> Iterator[None]:
    with clock.frozen(NOW):
        yield


def capacity(count: int, explore: str = "0") -> None:
    policy = SelectionPolicy(capacity={"*": count}, explore=Decimal(explore), explore_most=Decimal(1))
    change_live(RuleChange(RuleChangeKind.SELECTION, policy.plain()))


def assess(of: Any = None, stage: Stage = Stage.ACCEPTANCE, **changes: Any) -> RiskResult:
    from risk.selectors.rule_sets import rule_set_hash_in_force

    known = facts(pair_seen=False, rule_set_hash=rule_set_hash_in_force(), **changes)
    with unit_of_work() as work:
        return risk_assess(work, of or snapshot(RED), actor=ACTOR, facts=known, stage=stage, revenue_minor=100_000)


def test_RM_SEL_01_an_office_examines_no_more_than_it_can(frozen: None) -> None:
    capacity(3)
    picks = [assess().pick for _ in range(5)]
    assert picks == [Pick.LOSS] * 3 + [Pick.NONE] * 2
    row = InspectionDay.objects.get()
    assert (row.office, row.day, row.capacity, row.loss) == ("ZZ000101", NOW.date(), 3, 3)
    assert set(RiskAssessment.objects.filter(pick="none").values_list("lane", flat=True)) == {"BLUE"}


def test_RM_SEL_01_hard_profiles_hold_and_count_whatever_the_capacity(frozen: None) -> None:
    capacity(2)
    assert [assess(alerts=(ALERT,)).lane for _ in range(3)] == [Lane.RED] * 3
    assert InspectionDay.objects.get().hard == 3
    assert assess().lane is Lane.BLUE


def test_RM_RND_01_the_control_sample_counts_and_is_never_refused(frozen: None) -> None:
    capacity(1)
    assert [assess(snapshot(), sample_rate=Decimal(1)).pick for _ in range(3)] == [Pick.CONTROL] * 3
    assert InspectionDay.objects.get().control == 3


def test_an_examination_is_counted_once_for_arrival_acceptance_and_amendment(frozen: None) -> None:
    capacity(1)
    of = snapshot(RED)
    assert [assess(of, stage).pick for stage in (Stage.ARRIVAL, Stage.ACCEPTANCE, Stage.AMENDMENT)] == [Pick.LOSS] * 3
    assert InspectionDay.objects.get().loss == 1
    assert assess().pick is Pick.NONE


def test_another_office_and_another_day_have_room_of_their_own(frozen: None) -> None:
    capacity(1)
    assert assess().pick is Pick.LOSS
    assert assess(replace(snapshot(RED), office="ZZ000201")).pick is Pick.LOSS
    assert assess(on=NOW.date() + timedelta(days=1)).pick is Pick.LOSS
    assert assess().pick is Pick.NONE


def test_the_room_that_a_choice_rested_on_is_stored_with_it(frozen: None) -> None:
    capacity(1)
    assess()
    assess()
    rooms = [row.room["loss"] for row in RiskAssessment.objects.order_by("id") if row.room is not None]
    assert rooms == [True, False]


@pytest.mark.parametrize(
    ("losses", "days", "threshold"),
    [
        ([], 1, 0),
        (range(1, 17), 1, 0),
        (range(1, 18), 1, 2),
        (range(1, 33), 2, 0),
        (range(1, 34), 2, 2),
    ],
    ids=["no past", "all fit", "one too many", "all fit in two days", "one too many in two days"],
)
def test_RM_SEL_01_the_threshold_is_what_fills_the_capacity_but_for_exploration(
    losses: Any, days: int, threshold: int
) -> None:
    before = DaysBefore(days, 100, 10, list(losses))
    assert room_planned(before, 20, POLICY).threshold_minor == threshold


def test_RM_SEL_02_and_03_the_rates_fill_the_share_kept_for_exploration() -> None:
    room = room_planned(DaysBefore(7, 700, 70, []), 20, POLICY)
    assert (room.uncertain_rate, room.random_rate) == (Decimal("0.2"), Decimal("0.02"))
    nobody_near = room_planned(DaysBefore(7, 700, 0, []), 20, POLICY)
    assert (nobody_near.uncertain_rate, nobody_near.random_rate) == (0, Decimal("0.04"))
    assert room_planned(DaysBefore(7, 0, 0, []), 20, POLICY).random_rate == 0
    quiet = replace(POLICY, explore_most=Decimal("0.02"))
    assert room_planned(DaysBefore(7, 70, 0, []), 20, quiet).random_rate == Decimal("0.02")
    assert room_planned(DaysBefore(7, 7, 0, []), 20, POLICY).random_rate == 1


def test_a_small_office_explores_too_and_fills_no_more_than_it_can(frozen: None) -> None:
    policy = SelectionPolicy(capacity={"*": 2}, explore=Decimal("0.4"))
    assert (most_of(Pick.LOSS, 2, policy), most_of(Pick.RANDOM, 2, policy)) == (2, 1)
    assert (most_of(Pick.LOSS, 5, policy), most_of(Pick.RANDOM, 5, policy)) == (3, 2)
    assert most_of(Pick.RANDOM, 2, replace(policy, explore=Decimal(0))) == 0
    capacity(2, "0.4")
    with clock.frozen(NOW - timedelta(days=1)):
        assess(snapshot(), on=NOW.date() - timedelta(days=1))  # one a week: the rate of the next days is 1
    assert [assess(snapshot()).pick for _ in range(3)] == [Pick.RANDOM, Pick.NONE, Pick.NONE]
    assert [assess().pick for _ in range(2)] == [Pick.LOSS, Pick.NONE]


def test_the_threshold_of_a_small_office_counts_parts_of_a_slot() -> None:
    policy = SelectionPolicy(capacity={"*": 2}, explore=Decimal("0.4"))
    assert room_planned(DaysBefore(5, 10, 0, list(range(1, 11))), 2, policy).threshold_minor == 5  # 1.2 a day: 6 of 10


def test_an_office_plans_its_day_from_the_seven_before(frozen: None) -> None:
    capacity(10, "0.5")
    for days in (8, 7, 1):
        with clock.frozen(NOW - timedelta(days=days)):
            for _ in range(7):
                assess(snapshot(), on=NOW.date() - timedelta(days=days))
    assess(snapshot())
    plan = InspectionDay.objects.get(day=NOW.date())
    assert plan.seen == 2
    assert plan.room["random"] == "1.00000000"


@pytest.mark.django_db(transaction=True)
def test_decisions_at_once_never_exceed_the_capacity() -> None:
    with clock.frozen(NOW):
        capacity(5)
        assess(snapshot())  # the day is planned

    def decide(_: int) -> Pick:
        try:
            with clock.frozen(NOW):
                return assess().pick
        finally:
            close_old_connections()

    with ThreadPoolExecutor(8) as pool:
        picks = list(pool.map(decide, range(24)))
    assert picks.count(Pick.LOSS) == 5
    assert InspectionDay.objects.get().loss == 5
