"""The published estimate: of the control sample alone, with an interval that covers, and nothing of anybody in it."""

from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.test import Client

from risk.models import InspectionOutcome
from risk.rules.estimate import estimate_of, interval
from risk.selectors.compliance import compliance_months, compliance_quarters, quarter_of
from risk.services import risk_assess
from risk.types import Stage
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.identifiers import uuid7
from tests.factories.risk import facts, snapshot

ACTOR = system_actor("tests")


@pytest.mark.parametrize(
    ("found", "checked", "low", "high"),
    [(0, 0, 0, 1), (0, 10, 0, 0.3085), (10, 10, 0.6915, 1), (1, 10, 0.0025, 0.4450), (50, 100, 0.3983, 0.6017)],
)
def test_N05_the_interval_is_that_of_clopper_and_pearson(found: int, checked: int, low: float, high: float) -> None:
    assert interval(found, checked) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("truth", [0.02, 0.08, 0.3])
def test_N05_the_interval_covers_the_truth_in_at_least_95_of_100(truth: float) -> None:
    chance, covered = Random(5), 0
    for _ in range(400):
        low, high = interval(sum(chance.random() < truth for _ in range(250)), 250)
        covered += low <= truth <= high
    assert covered >= 380


def test_counts_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="rise"):
        estimate_of("2026-11", drawn=1, checked=2, found=0)


def sampled(
    day: datetime, outcome: str | None, *, rate: int = 1, stages: tuple[Stage, ...] = (Stage.ACCEPTANCE,)
) -> None:
    of = snapshot(lodged_at=day)
    with clock.frozen(day):
        for stage in stages:
            with unit_of_work() as work:
                known = facts(sample_rate=Decimal(rate), seed=None)
                risk_assess(work, of, actor=ACTOR, facts=known, stage=stage)
        if outcome:
            checked: dict[str, Any] = {"kind": "examination", "outcome": outcome, "at": day, "propensity": 1}
            InspectionOutcome.objects.create(id=uuid7(), declaration_id=of.id, **checked)


@pytest.fixture
def _year(db: None) -> None:
    july, october = datetime(2026, 7, 10, tzinfo=UTC), datetime(2026, 10, 10, tzinfo=UTC)
    both = (Stage.ARRIVAL, Stage.ACCEPTANCE)
    for outcome in ("conform", "value", "clerical", None):
        sampled(july, outcome, stages=both)
    sampled(july, "security", rate=0)  # not drawn: it was suspected, and says nothing of all trade
    sampled(july, None, stages=(Stage.ARRIVAL,))  # never presented
    sampled(october, "origin")
    sampled(datetime(2026, 11, 3, tzinfo=UTC), "value")  # the month runs


@pytest.mark.usefixtures("_year")
def test_N05_months_and_quarters_count_the_drawn_and_name_the_unchecked() -> None:
    with clock.frozen(datetime(2026, 11, 5, tzinfo=UTC)):
        months = compliance_months()
        assert [(e.period, e.drawn, e.checked, e.found, e.unchecked) for e in months] == [
            ("2026-10", 1, 1, 1, 0),
            ("2026-07", 4, 3, 1, 1),
        ]
        assert months[1].share == pytest.approx(1 / 3)
        assert [(e.period, e.drawn) for e in compliance_quarters()] == [("2026-Q3", 4)]
    assert [quarter_of(month) for month in ("2026-03", "2026-04", "2026-12")] == ["2026-Q1", "2026-Q2", "2026-Q4"]


@pytest.mark.usefixtures("_year")
def test_N05_the_figures_are_public_kept_by_caches_and_name_nobody(client: Client) -> None:
    with clock.frozen(datetime(2026, 11, 5, tzinfo=UTC)):
        answer = client.get("/api/v1/statistics/compliance")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    body = answer.json()
    assert body["months"][1] == {
        "period": "2026-07",
        "drawn": 4,
        "checked": 3,
        "not_checked": 1,
        "non_compliant": 1,
        "share": "0.3333",
        "low": "0.0084",
        "high": "0.9057",
    }
    assert set(body) == {"confidence", "method", "months", "quarters"}
    assert client.get("/api/v1/statistics/compliance?office=ZZ000101").status_code == 400
