"""The watch on drift: what is planted is seen, what is chance is not, and a day costs a bounded sample."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from risk.models import DriftReading, RiskAssessment, RuleSet
from risk.rules.drift import ALARM_PSI, ENOUGH, chance, drift_codes, drift_numbers
from risk.selectors.drift import drift_alerts, drift_latest, drift_of
from risk.selectors.drift_samples import sample_of
from risk.services.drift import drift_watch
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import Event
from singlewindow.audit.verbs import Verb
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotPermitted
from singlewindow.kernel.identifiers import uuid7
from tests.factories import accounts
from tests.factories.risk import NOW, TODAY

YESTERDAY = TODAY - timedelta(days=1)


def psi_by_hand(before: list[float], now: list[float]) -> float:
    return sum((b - a) * np.log(b / a) for a, b in zip(before, now, strict=True))


def test_RM_LRN_04_the_index_is_that_of_the_shares_of_each_code() -> None:
    reading = drift_codes("mode", ["1"] * 60 + ["4"] * 40, ["1"] * 30 + ["4"] * 70)
    assert reading is not None
    assert reading.psi == pytest.approx(psi_by_hand([0.6, 0.4], [0.3, 0.7]))
    assert (reading.reference_n, reading.current_n, reading.ks) == (100, 100, None)


def test_RM_LRN_04_the_index_of_a_number_is_over_tenths_of_what_it_was() -> None:
    before, now = list(map(float, range(1000))), list(map(float, range(500, 1000)))
    reading = drift_numbers("net_mass", before, now)
    assert reading is not None
    floor = 0.5 / 502.5
    assert reading.psi == pytest.approx(psi_by_hand([0.1] * 10, [floor] * 5 + [100 / 502.5] * 5), rel=0.02)
    assert reading.ks == pytest.approx(0.5, abs=0.01)
    assert reading.ks_p is not None
    assert reading.ks_p < 1e-6
    assert reading.alarm


@pytest.mark.parametrize(("count", "told"), [(ENOUGH - 1, False), (ENOUGH, True)])
def test_RM_LRN_04_few_values_give_no_reading(count: int, told: bool) -> None:
    many = [1.0, 2.0] * 100
    assert (drift_numbers("x", many, [1.0] * count) is not None) is told
    assert (drift_numbers("x", [1.0] * count, many) is not None) is told
    assert (drift_codes("x", ["a"] * 200, ["a"] * count) is not None) is told
    assert drift_numbers("x", many, [float("nan")] * 500) is None


@pytest.mark.parametrize(("psi", "n", "alarm"), [(0.24, 10_000, False), (0.26, 10_000, True), (0.6, 50, False)])
def test_RM_LRN_04_an_alarm_is_over_a_quarter_and_over_chance(psi: float, n: int, alarm: bool) -> None:
    from risk.rules.drift import Reading

    assert ALARM_PSI == 0.25
    assert Reading("x", psi, None, None, n, n, chance(10, n, n)).alarm is alarm


def test_a_constant_and_a_new_code_are_told_apart() -> None:
    same = drift_numbers("x", [5.0] * 500, [5.0] * 500)
    assert same is not None
    assert same.psi == 0
    new = drift_codes("x", ["a"] * 500, ["b"] * 500)
    assert new is not None
    assert new.alarm


def test_RM_LRN_04_without_a_shift_the_rate_of_false_alarms_is_under_one_in_a_hundred() -> None:
    """2,000 pairs of samples of one population, of the sizes of small and of large offices."""
    alarms = 0
    for seed in range(500):
        drawn = np.random.default_rng(seed)
        for size in (60, 300):
            reading = drift_numbers("x", list(drawn.lognormal(size=3000)), list(drawn.lognormal(size=size)))
            codes = drawn.geometric(0.2, size=3000 + size).astype(str).tolist()
            coded = drift_codes("x", codes[:3000], codes[3000:])
            assert reading is not None
            assert coded is not None
            alarms += reading.alarm + coded.alarm
    assert alarms <= 20


def test_RM_LRN_04_a_planted_shift_is_seen_in_99_of_100_samples() -> None:
    seen = 0
    for seed in range(100):
        drawn = np.random.default_rng(seed)
        reading = drift_numbers("x", list(drawn.lognormal(size=3000)), list(drawn.lognormal(mean=0.8, size=300)))
        assert reading is not None
        seen += reading.alarm
    assert seen >= 99


def scored(day: date, count: int, *, shifted: bool = False, seed: int = 0, stage: str = "acceptance") -> None:
    """Results of a day, at even distances, with records of a few fields."""
    RuleSet.objects.get_or_create(
        hash="0" * 64, defaults={"version": "1", "document": {}, "committed_at": NOW - timedelta(days=99)}
    )
    drawn = np.random.default_rng([seed, day.toordinal()])
    start = datetime.combine(day, datetime.min.time(), tzinfo=NOW.tzinfo)
    rows = []
    for number in range(count):
        dispatch = "VN" if shifted else str(drawn.choice(["CN", "DE", "KE"]))
        record = {
            "h": {
                "dispatch": dispatch,
                "total_value": float(drawn.lognormal(7)),
                "trusted": bool(drawn.random() < 0.1),
            },
            "i": [{"hs6": str(drawn.choice(["847130", "090111"])), "unit_value": float(drawn.lognormal(2))}],
        }
        rows.append(
            RiskAssessment(
                id=uuid7(), declaration_id=UUID(int=number), declaration_version=1,
                assessed_at=start + timedelta(seconds=80_000 * number / count), lane="GREEN", band_lane="GREEN",
                score=round(float(drawn.uniform(0, 30)) + (40 if shifted else 0), 2), reasons=[], hard=False,
                random_selected=False, sample_period="2026-11", propensity=0, rule_set_version="1",
                rule_set_hash="0" * 64, fact_set_version="", stage=stage, record=orjson.dumps(record),
                probability=float(drawn.beta(1, 20)),
            )
        )  # fmt: skip
    RiskAssessment.objects.bulk_create(rows)


@pytest.fixture
def sixty_days(db: None) -> Iterator[None]:
    for back in range(2, 62):
        scored(TODAY - timedelta(days=back), 20)
    with clock.frozen(NOW):
        yield


def test_RM_LRN_05_a_quiet_day_is_read_without_an_alarm(sixty_days: None) -> None:
    scored(YESTERDAY, 250)
    assert drift_watch() == []
    readings = drift_latest(accounts.actor(Role.RISK_ANALYST))
    assert {r.subject for r in readings} >= {"score", "probability", "dispatch", "total_value", "unit_value", "trusted"}
    assert {(r.day, r.alarm) for r in readings} == {(YESTERDAY, False)}
    assert {r.reference_n for r in readings if r.subject == "score"} == {1200}
    assert not Event.objects.filter(verb=Verb.DRIFT_FOUND.value).exists()


def test_RM_LRN_05_a_planted_shift_raises_one_alarm_of_what_shifted_and_no_more(sixty_days: None) -> None:
    scored(YESTERDAY, 250, shifted=True)
    assert {reading.subject for reading in drift_watch()} == {"dispatch", "score"}
    assert drift_watch() == []
    analyst = accounts.actor(Role.RISK_ANALYST)
    assert Event.objects.filter(verb=Verb.DRIFT_FOUND.value).count() == 1
    alerts = drift_alerts(analyst)
    assert {alert.subject for alert in alerts} == {"dispatch", "score"}
    assert {alert.label for alert in alerts} == {"Country of dispatch", "Score"}
    with CaptureQueriesContext(connection) as queries:
        drift_latest(analyst)
    assert len(queries) == 1
    assert [r.day for r in drift_of(analyst, "dispatch")] == [YESTERDAY]
    with clock.frozen(NOW + timedelta(days=8)):
        assert drift_alerts(analyst) == ()


def test_RM_LRN_05_a_day_of_few_is_read_with_the_week_that_it_ends(sixty_days: None) -> None:
    scored(YESTERDAY, 10)
    drift_watch()
    reading = DriftReading.objects.get(subject="score")
    assert (reading.day, reading.current_n, reading.reference_n) == (YESTERDAY, 130, 1080)


def test_RM_LRN_05_before_there_is_enough_nothing_is_read(db: None) -> None:
    scored(YESTERDAY, 30)
    with clock.frozen(NOW):
        assert drift_watch() == []
    assert not DriftReading.objects.exists()


def test_RM_LRN_05_the_sample_is_bounded_even_and_the_same_for_a_seed(sixty_days: None) -> None:
    scored(YESTERDAY, 900)
    scored(YESTERDAY, 50, stage="arrival")
    start = NOW - timedelta(days=62)

    def sample(by_pages: bool, seed: int = 1) -> Any:
        return sample_of(start, NOW, seed=seed, most=100, by_pages=by_pages)

    for by_pages in (False, True):
        taken = sample(by_pages)
        assert taken.n == 2100
        assert 40 <= len(taken.numbers["score"]) <= 250
        assert sample(by_pages).numbers == taken.numbers


@pytest.mark.parametrize("read", [drift_latest, drift_alerts, lambda actor: drift_of(actor, "score")])
def test_nobody_else_reads_of_drift(read: Any, db: None) -> None:
    with pytest.raises(NotPermitted):
        read(accounts.actor(Role.TRADER))
