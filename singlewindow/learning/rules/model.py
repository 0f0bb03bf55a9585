"""A model that serves: rows in, probabilities, log-odds and their exact parts out. One thread, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from singlewindow.kernel.canonical import JsonValue
from singlewindow.learning.rules.boosting import Booster
from singlewindow.learning.rules.bundle import (
    DESCRIPTION,
    FORMAT,
    TABLES,
    TREES,
    Files,
    decimal_read,
    files_check,
    model_hash,
    object_read,
    tables_read,
)
from singlewindow.learning.rules.encoding import Encoder, Tables
from singlewindow.learning.rules.rows import frame_from_rows
from singlewindow.learning.rules.specs import spec_read
from singlewindow.learning.rules.trees import trees_check
from singlewindow.learning.types import Contribution, Explanation, Floats, Frame, FrameRefused, FrameSpec, Label

Rows = Frame | Sequence[Mapping[str, Any]]
"""A frame, or item rows as mappings by canonical column names. What a row lacks counts as not declared."""

KIND = "lightgbm"
LARGEST_SEED = 2**31 - 1
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class LabelModel:
    """What foretells one label. Without trees it is a constant: nothing was found that foretells it."""

    booster: Booster | None
    base: float
    """The log-odds of the label where there are no trees."""
    threshold: float
    """The probability from which a row is called positive, chosen for the best F1 on rows that did not train it."""
    rounds: int


class Model:
    """A trained model. Reading it is costly, so keep it; scoring with it is not, and any thread may do it."""

    def __init__(
        self, spec: FrameSpec, seed: int, tables: Tables, labels: Mapping[Label, LabelModel], *,
        name: str = "", hash: str = "", period: tuple[date, date] | None = None,
    ) -> None:  # fmt: skip
        self.spec = spec
        self.seed = seed
        self.tables = tables
        self.labels = labels
        self.name = name
        self.hash = hash
        self.period = period
        """First and last day of the rows that it learned from. It must not be asked about rows of that time."""
        self.encoder = Encoder(spec, seed)

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The names of the features, in the order of the matrix."""
        return self.encoder.names

    def matrix(self, rows: Rows) -> Floats:
        """The features of some rows. What takes rows takes this too, so that two labels share the work."""
        frame = rows if isinstance(rows, Frame) else frame_from_rows(rows, self.spec)
        return self.encoder.served(frame, self.tables)

    def raw(self, rows: Rows | Floats, label: Label = Label.FRAUD) -> Floats:
        """The log-odds of each row."""
        matrix = self._matrix(rows)
        model = self.labels[label]
        if model.booster is None or not len(matrix):
            return np.full(len(matrix), model.base)
        return model.booster.raw(matrix)

    def score(self, rows: Rows | Floats, label: Label = Label.FRAUD) -> Floats:
        """The probability of each row."""
        made: Floats = 1.0 / (1.0 + np.exp(-self.raw(rows, label)))
        return made

    def contributions(self, rows: Rows | Floats, label: Label = Label.FRAUD) -> list[Explanation]:
        """The parts of each row's log-odds, the largest first; features that add nothing are left out.

        Source: exact Shapley values of trees (Lundberg and others 2018), as LightGBM computes them.
        """
        matrix = self._matrix(rows)
        model = self.labels[label]
        if model.booster is None or not len(matrix):
            return [Explanation(model.base, ()) for _ in range(len(matrix))]
        return [self._explanation(parts) for parts in model.booster.contributions(matrix)]

    def _explanation(self, parts: Floats) -> Explanation:
        order = np.argsort(-np.abs(parts[:-1]), kind="stable")
        told = tuple(Contribution(self.feature_names[place], float(parts[place])) for place in order if parts[place])
        return Explanation(float(parts[-1]), told)

    def _matrix(self, rows: Rows | Floats) -> Floats:
        return rows if isinstance(rows, np.ndarray) else self.matrix(rows)


def model_read(files: Files) -> Model:
    """The model of some files, which may be anybody's.

    Raises:
        FrameRefused: they are no model: a file is missing, changed, too large, or holds what no training writes.
    """
    files_check(files)
    about = object_read(files[DESCRIPTION], DESCRIPTION)
    if about.get("format") != FORMAT or about.get("kind") != KIND:
        raise FrameRefused(f"{DESCRIPTION} is of another format or kind of model.")
    spec, seed = spec_read(about.get("spec")), about.get("seed")
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= LARGEST_SEED:
        raise FrameRefused(f"The seed of {DESCRIPTION} is no number between 0 and {LARGEST_SEED}.")
    tables = tables_read(files[TABLES])
    labels = {label: _label_read(files, about, label, len(Encoder(spec, seed).names)) for label in Label}
    name = about.get("name")
    if not isinstance(name, str) or len(name) > LONGEST_NAME or not name.isprintable():
        raise FrameRefused(f"The name of a model has at most {LONGEST_NAME} printable characters.")
    return Model(
        spec, seed, tables, labels,
        name=name, hash=model_hash(files), period=_period(about),
    )  # fmt: skip


def _label_read(files: Files, about: Mapping[str, JsonValue], label: Label, features: int) -> LabelModel:
    told = about.get("labels")
    one = told.get(label.value) if isinstance(told, dict) else None
    if not isinstance(one, dict):
        raise FrameRefused(f"{DESCRIPTION} does not describe the label {label}.")
    base = decimal_read(one.get("base"), f"The base of {label}")
    threshold = decimal_read(one.get("threshold"), f"The threshold of {label}")
    if TREES[label] not in files:
        return LabelModel(None, base, threshold, 0)
    text = files[TREES[label]].decode("ascii", "replace")
    rounds = trees_check(text, features)
    return LabelModel(Booster(text), base, threshold, rounds)


def _period(about: Mapping[str, JsonValue]) -> tuple[date, date]:
    data = about.get("data")
    told = (data.get("from"), data.get("to")) if isinstance(data, dict) else (None, None)
    try:
        return date.fromisoformat(str(told[0])), date.fromisoformat(str(told[1]))
    except ValueError as error:
        raise FrameRefused(f"{DESCRIPTION} does not tell the period of its data.") from error
