"""FE-REM: what is remitted is a band of the tax; whatever is assessed later is less by it, in any order."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fees.rules.remissions import bands_new, of_authority, remitted_parts
from fees.types import Band, remitted
from singlewindow.revenue.rules.following import Asking, Taking, cuts

KEY = (1, "A00", "CUS")
STEPS = st.lists(
    st.tuples(st.sampled_from(["assess", "remit", "waive"]), st.integers(0, 2_000)), min_size=1, max_size=12
)


@pytest.mark.parametrize(
    ("assessed", "owed"), [(1_000, 700), (1_500, 1_200), (701, 700), (700, 700), (699, 699), (0, 0)]
)
def test_FE_REM_01_too_much_is_a_band_at_the_top(assessed, owed):
    bands = bands_new([], 1_000, 300, from_top=True)
    assert bands == [Band(700, 1_000)]
    assert assessed - remitted(bands, assessed) == owed


@pytest.mark.parametrize(("assessed", "owed"), [(1_000, 700), (1_500, 1_200), (301, 1), (300, 0), (299, 0), (0, 0)])
def test_FE_REM_02_what_is_waived_is_a_band_at_the_bottom(assessed, owed):
    bands = bands_new([], 1_000, 300, from_top=False)
    assert assessed - remitted(bands, assessed) == owed


def test_FE_REM_01_no_more_is_remitted_than_is_left():
    with pytest.raises(ValueError, match="more is remitted"):
        bands_new([Band(700, 1_000)], 1_000, 701, from_top=True)
    assert bands_new([Band(700, 1_000)], 1_000, 700, from_top=True) == [Band(0, 700)]


def test_FE_REM_01_a_remission_goes_round_what_was_remitted_before():
    assert bands_new([Band(700, 1_000)], 1_200, 400, from_top=True) == [Band(1_000, 1_200), Band(500, 700)]


def test_FE_REM_03_what_names_no_tax_is_of_all_that_the_authority_is_owed():
    bands = {KEY: [Band(700, 1_000)], of_authority("CUS"): [Band(1_100, 1_200)]}
    assert remitted_parts({KEY: 1_000, (2, "A00", "CUS"): 500, (0, "X", "ENV"): 9}, bands) == {"CUS": 400}
    assert remitted_parts({KEY: 1_000, (2, "A00", "CUS"): 400}, bands) == {"CUS": 300}


@given(STEPS)
def test_FE_REM_01_in_any_order_each_remission_counts_once_and_nothing_falls_below_zero(steps):
    assessed, bands, given_back = 1_000, [], 0
    for what, minor in steps:
        if what == "assess":
            assessed = minor
            continue
        part = min(minor, assessed - remitted(bands, assessed))
        before = remitted(bands, assessed)
        bands += bands_new(bands, assessed, part, from_top=what == "remit")
        assert remitted(bands, assessed) == before + part
        given_back += part
    for amount in (0, assessed, 3_000):
        assert remitted(bands, amount) <= amount
    assert remitted(bands, 5_000) == given_back
    ordered = sorted(bands, key=lambda band: band.low)
    assert all(one.high <= after.low for one, after in pairwise(ordered))


@pytest.mark.parametrize(
    ("asking", "after", "bands", "drawn", "left"),
    [
        ((Asking(1, 300, False, False),), 700, (), 0, [0]),  # the same sum
        ((Asking(1, 300, False, False),), 701, (), 0, [1]),
        ((Asking(1, 300, False, False),), 1_000, (), 0, [300]),
        ((Asking(1, 300, False, False),), 1_300, (), 0, [300]),
        ((Asking(1, 300, False, False),), 700, (Band(700, 1_000),), 0, [300]),  # the fall was remitted before
        ((Asking(1, 300, False, False), Asking(2, 200, False, False)), 600, (), 0, [0, 100]),
        ((Asking(1, 300, False, True),), 700, (), 0, [300]),  # waived: not what the assessment fell by
        ((Asking(1, 300, False, True),), 299, (), 0, [299]),
        ((Asking(1, 99, True, False),), 500, (), 0, [49]),  # a drawback is a share
        ((Asking(1, 300, False, True),), 400, (), 150, [250]),  # what was drawn back is not there any more
        ((Asking(1, 300, False, False),), 0, (), 0, [0]),
    ],
)
def test_RV_CLM_11_what_is_left_of_a_claim(asking, after, bands, drawn, left):
    cut = cuts(Taking(KEY, 1_000, after, bands, drawn, asking))
    assert [one.minor - cut[one.line] for one in asking] == left
