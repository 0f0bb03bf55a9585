"""LightGBM, and nothing else of it than is needed: grow trees, read trees, predict with one thread.

The library is imported when it is first needed: it costs most of a second and a hundred megabytes, which a process that
never scores need not pay.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from singlewindow.learning.rules.trees import trees_kept
from singlewindow.learning.types import Floats, Ints, LibraryMissing

THREADS = 1
"""More threads would make the sums, and so the bytes of a model, depend on the machine."""


def library() -> Any:
    """LightGBM.

    Raises:
        LibraryMissing: the machine lacks a library that it needs.
    """
    try:
        import lightgbm
    except OSError as error:
        raise LibraryMissing(
            f"LightGBM cannot be loaded ({error}). It needs the OpenMP library of GCC: apt-get install libgomp1 "
            "(Debian, Ubuntu), dnf install libgomp (Fedora, Red Hat), apk add libgomp (Alpine)."
        ) from error
    return lightgbm


class Booster:
    """Trees that predict, of a text that `trees_check` has let through."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.trees = library().Booster(model_str=text)

    def raw(self, matrix: Floats) -> Floats:
        """The log-odds of each row."""
        made: Floats = self.trees.predict(matrix, raw_score=True, num_threads=THREADS)
        return made

    def contributions(self, matrix: Floats) -> Floats:
        """What each feature (across) adds to the log-odds of each row (down); the last column is the base."""
        made: Floats = self.trees.predict(matrix, pred_contrib=True, num_threads=THREADS)
        return made


@dataclass(frozen=True, slots=True)
class Recipe:
    """How trees of one label are grown."""

    leaves: int = 15
    learning_rate: float = 0.05
    rows_in_leaf: int = 20
    features_share: float = 0.5
    rows_share: float = 0.8
    shrinkage: float = 5.0
    most_rounds: int = 600
    patience: int = 80
    """Rounds without a better average precision on the rows held apart after which no more are grown."""


@dataclass(frozen=True, slots=True)
class Grown:
    """Trees as text, and how many."""

    text: str
    rounds: int


def trees_grow(
    matrix: Floats, label: Ints, weight: Floats | None, recipe: Recipe, seed: int,
    *, held_apart: tuple[Floats, Ints] | None = None, rounds: int | None = None,
) -> Grown:  # fmt: skip
    """Grow trees: `rounds` of them, or until the rows held apart gain no more.

    The same arguments give the same text.
    """
    lightgbm = library()
    parameters = _parameters(recipe, seed)
    data = lightgbm.Dataset(matrix, label.astype(np.float64), weight=weight, params=parameters)
    if held_apart is None:
        grown = lightgbm.train(parameters, data, rounds or recipe.most_rounds)
    else:
        judge = lightgbm.Dataset(held_apart[0], held_apart[1].astype(np.float64), reference=data, params=parameters)
        stop = lightgbm.early_stopping(recipe.patience, verbose=False)
        grown = lightgbm.train(parameters, data, recipe.most_rounds, valid_sets=[judge], callbacks=[stop])
    kept = grown.best_iteration if grown.best_iteration > 0 else grown.current_iteration()
    return Grown(trees_kept(grown.model_to_string(num_iteration=kept)), kept)


def _parameters(recipe: Recipe, seed: int) -> Mapping[str, Any]:
    return {
        "objective": "binary",
        "metric": "average_precision",
        "num_leaves": recipe.leaves,
        "learning_rate": recipe.learning_rate,
        "min_data_in_leaf": recipe.rows_in_leaf,
        "feature_fraction": recipe.features_share,
        "bagging_fraction": recipe.rows_share,
        "bagging_freq": 1,
        "lambda_l2": recipe.shrinkage,
        "seed": seed,
        "deterministic": True,
        "force_col_wise": True,
        "num_threads": THREADS,
        "verbosity": -1,
    }
