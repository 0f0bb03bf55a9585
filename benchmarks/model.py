"""Scoring items by a trained model, encoding included, against LightGBM's own predict call on the ready matrix."""

import gc
import time
from collections.abc import Callable

import numpy as np
from django.conf import settings

from benchmarks.figures import Spread, line, ratios
from singlewindow.learning.rules.labelled import labelled_read
from singlewindow.learning.rules.model import Model
from singlewindow.learning.rules.specs import RISK_DATA
from singlewindow.learning.services import Trained, model_train
from singlewindow.learning.types import Frame, Label
from tests.factories.learning import made_frame

SIZES = (1, 10, 1_000)
ROUNDS = 25
REPEATED = {1: 200, 10: 100, 1_000: 4}
DECLARATION_MS = 1.0
EXPLANATION_MS = 50.0
BATCH_GAIN = 5.0


def measure() -> None:
    """Print a line for each size of batch, one for explanations, and one for what a batch saves."""
    model, items, source = _trained()
    each = {}
    for size in SIZES:
        some = items.take(np.arange(size))
        each[size] = _size(model, some, size, source) / size
    line(
        name="model_batch",
        rows=SIZES[-1],
        cheaper_each=round(each[1] / each[SIZES[-1]], 1),
        goal=f">= {BATCH_GAIN:g}",
        met=each[1] / each[SIZES[-1]] >= BATCH_GAIN,
    )
    _explanation(model, items.take(np.arange(1)))


def _trained() -> tuple[Model, Frame, str]:
    folder = settings.CSW_SHARED / "risk-data"
    if folder.is_dir():
        early, late = (labelled_read(folder / f"df_syn_{part}_eng.csv").frame for part in ("train", "valid"))
        trained: Trained = model_train(early, valid=late, spec=RISK_DATA, refit=False, resamples=1)
        return trained.model, late.rows, "labelled declarations"
    return (
        model_train(made_frame(20_000), spec=RISK_DATA, resamples=1).model,
        made_frame(2_000, seed=9).rows,
        "made rows",
    )


def _size(model: Model, items: Frame, size: int, source: str) -> float:
    matrix = model.matrix(items)
    booster = model.labels[Label.FRAUD].booster
    assert booster is not None
    trees, ready = booster.trees, np.ascontiguousarray(matrix)
    acts: dict[str, Callable[[], object]] = {
        "limit": lambda: trees.predict(ready, num_threads=1),
        "ours": lambda: model.score(items),
        "both": lambda: _both(model, items),
    }
    found: dict[str, list[float]] = {name: [] for name in acts}
    gc.collect()
    gc.freeze()
    for _ in range(ROUNDS):
        for name, act in acts.items():
            found[name].append(_cpu(act, REPEATED[size]))
    gc.unfreeze()
    ours = Spread.of([one * 1000 for one in found["ours"]])
    line(
        name="model_scoring",
        rows=size,
        data=source,
        trees=model.labels[Label.FRAUD].rounds,
        features=matrix.shape[1],
        rounds=ROUNDS,
        lightgbm_ms=Spread.of([one * 1000 for one in found["limit"]]).output(),
        ours_ms=ours.output(),
        both_labels_ms=Spread.of([one * 1000 for one in found["both"]]).output(),
        ratio=ratios(found["ours"], found["limit"]).output(),
        **({"goal": f"<= {DECLARATION_MS:g} ms", "met": ours.median <= DECLARATION_MS} if size == SIZES[1] else {}),
    )
    return ours.median


def _both(model: Model, items: Frame) -> None:
    matrix = model.matrix(items)
    for label in Label:
        model.score(matrix, label)


def _explanation(model: Model, item: Frame) -> None:
    spent = Spread.of([_cpu(lambda: model.contributions(item), 5) * 1000 for _ in range(ROUNDS)])
    line(
        name="model_explanation",
        rows=1,
        ours_ms=spent.output(),
        goal=f"<= {EXPLANATION_MS:g} ms",
        met=spent.median <= EXPLANATION_MS,
    )


def _cpu(act: Callable[[], object], repeated: int) -> float:
    begin = time.process_time()
    for _ in range(repeated):
        act()
    return (time.process_time() - begin) / repeated
