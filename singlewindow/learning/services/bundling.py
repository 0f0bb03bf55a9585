"""The files of a trained model. Nothing in them tells when or where they were made: training again gives the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

import orjson

from singlewindow.kernel.canonical import JsonValue, canonical_bytes
from singlewindow.learning.rules.boosting import Recipe
from singlewindow.learning.rules.bundle import (
    CARD,
    DESCRIPTION,
    FIGURES,
    FORMAT,
    MANIFEST,
    TABLES,
    TREES,
    decimal_text,
    manifest_of,
    tables_write,
)
from singlewindow.learning.rules.frames import frame_period, frame_sha256
from singlewindow.learning.rules.model import KIND, Model
from singlewindow.learning.rules.specs import spec_output
from singlewindow.learning.services.card import Card, card_text
from singlewindow.learning.services.evaluation import Evaluation, evaluation_output
from singlewindow.learning.types import Label, LabelledFrame

LIBRARIES = ("lightgbm", "numpy", "scikit-learn", "scipy")


@dataclass(frozen=True, slots=True)
class Account:
    """What a model tells of its making."""

    name: str
    data: LabelledFrame
    held_apart: LabelledFrame
    evaluation: Evaluation
    recipes: Mapping[Label, Recipe]


def model_files(model: Model, account: Account) -> dict[str, bytes]:
    """The files of a model, manifest included."""
    card = Card(
        name=account.name,
        model=model,
        rows=len(account.data),
        period=frame_period(account.data),
        data_sha256=frame_sha256(account.data),
        held_apart=frame_period(account.held_apart),
        evaluation=account.evaluation,
    )
    files = {
        DESCRIPTION: canonical_bytes(_description(model, account)),
        TABLES: tables_write(model.tables),
        FIGURES: orjson.dumps(evaluation_output(account.evaluation), option=orjson.OPT_SORT_KEYS),
        CARD: card_text(card).encode(),
    }
    for label in Label:
        booster = model.labels[label].booster
        if booster is not None:
            files[TREES[label]] = booster.text.encode("ascii")
    files[MANIFEST] = manifest_of(files)
    return files


def _description(model: Model, account: Account) -> dict[str, JsonValue]:
    first, last = frame_period(account.data)
    held_first, held_last = frame_period(account.held_apart)
    return {
        "format": FORMAT,
        "kind": KIND,
        "name": account.name,
        "spec": spec_output(model.spec),
        "seed": model.seed,
        "labels": {label.value: _label(model, label, account.recipes[label]) for label in Label},
        "data": {
            "rows": len(account.data),
            "from": first.isoformat(),
            "to": last.isoformat(),
            "sha256": frame_sha256(account.data),
            "held_apart": {
                "rows": len(account.held_apart),
                "from": held_first.isoformat(),
                "to": held_last.isoformat(),
                "sha256": frame_sha256(account.held_apart),
            },
        },
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def _label(model: Model, label: Label, recipe: Recipe) -> dict[str, JsonValue]:
    made = model.labels[label]
    return {
        "base": decimal_text(made.base),
        "threshold": decimal_text(made.threshold),
        "rounds": made.rounds,
        "recipe": {
            "leaves": recipe.leaves,
            "learning_rate": decimal_text(recipe.learning_rate),
            "rows_in_leaf": recipe.rows_in_leaf,
            "features_share": decimal_text(recipe.features_share),
            "rows_share": decimal_text(recipe.rows_share),
            "shrinkage": decimal_text(recipe.shrinkage),
        },
    }
