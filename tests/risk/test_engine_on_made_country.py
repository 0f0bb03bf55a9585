"""The whole engine on one small made country: what it inspects finds far more than chance does.

The run over five seeds, with its figures, is `python -m benchmarks.country` (docs/risk.md).
"""

from datetime import date

import pytest

from risk.models import InspectionOutcome, RiskAssessment
from singlewindow.demo.country.judging import Judged, by_chance, curve, point_of
from singlewindow.demo.country.parameters import Parameters
from singlewindow.demo.engine import EngineRun, Trial, learner_of

BEGIN = 14
TRIAL = Trial(
    Parameters(seed=2, start=date(2026, 8, 3), per_day=70, traders=90),
    days=32,
    begin_days=BEGIN,
    begin_inspected=0.4,
    explore=0.2,
)


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
