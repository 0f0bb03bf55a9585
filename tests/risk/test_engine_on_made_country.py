"""The whole engine on one small made country: what it inspects finds far more than chance does.

The run over five seeds, with its figures, is `python -m benchmarks.country` (docs/risk.md).
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from risk.models import InspectionOutcome, RiskAssessment
from singlewindow.accounts.types import system_actor
from singlewindow.demo.country.judging import Judged, by_chance, curve, point_of
from singlewindow.demo.country.parameters import Parameters
from singlewindow.demo.country.truth import FraudKind
from singlewindow.demo.engine import EngineRun, Trial, learner_of
from singlewindow.reference.selectors import reference_refresh
from singlewindow.reference.services import reference_load

BEGIN = 14
TRIAL = Trial(
    Parameters(seed=2, start=date(2026, 8, 3), per_day=70, traders=90),
    days=32,
    begin_days=BEGIN,
    begin_inspected=0.4,
    explore=0.2,
)


@pytest.fixture
def reference_tables(db: None) -> Iterator[None]:
    """The country's profile stands in the tables, where a run can change its control sample."""
    reference_load(actor=system_actor("test"))
    yield
    reference_refresh()


@pytest.mark.django_db
def test_at_a_tenth_inspected_the_engine_finds_three_times_what_chance_finds() -> None:
    run = EngineRun(TRIAL, learner=learner_of(2), say=lambda line: None)
    judged = run.run()
    settled = [one for one in judged if one.day >= BEGIN]
    (tenth,) = curve(settled, (0.1,))
    assert tenth.lift >= 3, tenth
    assert tenth.lift >= 2 * by_chance(settled, 0.1).lift
    decided = point_of(settled)
    assert decided.released >= 0.88, decided
    assert decided.lift >= 3, decided
    _outcomes_are_what_checks_show(judged)


def _outcomes_are_what_checks_show(judged: list[Judged]) -> None:
    assert RiskAssessment.objects.count() == len(judged)
    inspected = [one for one in judged if one.inspected]
    assert InspectionOutcome.objects.count() == len(inspected)
    findings = InspectionOutcome.objects.exclude(outcome__in=["conform", "clerical"]).count()
    assert findings == sum(one.found for one in inspected)


NEW = Trial(
    Parameters(seed=3, start=date(2026, 8, 3), per_day=60, traders=70, new_kind_from=7, new_kind_share=0.15),
    days=22,
    begin_days=7,
    begin_inspected=0.4,
    explore=0.5,
    learn_every=0,
)


def _of_the_new_kind(trial: Trial) -> list[Judged]:
    judged = EngineRun(trial, learner=None, say=lambda line: None).run()
    reference_refresh()
    return [one for one in judged if one.kind is FraudKind.SUBSTITUTION]


@pytest.mark.django_db
def test_what_nobody_suspects_is_met_by_exploration_and_the_control_sample(reference_tables: None) -> None:
    picks = Counter(one.pick for one in _of_the_new_kind(NEW) if one.found)
    assert picks["random"] + picks["control"] + picks["uncertain"] >= 2, picks


@pytest.mark.django_db
def test_without_them_nothing_of_it_is_met_but_by_what_the_engine_suspects_already(reference_tables: None) -> None:
    of_kind = _of_the_new_kind(replace(NEW, explore=0.0, control=False))
    assert len(of_kind) > 50
    assert {one.pick for one in of_kind} <= {"none", "loss", "hard"}
    assert sum(one.inspected for one in of_kind) < 0.06 * len(of_kind)
