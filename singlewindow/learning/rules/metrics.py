"""Figures of a model on rows that it did not learn from, with bootstrap intervals.

The figures themselves are scikit-learn's where it has them. An interval needs a thousand of each, so there the rows are
sorted once and a resample is a number of copies of each row; a test holds the two against each other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from singlewindow.learning.types import CONFIDENCE, RESAMPLES, Floats, Ints

SHARES = (1, 2, 5, 10, 20)
"""Shares of the rows, in per cent, that could be inspected."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its interval (percentiles of the bootstrap); NaN where it is not defined."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows with their outcome and what a model said of them."""

    outcome: Ints
    score: Floats
    money: Floats
    """What a row is worth when it is fraud: its revenue, or price times rate where that is not known."""
    threshold: float


def best_threshold(outcome: Ints, score: Floats) -> float:
    """The score from which calling rows positive gives the best F1; above every score where no row is positive."""
    from sklearn.metrics import precision_recall_curve

    if not outcome.any():
        return 1.0
    precision, recall, thresholds = precision_recall_curve(outcome, score)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return float(thresholds[min(int(f1[:-1].argmax()), len(thresholds) - 1)])


def figures(judged: Judged, seed: int, resamples: int = RESAMPLES) -> dict[str, Figure]:
    """Every figure with its interval.

    Ties are broken by the order of the rows; a share is rounded to whole rows, and at least one.
    """
    points = _points(judged)
    drawn = _bootstrap(judged, np.random.default_rng(seed), resamples)
    edges = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    made = {}
    for name, value in points.items():
        known = drawn[name][~np.isnan(drawn[name])]
        low, high = np.quantile(known, edges) if len(known) else (np.nan, np.nan)
        made[name] = Figure(value, float(low), float(high))
    return made


def _points(judged: Judged) -> dict[str, float]:
    from sklearn.metrics import (
        average_precision_score,
        brier_score_loss,
        precision_recall_fscore_support,
        roc_auc_score,
    )

    outcome, score = judged.outcome, judged.score
    both = 0 < outcome.sum() < len(outcome)
    precision, recall, f1, _ = precision_recall_fscore_support(
        outcome, score >= judged.threshold, average="binary", zero_division=0.0
    )
    return {
        **_at_shares(_Sorted(judged, score), np.ones(len(outcome))),
        **_money_at_shares(_Sorted(judged, score * judged.money), np.ones(len(outcome))),
        "auc": float(roc_auc_score(outcome, score)) if both else float("nan"),
        "average_precision": float(average_precision_score(outcome, score)) if outcome.any() else float("nan"),
        "f1": float(f1),
        "precision": float(precision),
        "recall": float(recall),
        "brier": float(brier_score_loss(outcome, score)),
    }


class _Sorted:
    """Rows from the highest to the lowest of some ranking, once for all resamples."""

    def __init__(self, judged: Judged, ranking: Floats) -> None:
        self.order = np.argsort(-ranking, kind="stable")
        self.outcome = judged.outcome[self.order].astype(np.float64)
        self.money = (judged.money * judged.outcome)[self.order]
        ranked, score = ranking[self.order], judged.score[self.order]
        ends = np.ones(len(ranked), dtype=bool)
        ends[:-1] = ranked[1:] != ranked[:-1]
        self.ends = np.flatnonzero(ends)
        """The last row of each run of equal rank: only there a threshold can stand."""
        self.called = score >= judged.threshold
        self.errors = (score - self.outcome) ** 2


def _bootstrap(judged: Judged, draw: np.random.Generator, resamples: int) -> Mapping[str, Floats]:
    by_score, by_money = _Sorted(judged, judged.score), _Sorted(judged, judged.score * judged.money)
    rows = len(judged.outcome)
    collected: dict[str, list[float]] = {}
    for _ in range(resamples):
        copies = np.bincount(draw.integers(0, rows, rows), minlength=rows).astype(np.float64)
        one = {
            **_at_shares(by_score, copies[by_score.order]),
            **_money_at_shares(by_money, copies[by_money.order]),
            **_over_thresholds(by_score, copies[by_score.order]),
        }
        for name, value in one.items():
            collected.setdefault(name, []).append(value)
    return {name: np.array(values) for name, values in collected.items()}


def _first(copies: Floats, values: Floats) -> Callable[[float], float]:
    """How much of some values the first so many copies hold."""
    reached, held = np.cumsum(copies), np.cumsum(copies * values)

    def of(count: float) -> float:
        place = int(np.searchsorted(reached, count))
        over = reached[place] - count
        return float(held[place] - over * values[place])

    return of


def _counts(copies: Floats) -> list[tuple[int, float]]:
    rows = copies.sum()
    return [(share, max(1.0, float(round(rows * share / 100)))) for share in SHARES]


def _at_shares(rows: _Sorted, copies: Floats) -> dict[str, float]:
    found, all_found = _first(copies, rows.outcome), float((copies * rows.outcome).sum())
    made = {}
    for share, count in _counts(copies):
        hit = found(count)
        made[f"precision_at_{share}"] = hit / count
        made[f"recall_at_{share}"] = hit / all_found if all_found else float("nan")
    return made


def _money_at_shares(rows: _Sorted, copies: Floats) -> dict[str, float]:
    found, whole = _first(copies, rows.money), float((copies * rows.money).sum())
    return {f"revenue_at_{share}": found(n) / whole if whole else float("nan") for share, n in _counts(copies)}


def _over_thresholds(rows: _Sorted, copies: Floats) -> dict[str, float]:
    """The figures of scikit-learn, of weighted rows that are sorted already."""
    true = np.cumsum(copies * rows.outcome)[rows.ends]
    both = np.cumsum(copies)[rows.ends]
    positives, negatives = true[-1], both[-1] - true[-1]
    defined = positives > 0 and negatives > 0
    steps = np.diff(true, prepend=0.0)
    precision = np.divide(true, both, out=np.zeros_like(true), where=both > 0)
    false = both - true
    area = float(np.sum(np.diff(false, prepend=0.0) * (true - steps / 2)))
    called = float((copies * rows.called).sum())
    hit = float((copies * rows.called * rows.outcome).sum())
    return {
        "auc": area / (positives * negatives) if defined else float("nan"),
        "average_precision": float(np.sum(steps * precision)) / positives if positives > 0 else float("nan"),
        "f1": 2 * hit / (called + positives) if called + positives else 0.0,
        "precision": hit / called if called else 0.0,
        "recall": hit / positives if positives else 0.0,
        "brier": float((copies * rows.errors).sum() / copies.sum()),
    }
