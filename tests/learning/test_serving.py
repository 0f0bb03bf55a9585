"""LM-SERVE: batches and single rows agree, parts sum to the score, and whatever stands in a row has a reading."""

import math
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from singlewindow.learning.rules.model import Model
from singlewindow.learning.selectors import explanation_words
from singlewindow.learning.types import Frame, Label
from tests.factories.learning import made_frame, made_model

MODEL: Model = made_model().model
ROWS = made_frame(seed=9).rows


def as_rows(frame: Frame, count: int) -> list[dict[str, Any]]:
    columns = {**frame.texts, **frame.numbers}
    return [{"day": int(frame.day[n]), **{name: column[n] for name, column in columns.items()}} for n in range(count)]


def test_LM_SERVE_rows_as_mappings_score_as_a_frame_does() -> None:
    np.testing.assert_array_equal(MODEL.score(as_rows(ROWS, 50)), MODEL.score(ROWS)[:50])


@pytest.mark.parametrize("label", list(Label))
def test_LM_SERVE_a_row_alone_scores_as_it_does_among_many(label: Label) -> None:
    together = MODEL.raw(ROWS, label)
    assert len(ROWS) > 1_000
    for row in (0, 1, 700):
        assert MODEL.raw(ROWS.take(np.array([row])), label)[0] == together[row]


@pytest.mark.parametrize("label", list(Label))
def test_LM_SERVE_contributions_and_their_base_sum_to_the_log_odds(label: Label) -> None:
    told = MODEL.contributions(ROWS, label)
    sums = np.array([one.total for one in told])
    np.testing.assert_allclose(sums, MODEL.raw(ROWS, label), atol=1e-6)
    assert {part.feature for one in told for part in one.parts} <= set(MODEL.feature_names)
    assert len({one.base for one in told}) == 1


def test_LM_SERVE_groups_of_contributions_sum_to_the_same() -> None:
    for one in MODEL.contributions(ROWS.take(np.arange(30))):
        assert one.base + sum(part.log_odds for part in explanation_words(one)) == pytest.approx(one.total)


def test_LM_SERVE_a_score_is_a_probability() -> None:
    scores = MODEL.score(ROWS)
    assert ((scores > 0) & (scores < 1)).all()
    np.testing.assert_allclose(np.log(scores / (1 - scores)), MODEL.raw(ROWS), atol=1e-9)


def test_LM_SERVE_no_rows_give_no_scores() -> None:
    empty = ROWS.take(np.arange(0))
    assert (len(MODEL.score([])), len(MODEL.score(empty)), MODEL.contributions(empty)) == (0, 0, [])


@pytest.mark.parametrize("value", [None, math.nan, -math.inf, math.inf, -1.0, -0.01, "12", True, [], Decimal("NaN")])
def test_LM_SERVE_a_number_that_is_none_counts_as_not_declared(value: object) -> None:
    (row,) = as_rows(ROWS, 1)
    row["net_mass"] = value
    without = {name: told for name, told in row.items() if name != "net_mass"}
    assert MODEL.raw([row])[0] == MODEL.raw([without])[0]


@pytest.mark.parametrize("value", [1e15, 1e300, 10**400, Decimal("1e30")])
def test_LM_SERVE_a_number_beyond_all_trade_is_read_as_the_largest(value: object) -> None:
    (row,) = as_rows(ROWS, 1)
    expected = MODEL.raw([{**row, "price": 1e15}])[0]
    assert MODEL.raw([{**row, "price": value}])[0] == expected


def test_LM_SERVE_decimals_and_numbers_read_alike() -> None:
    row = {**as_rows(ROWS, 1)[0], "price": 1250.5, "net_mass": 20.0}
    assert MODEL.raw([row])[0] == MODEL.raw([{**row, "price": Decimal("1250.50"), "net_mass": 20}])[0]


ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.decimals(), st.just({}), st.dates()
)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(
        st.dictionaries(
            st.sampled_from(["day", "hs6", "origin", "tax_rate", "net_mass", "price", "trader", "foo"]), ANYTHING
        ),
        max_size=5,
    )
)
def test_LM_SERVE_whatever_stands_in_rows_there_is_a_finite_score(rows: list[dict[str, Any]]) -> None:
    raw = MODEL.raw(rows)
    assert len(raw) == len(rows)
    assert np.isfinite(raw).all()
    assert [one.total for one in MODEL.contributions(rows)] == pytest.approx(raw.tolist(), abs=1e-6)


def test_LM_SERVE_a_day_may_be_a_date_or_absent() -> None:
    (row,) = as_rows(ROWS, 1)
    without = {name: value for name, value in row.items() if name != "day"}
    assert MODEL.raw([{**row, "day": date(2025, 5, 1)}])[0] == MODEL.raw([without])[0]
