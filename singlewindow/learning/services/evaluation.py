"""Judge a model on labelled rows that it did not learn from."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from singlewindow.learning.rules.frames import frame_period
from singlewindow.learning.rules.metrics import SHARES, Figure, Judged, figures
from singlewindow.learning.rules.model import Model
from singlewindow.learning.types import CONFIDENCE, RESAMPLES, Floats, FrameRefused, Label, LabelledFrame

PROXY = (
    "price x rate of the fraudulent rows: a proxy, since the rows do not tell what a check brought; a few dear rows "
    "decide it"
)
KNOWN = "what the checks brought"


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """The figures of one label, over all rows and over goods that the model had not seen before."""

    rows: int
    positives: int
    threshold: float
    whole: Mapping[str, Figure]
    new_rows: int
    new_positives: int
    new: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a model is worth on some rows."""

    model: str
    rows: int
    period: tuple[date, date]
    overlaps_training: bool
    """Whether some rows are of the time that the model learned from: then the figures flatter it."""
    seed: int
    resamples: int
    revenue: str
    """What the shares of revenue are shares of."""
    labels: Mapping[Label, LabelFigures]


def model_evaluate(model: Model, frame: LabelledFrame, *, seed: int = 1, resamples: int = RESAMPLES) -> Evaluation:
    """Judge a model; the same seed gives the same intervals.

    Raises:
        FrameRefused: there are no rows.
    """
    if not len(frame):
        raise FrameRefused("There are no rows to judge by.")
    matrix = model.matrix(frame.rows)
    seen, money = model.encoder.seen_before(matrix), _money(frame)
    labels = {}
    for label in Label:
        threshold = model.labels[label].threshold
        judged = Judged(frame.label(label), model.score(matrix, label), money, threshold)
        new = Judged(judged.outcome[~seen], judged.score[~seen], money[~seen], threshold)
        labels[label] = LabelFigures(
            rows=len(frame),
            positives=int(judged.outcome.sum()),
            threshold=threshold,
            whole=figures(judged, seed, resamples),
            new_rows=len(new.outcome),
            new_positives=int(new.outcome.sum()),
            new=figures(new, seed, resamples) if len(new.outcome) else {},
        )
    period = frame_period(frame)
    return Evaluation(
        model=model.hash,
        rows=len(frame),
        period=period,
        overlaps_training=model.period is not None and period[0] <= model.period[1],
        seed=seed,
        resamples=resamples,
        revenue=PROXY if frame.revenue is None else KNOWN,
        labels=labels,
    )


def _money(frame: LabelledFrame) -> Floats:
    if frame.revenue is not None:
        return np.nan_to_num(frame.revenue, nan=0.0)
    price, rate = (frame.rows.numbers.get(name) for name in ("price", "tax_rate"))
    if price is None or rate is None:
        return np.zeros(len(frame))
    return np.nan_to_num(price * rate / 100, nan=0.0, posinf=0.0, neginf=0.0)


def evaluation_output(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation as JSON; a figure that is not defined is null."""
    return {
        "model": evaluation.model,
        "data": {
            "rows": evaluation.rows,
            "from": evaluation.period[0].isoformat(),
            "to": evaluation.period[1].isoformat(),
            "overlaps_training": evaluation.overlaps_training,
        },
        "bootstrap": {"seed": evaluation.seed, "resamples": evaluation.resamples, "confidence": CONFIDENCE},
        "expected_revenue": evaluation.revenue,
        "labels": {label.value: _label_output(made) for label, made in evaluation.labels.items()},
    }


def _label_output(made: LabelFigures) -> dict[str, Any]:
    return {
        "rows": made.rows,
        "positives": made.positives,
        "base_rate": round(made.positives / made.rows, 6),
        "threshold": round(made.threshold, 6),
        **_figures_output(made.whole),
        "goods_not_seen_before": {
            "rows": made.new_rows,
            "positives": made.new_positives,
            **(_figures_output(made.new) if made.new else {}),
        },
    }


def _figures_output(told: Mapping[str, Figure]) -> dict[str, Any]:
    def one(name: str) -> dict[str, float | None]:
        figure = told[name]
        return {"value": _number(figure.value), "low": _number(figure.low), "high": _number(figure.high)}

    return {
        "precision_at": {str(share): one(f"precision_at_{share}") for share in SHARES},
        "recall_at": {str(share): one(f"recall_at_{share}") for share in SHARES},
        "expected_revenue_found_at": {str(share): one(f"revenue_at_{share}") for share in SHARES},
        **{name: one(name) for name in ("auc", "average_precision", "f1", "precision", "recall", "brier")},
    }


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 6)
