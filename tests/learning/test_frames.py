"""LM-FRAME: frames are cut by what was known then, joined whole, and refused where an outcome cannot be."""

from dataclasses import replace

import numpy as np
import pytest

from singlewindow.learning.rules.frames import frame_check, frame_parted, frame_sha256, frames_joined
from singlewindow.learning.rules.specs import RISK_DATA
from singlewindow.learning.services import model_train
from singlewindow.learning.types import FrameRefused, LabelledFrame, frame_of
from tests.factories.learning import made_frame


def test_LM_FRAME_no_day_is_on_both_sides_of_a_cut() -> None:
    frame = made_frame()
    early, late = frame_parted(frame, 0.2)
    assert early.rows.day.max() < late.rows.day.min()
    assert len(early) + len(late) == len(frame)
    assert 0.15 < len(late) / len(frame) < 0.25


def test_LM_FRAME_what_was_not_known_before_the_cut_is_on_neither_side() -> None:
    frame = made_frame()
    slow = replace(frame, known=frame.rows.day + 10)
    early, late = frame_parted(slow, 0.2)
    assert early.known_day.max() < late.rows.day.min()
    assert len(early) + len(late) < len(frame)


def test_LM_FRAME_frames_of_different_columns_are_joined_whole() -> None:
    frame = made_frame(200)
    plain, wide = frame.take(np.arange(100)), frame.take(np.arange(100, 200))
    wide = replace(
        wide,
        rows=replace(wide.rows, numbers={**wide.rows.numbers, "findings": np.ones(100)}),
        weight=np.full(100, 3.0),
    )
    joined = frames_joined(plain, wide)
    assert len(joined) == 200
    assert np.isnan(joined.rows.numbers["findings"]).sum() == 100
    assert joined.weight is not None
    assert joined.weight.sum() == 400
    assert joined.fraud.tolist() == frame.fraud.tolist()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"fraud": 2}, "Row 7, column fraud: it is neither 0 nor 1"),
        ({"fraud": -1}, "Row 7, column fraud"),
        ({"critical": 5}, "Row 7, column critical"),
        ({"fraud": 0, "critical": 1}, "Row 7, column critical: it is critical fraud, but no fraud"),
    ],
)
def test_LM_FRAME_an_outcome_that_cannot_be_is_refused_with_its_row(change: dict[str, int], says: str) -> None:
    frame = made_frame()
    frame.fraud[7] = frame.critical[7] = 0
    for name, value in change.items():
        getattr(frame, name)[7] = value
    with pytest.raises(FrameRefused, match=says):
        model_train(frame, spec=RISK_DATA)


@pytest.mark.parametrize("weight", [0.0, -1.0, np.nan, np.inf])
def test_LM_FRAME_a_weight_that_is_none_is_refused(weight: float) -> None:
    frame = made_frame()
    weights = np.ones(len(frame))
    weights[3] = weight
    with pytest.raises(FrameRefused, match="Row 3, column weight"):
        frame_check(replace(frame, weight=weights))


def test_LM_FRAME_columns_of_other_lengths_are_refused() -> None:
    frame = made_frame()
    with pytest.raises(FrameRefused, match="Column fraud has 3 rows"):
        frame_check(replace(frame, fraud=frame.fraud[:3]))
    with pytest.raises(FrameRefused, match="Column hs6 has 1 rows, but there are 2 days"):
        frame_of([1, 2], texts={"hs6": ["010101"]}, numbers={})


def test_LM_FRAME_what_is_no_number_is_refused_with_row_and_column() -> None:
    with pytest.raises(FrameRefused, match="Row 1, column price: 'dear' is no number"):
        frame_of([1, 2], texts={}, numbers={"price": [1.0, "dear"]})  # type: ignore[list-item]
    with pytest.raises(FrameRefused, match="Column price holds a number that is too large"):
        frame_of([1, 2], texts={}, numbers={"price": [1.0, 10**400]})


def test_LM_FRAME_every_part_of_the_rows_is_in_their_fingerprint() -> None:
    def changed(**parts: object) -> LabelledFrame:
        return replace(made_frame(), **parts)  # type: ignore[arg-type]

    frame = made_frame()
    others = [
        changed(fraud=1 - frame.fraud),
        changed(critical=frame.fraud),
        changed(weight=np.ones(len(frame))),
        changed(revenue=np.ones(len(frame))),
        changed(known=frame.rows.day + 1),
        changed(rows=replace(frame.rows, day=frame.rows.day + 1)),
        changed(rows=replace(frame.rows, texts={**frame.rows.texts, "hs6": frame.rows.texts["origin"]})),
        changed(rows=replace(frame.rows, numbers={**frame.rows.numbers, "price": frame.rows.numbers["net_mass"]})),
    ]
    assert len({frame_sha256(one) for one in [frame, *others]}) == len(others) + 1
    assert frame_sha256(frame) == frame_sha256(made_frame())
