"""LM-PAST: what a row sees of others is of strictly earlier days; counts and medians are what a plain walk finds."""

from dataclasses import replace

import numpy as np
import pytest

from singlewindow.learning.rules.encoding import Encoder
from singlewindow.learning.rules.past import counts_at_end, counts_before, medians_at_end, medians_before
from singlewindow.learning.rules.specs import PLATFORM, RISK_DATA
from singlewindow.learning.types import FrameSpec, LabelledFrame
from tests.factories.learning import FIRST_DAY, made_frame

MIDDLE = FIRST_DAY + 60


def features(frame: LabelledFrame, spec: FrameSpec = RISK_DATA) -> np.ndarray:
    return Encoder(spec, 1).learned(frame)


def altered(frame: LabelledFrame, rows: np.ndarray) -> LabelledFrame:
    """The same rows, with other outcomes, goods, masses and prices where the mask says so."""
    turned = {name: np.where(rows, column[::-1], column) for name, column in frame.rows.texts.items()}
    numbers = {name: np.where(rows, column * 3 + 1, column) for name, column in frame.rows.numbers.items()}
    fraud = np.where(rows, 1 - frame.fraud, frame.fraud)
    return replace(
        frame,
        rows=replace(frame.rows, texts=turned, numbers=numbers),
        fraud=fraud,
        critical=np.where(rows, fraud, frame.critical),
    )


@pytest.mark.parametrize("spec", [RISK_DATA, PLATFORM], ids=lambda spec: spec.name)
def test_LM_PAST_later_rows_change_no_feature_of_an_earlier_row(spec: FrameSpec) -> None:
    frame = made_frame()
    later = frame.rows.day > MIDDLE
    before, after = features(frame, spec), features(altered(frame, later), spec)
    np.testing.assert_array_equal(before[~later], after[~later])
    assert (before[later] != after[later]).any()


def test_LM_PAST_outcomes_of_the_same_day_change_no_feature() -> None:
    frame = made_frame()
    today = frame.rows.day == MIDDLE
    assert today.sum() > 3
    flipped = np.where(today, 1 - frame.fraud, frame.fraud)
    changed = features(replace(frame, fraud=flipped, critical=frame.critical * flipped))
    np.testing.assert_array_equal(features(frame)[today], changed[today])


def test_LM_PAST_an_outcome_counts_from_the_day_after_it_was_known() -> None:
    frame = made_frame()
    first = frame.rows.day < MIDDLE
    waiting = replace(frame, known=np.where(first, MIDDLE + 5, frame.rows.day))
    flipped = np.where(first, 1 - frame.fraud, frame.fraud)
    changed = features(replace(waiting, fraud=flipped, critical=frame.critical * flipped))
    until = frame.rows.day <= MIDDLE + 5
    np.testing.assert_array_equal(features(waiting)[until], changed[until])
    assert (features(waiting)[~until] != changed[~until]).any()


def test_LM_PAST_what_was_left_out_of_the_future_changes_nothing_either() -> None:
    frame = made_frame()
    early = frame.rows.day <= MIDDLE
    np.testing.assert_array_equal(features(frame)[early], features(frame.take(early)))


def test_the_order_of_the_rows_changes_no_feature() -> None:
    frame = made_frame()
    shuffled = np.random.default_rng(3).permutation(len(frame))
    np.testing.assert_array_equal(features(frame)[shuffled], features(frame.take(shuffled)))


def test_the_first_day_sees_nothing() -> None:
    frame = made_frame()
    first = features(frame)[frame.rows.day == frame.rows.day.min()]
    assert (first[:, : len(RISK_DATA.profiles)] == 0).all()


def test_a_day_after_the_last_sees_in_serving_what_it_would_see_in_learning() -> None:
    frame = made_frame()
    last = frame.rows.day == frame.rows.day.max()
    encoder = Encoder(RISK_DATA, 1)
    served = encoder.served(frame.rows.take(last), encoder.tables(frame.take(~last)))
    np.testing.assert_allclose(encoder.learned(frame)[last], served, rtol=1e-12)


@pytest.fixture
def walked() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(8)
    return (
        draw.integers(0, 9, 300).astype(np.uint64),
        draw.integers(0, 20, 300),
        draw.integers(0, 2, 300),
        np.where(draw.random(300) < 0.1, np.nan, draw.normal(size=300)),
    )


def test_counts_and_medians_before_a_day_are_those_of_a_plain_walk(walked: tuple[np.ndarray, ...]) -> None:
    keys, day, fraud, values = walked
    known = day + np.random.default_rng(9).integers(0, 4, len(day))
    counts, medians = counts_before(keys, day, known, fraud, fraud * 0), medians_before(keys, day, values)
    for row in range(len(keys)):
        past = (keys == keys[row]) & (day < day[row])
        told = past & (known < day[row])
        earlier = values[past & ~np.isnan(values)]
        assert (counts.rows[row], counts.fraud[row], counts.critical[row]) == (told.sum(), fraud[told].sum(), 0)
        assert medians[row] == np.median(earlier) if len(earlier) else np.isnan(medians[row])


def test_counts_and_medians_at_the_end_are_those_of_a_plain_walk(walked: tuple[np.ndarray, ...]) -> None:
    keys, _, fraud, values = walked
    values = np.where(keys == 4, np.nan, values)
    distinct, counts = counts_at_end(keys, fraud, fraud)
    same, medians = medians_at_end(keys, values)
    assert distinct.tolist() == same.tolist() == sorted(set(keys.tolist()))
    for place, key in enumerate(distinct):
        known = values[(keys == key) & ~np.isnan(values)]
        assert (counts.rows[place], counts.fraud[place]) == ((keys == key).sum(), fraud[keys == key].sum())
        assert medians[place] == pytest.approx(np.median(known)) if len(known) else np.isnan(medians[place])
