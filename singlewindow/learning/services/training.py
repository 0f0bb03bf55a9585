"""Train a model: features of strictly earlier days, rounds and threshold from rows held apart, then all rows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from singlewindow.learning.rules.boosting import Booster, Recipe, trees_grow
from singlewindow.learning.rules.encoding import Encoder
from singlewindow.learning.rules.frames import frame_check, frame_parted, frame_period, frames_joined
from singlewindow.learning.rules.metrics import best_threshold
from singlewindow.learning.rules.model import LARGEST_SEED, LabelModel, Model, model_read
from singlewindow.learning.services.bundling import Account, model_files
from singlewindow.learning.services.evaluation import Evaluation, model_evaluate
from singlewindow.learning.types import RESAMPLES, Floats, FrameRefused, FrameSpec, Label, LabelledFrame

HELD_APART_SHARE = 0.2
"""The last part of the rows, by time, that judges the rounds where no rows are given for that."""
FEWEST_ROWS = 100
SKILL = 0.55
"""A model whose AUC on rows held apart stays below has learned nothing worth using: it becomes a constant."""
FEWEST_POSITIVES = 5

RECIPES: Mapping[Label, Recipe] = {
    Label.FRAUD: Recipe(),
    Label.CRITICAL: Recipe(leaves=4, rows_in_leaf=10, shrinkage=20.0),
}
"""Chosen on validation rows only; the grave kind is rare, so its trees are smaller."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained model, its files, and its figures on the rows held apart (before it learned from those too)."""

    model: Model
    files: Mapping[str, bytes]
    evaluation: Evaluation

    @property
    def hash(self) -> str:
        """What names the model."""
        return self.model.hash


def model_train(
    frame: LabelledFrame, *, spec: FrameSpec, valid: LabelledFrame | None = None, seed: int = 1, name: str = "",
    recipes: Mapping[Label, Recipe] = RECIPES, skill: float = SKILL, refit: bool = True, resamples: int = RESAMPLES,
) -> Trained:  # fmt: skip
    """Train on labelled rows. The same arguments give the same bytes.

    Args:
        valid: later rows that choose rounds and threshold; without them the last part of `frame` does.
        skill: the AUC on those rows below which a label is told by a constant.
        refit: learn from the rows held apart too, once they have chosen; only measurements say no.
        resamples: of the bootstrap of the figures on the rows held apart.

    Raises:
        FrameRefused: too few rows, rows held apart that are not later, or a seed out of range.
    """
    if not 0 <= seed <= LARGEST_SEED:
        raise FrameRefused(f"A seed lies between 0 and {LARGEST_SEED}.")
    for one in (frame, valid):
        if one is not None:
            frame_check(one)
    early, late = frame_parted(frame, HELD_APART_SHARE) if valid is None else (frame, valid)
    _check(early, late)
    chosen = _fit(early, spec, seed, {label: _Choice(recipes[label]) for label in Label}, late, skill)
    evaluation = model_evaluate(chosen, late, seed=seed, resamples=resamples)
    whole, final = early, chosen
    if refit:
        choices = {label: _Choice(recipes[label], chosen.labels[label]) for label in Label}
        whole = frames_joined(early, late)
        final = _fit(whole, spec, seed, choices, None, skill)
    account = Account(name=name, data=whole, held_apart=late, evaluation=evaluation, recipes=recipes)
    files = model_files(final, account)
    return Trained(model_read(files), files, evaluation)


def _check(early: LabelledFrame, late: LabelledFrame) -> None:
    if len(early) < FEWEST_ROWS or len(late) < FEWEST_ROWS:
        raise FrameRefused(
            f"There are {len(early)} rows to learn from and {len(late)} later ones to judge by; {FEWEST_ROWS} of each "
            "are needed."
        )
    ends, begins = frame_period(early)[1], frame_period(late)[0]
    if begins <= ends:
        raise FrameRefused(
            f"The rows that judge begin on {begins}, but those to learn from end on {ends}: they must be later, or the "
            "model would be judged by what it has seen."
        )


@dataclass(frozen=True, slots=True)
class _Choice:
    recipe: Recipe
    made: LabelModel | None = None
    """Rounds and threshold, where they were chosen before."""


def _fit(
    frame: LabelledFrame, spec: FrameSpec, seed: int, choices: Mapping[Label, _Choice], late: LabelledFrame | None,
    skill: float,
) -> Model:  # fmt: skip
    encoder = Encoder(spec, seed)
    matrix, tables = encoder.learned(frame), encoder.tables(frame)
    judged = None if late is None else encoder.served(late.rows, tables)
    labels = {}
    for label, choice in choices.items():
        base = _base(frame, label)
        if choice.made is not None:
            labels[label] = _again(matrix, frame, label, choice, seed, base)
        else:
            assert judged is not None
            assert late is not None
            labels[label] = _chosen(matrix, frame, label, choice.recipe, seed, (judged, late), skill, base)
    return Model(spec, seed, tables, labels, period=frame_period(frame))


def _again(matrix: Floats, frame: LabelledFrame, label: Label, choice: _Choice, seed: int, base: float) -> LabelModel:
    made = choice.made
    if made is None or made.booster is None:
        return LabelModel(None, base, made.threshold if made else 1.0, 0)
    grown = trees_grow(matrix, frame.label(label), frame.weight, choice.recipe, seed, rounds=made.rounds)
    return replace(made, booster=Booster(grown.text), base=base)


def _chosen(
    matrix: Floats, frame: LabelledFrame, label: Label, recipe: Recipe, seed: int,
    held: tuple[Floats, LabelledFrame], skill: float, base: float,
) -> LabelModel:  # fmt: skip
    from sklearn.metrics import roc_auc_score

    outcome = held[1].label(label)
    constant = LabelModel(None, base, 1.0, 0)
    if frame.label(label).sum() < FEWEST_POSITIVES or not 0 < outcome.sum() < len(outcome):
        return constant
    grown = trees_grow(matrix, frame.label(label), frame.weight, recipe, seed, held_apart=(held[0], outcome))
    booster = Booster(grown.text)
    score = 1.0 / (1.0 + np.exp(-booster.raw(held[0])))
    if roc_auc_score(outcome, score) < skill:
        return constant
    return LabelModel(booster, base, best_threshold(outcome, score), grown.rounds)


def _base(frame: LabelledFrame, label: Label) -> float:
    """The log-odds of the label over all rows, never infinite."""
    rate = (frame.label(label).sum() + 0.5) / (len(frame) + 1.0)
    return float(np.log(rate / (1 - rate)))
