"""LM-TRAIN, LM-SKILL: the same rows give the same bytes, rows that judge are later, and chance is told as chance."""

from dataclasses import replace

import numpy as np
import pytest

from singlewindow.learning.rules.bundle import CARD, DESCRIPTION, FIGURES, TREES, model_hash
from singlewindow.learning.rules.metrics import Judged, figures
from singlewindow.learning.rules.specs import PLATFORM, RISK_DATA, spec_for
from singlewindow.learning.services import evaluation_output, model_evaluate, model_train
from singlewindow.learning.types import FrameRefused, Label
from tests.factories.learning import FIRST_DAY, made_frame, made_model

SPLIT = FIRST_DAY + 90


def test_LM_TRAIN_the_same_rows_and_seed_give_the_same_bytes() -> None:
    again = model_train(made_frame(), spec=RISK_DATA, name="made", resamples=20)
    assert again.hash == made_model().hash == model_hash(again.files)
    assert again.files == made_model().files


@pytest.mark.parametrize(
    "changed",
    [{"seed": 2}, {"name": "other"}, {"spec": PLATFORM}, {"frame": made_frame(seed=6)}],
    ids=["seed", "name", "spec", "rows"],
)
def test_LM_TRAIN_whatever_differs_gives_another_model(changed: dict) -> None:
    arguments = {"frame": made_frame(), "spec": RISK_DATA, "name": "made", "resamples": 20} | changed
    assert model_train(arguments.pop("frame"), **arguments).hash != made_model().hash


def test_LM_TRAIN_it_finds_what_is_there_to_find() -> None:
    made = made_model().evaluation.labels
    assert made[Label.FRAUD].whole["auc"].value > 0.75
    assert made[Label.CRITICAL].whole["auc"].value > 0.8


def test_LM_TRAIN_rows_held_apart_choose_and_then_are_learned_from() -> None:
    frame = made_frame()
    late = frame.rows.day >= SPLIT
    whole = model_train(frame.take(~late), valid=frame.take(late), spec=RISK_DATA, resamples=5)
    part = model_train(frame.take(~late), valid=frame.take(late), spec=RISK_DATA, resamples=5, refit=False)
    for label in Label:
        assert whole.model.labels[label].threshold == part.model.labels[label].threshold
        assert whole.model.labels[label].rounds == part.model.labels[label].rounds
    assert (whole.model.tables.overall[0], part.model.tables.overall[0]) == (len(frame), (~late).sum())
    assert evaluation_output(whole.evaluation) == evaluation_output(part.evaluation)


@pytest.mark.parametrize("first", [SPLIT, SPLIT - 1, FIRST_DAY])
def test_LM_TRAIN_rows_that_judge_must_be_later(first: int) -> None:
    frame = made_frame()
    early, late = frame.take(frame.rows.day <= SPLIT), frame.take(frame.rows.day >= first)
    with pytest.raises(FrameRefused, match="they must be later"):
        model_train(early, valid=late, spec=RISK_DATA)


@pytest.mark.parametrize(("rows", "days"), [(120, 30), (600, 1)], ids=["too few", "one day"])
def test_LM_TRAIN_what_cannot_be_judged_is_refused(rows: int, days: int) -> None:
    with pytest.raises(FrameRefused):
        model_train(made_frame(rows, days), spec=RISK_DATA)


@pytest.mark.parametrize("seed", [-1, 2**31])
def test_LM_TRAIN_a_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(FrameRefused, match="A seed lies"):
        model_train(made_frame(), spec=RISK_DATA, seed=seed)


def test_LM_SKILL_outcomes_by_chance_make_a_constant_that_says_so() -> None:
    frame = made_frame()
    shuffled = np.random.default_rng(4).permutation(len(frame))
    made = model_train(
        replace(frame, fraud=frame.fraud[shuffled], critical=frame.critical[shuffled]), spec=RISK_DATA, resamples=5
    )
    assert made.model.labels[Label.FRAUD].booster is None
    assert TREES["fraud"] not in made.files
    assert "nothing was found that foretells it" in made.files[CARD].decode()
    scores = made.model.score(frame.rows)
    assert len(set(scores.tolist())) == 1
    assert scores[0] == pytest.approx(frame.fraud.mean(), abs=0.01)
    assert made.model.contributions(frame.rows.take(np.arange(2)))[0].total == made.model.raw(frame.rows)[0]


def test_LM_SKILL_a_label_that_never_occurs_is_a_constant_near_zero() -> None:
    frame = made_frame()
    made = model_train(replace(frame, critical=frame.critical * 0), spec=RISK_DATA, resamples=5)
    assert made.model.score(frame.rows, Label.CRITICAL).max() < 0.001
    assert made.model.labels[Label.FRAUD].booster is not None


def test_free_columns_of_a_source_are_read() -> None:
    frame = made_frame()
    told = np.where(frame.fraud == 1, 9.0, np.arange(len(frame)) % 2)
    wider = replace(
        frame,
        rows=replace(
            frame.rows,
            numbers={**frame.rows.numbers, "findings_90": told},
            texts={**frame.rows.texts, "channel": frame.rows.texts["trader"]},
        ),
    )
    spec = spec_for(wider, PLATFORM)
    assert ("findings_90" in spec.numbers, ("channel",) in spec.profiles) == (True, True)
    made = model_train(wider, spec=spec, resamples=5)
    assert made.evaluation.labels[Label.FRAUD].whole["auc"].value > 0.99


def test_rows_that_stand_for_many_weigh_more() -> None:
    frame = made_frame()
    weighted = replace(frame, weight=np.where(frame.fraud == 1, 20.0, 1.0))
    plain, heavy = (model_train(one, spec=RISK_DATA, resamples=5, skill=0).model for one in (frame, weighted))
    assert heavy.score(frame.rows).mean() > plain.score(frame.rows).mean() + 0.1


def test_LM_FIG_revenue_that_is_known_takes_the_place_of_the_proxy() -> None:
    frame = made_frame()
    known = replace(frame, revenue=frame.fraud * 10.0)
    proxy, told = (model_evaluate(made_model().model, one, resamples=5) for one in (frame, known))
    assert "proxy" in proxy.revenue
    assert told.revenue == "what the checks brought"
    assert told.overlaps_training


def test_LM_FIG_goods_not_seen_before_are_judged_apart() -> None:
    frame, model = made_frame(seed=9), made_model().model
    made = model_evaluate(model, frame, resamples=5).labels[Label.FRAUD]
    new = ~model.encoder.seen_before(model.matrix(frame.rows))
    assert 0 < made.new_rows == new.sum() < len(frame)
    part = frame.take(new)
    alone = figures(Judged(part.fraud, model.score(part.rows), np.ones(len(part)), made.threshold), 1, 5)
    assert made.new["auc"].value == pytest.approx(alone["auc"].value)


def test_a_model_tells_how_it_was_made() -> None:
    files = made_model().files
    about = files[DESCRIPTION].decode()
    for told in ('"seed":1', '"lightgbm":', '"sha256":', '"from":"2025-01-01"', '"name":"made"', '"recipe":'):
        assert told in about
    card = files[CARD].decode()
    for told in ("must not be used", "strictly earlier days", "Limits", "intervals", "average precision"):
        assert told in card
    assert b'"average_precision":' in files[FIGURES]
