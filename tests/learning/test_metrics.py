"""LM-FIG: figures are scikit-learn's, the bootstrap computes the same, and a seed gives the same intervals again."""

import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from singlewindow.learning.rules.metrics import Judged, _over_thresholds, _Sorted, best_threshold, figures


def judged(rows: int = 400, *, ties: bool = False, seed: int = 2) -> Judged:
    draw = np.random.default_rng(seed)
    score = draw.random(rows)
    outcome = (draw.random(rows) < score).astype(np.int64)
    return Judged(outcome, np.round(score, 1) if ties else score, draw.random(rows) * 100, 0.5)


@pytest.mark.parametrize("ties", [False, True], ids=["no ties", "ties"])
def test_LM_FIG_a_resample_has_the_figures_that_scikit_learn_gives_it(ties: bool) -> None:
    rows = judged(ties=ties)
    draw = np.random.default_rng(7)
    for _ in range(20):
        drawn = draw.integers(0, 400, 400)
        by_score = _Sorted(rows, rows.score)
        made = _over_thresholds(by_score, np.bincount(drawn, minlength=400).astype(float)[by_score.order])
        outcome, score = rows.outcome[drawn], rows.score[drawn]
        assert made["auc"] == pytest.approx(roc_auc_score(outcome, score))
        assert made["average_precision"] == pytest.approx(average_precision_score(outcome, score))
        assert made["f1"] == pytest.approx(f1_score(outcome, score >= 0.5))


def test_LM_FIG_precision_and_recall_at_a_share_are_of_the_first_rows() -> None:
    rows = judged()
    made = figures(rows, 1, 5)
    first = rows.outcome[np.argsort(-rows.score)[:40]]
    assert made["precision_at_10"].value == pytest.approx(first.mean())
    assert made["recall_at_10"].value == pytest.approx(first.sum() / rows.outcome.sum())


def test_LM_FIG_revenue_is_ranked_by_what_is_expected_of_it() -> None:
    rows = Judged(np.array([1, 1, 0, 0]), np.array([0.9, 0.5, 0.4, 0.1]), np.array([1.0, 99.0, 50.0, 10.0]), 0.5)
    assert figures(rows, 1, 5)["revenue_at_20"].value == pytest.approx(0.99)


def test_LM_FIG_an_interval_holds_its_figure_and_comes_again_with_its_seed() -> None:
    rows = judged()
    first, again, other = figures(rows, 1, 200), figures(rows, 1, 200), figures(rows, 2, 200)
    assert all(one.low <= one.value <= one.high for one in first.values())
    assert first == again
    assert first != other


def test_LM_FIG_the_threshold_has_the_best_f1() -> None:
    rows = judged()
    best = f1_score(rows.outcome, rows.score >= best_threshold(rows.outcome, rows.score))
    assert best == max(f1_score(rows.outcome, rows.score >= one) for one in rows.score)


@pytest.mark.parametrize("outcome", [0, 1])
def test_LM_FIG_what_is_not_defined_is_no_number(outcome: int) -> None:
    made = figures(Judged(np.full(9, outcome), np.linspace(0, 1, 9), np.ones(9), 0.5), 1, 5)
    assert math.isnan(made["auc"].value)
    assert math.isnan(made["auc"].low)


def test_LM_FIG_without_any_positive_row_nothing_is_called_positive() -> None:
    assert best_threshold(np.zeros(5, dtype=np.int64), np.linspace(0, 0.9, 5)) == 1.0
