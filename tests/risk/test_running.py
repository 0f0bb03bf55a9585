"""A score as a running sum: bars that begin where the one before ended, on a scale with the bands."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from risk.rules.running import place, stretches, top_of, zones
from risk.types import Bands, Lane

BANDS = Bands(blue=30, yellow=50, red=70)


def shares(text: tuple[str, str]) -> tuple[Decimal, Decimal]:
    start, width = (Decimal(one.rstrip("%")) for one in text)
    return start, start + width


def test_each_bar_begins_where_the_one_before_ended() -> None:
    points = [Decimal(40), Decimal(25), Decimal(12), Decimal(5)]
    bars = [(bar.start, bar.width) for bar in stretches(points, Decimal(82))]
    assert bars == [("0.00%", "40.00%"), ("40.00%", "25.00%"), ("65.00%", "12.00%"), ("77.00%", "5.00%")]
    assert place(points, Decimal(82)) == "82.00%"


def test_what_lowers_a_score_leads_back() -> None:
    bars = [(bar.start, bar.width) for bar in stretches([Decimal(60), Decimal(-20)], Decimal(40))]
    assert bars == [("0.00%", "60.00%"), ("40.00%", "20.00%")]


def test_the_scale_reaches_as_far_as_the_sum_did_before_it_was_limited() -> None:
    points = [Decimal(90), Decimal(60), Decimal(-50)]
    assert top_of(points, Decimal(100)) == 150
    assert place(points, Decimal(100)) == "66.67%"


def test_the_bands_fill_the_scale_end_to_end() -> None:
    found = [(zone.lane, zone.first, zone.stretch.start, zone.stretch.width) for zone in zones(BANDS, [], Decimal(0))]
    assert found == [
        (Lane.GREEN, 0, "0.00%", "30.00%"),
        (Lane.BLUE, 30, "30.00%", "20.00%"),
        (Lane.YELLOW, 50, "50.00%", "20.00%"),
        (Lane.RED, 70, "70.00%", "30.00%"),
    ]


def test_a_band_of_no_width_is_left_out() -> None:
    assert [zone.lane for zone in zones(Bands(0, 50, 50), [], Decimal(0))] == [Lane.BLUE, Lane.RED]


@given(st.lists(st.integers(-6000, 6000), min_size=1, max_size=12))
def test_bars_stay_on_the_scale_and_lead_to_the_sum(hundredths: list[int]) -> None:
    points = [Decimal(one) / 100 for one in hundredths]
    total = max(sum(points, Decimal(0)), Decimal(0))
    bars = [shares((bar.start, bar.width)) for bar in stretches(points, total)]
    assert all(start >= 0 and end <= Decimal("100.02") for start, end in bars)
    if points[-1] >= 0:
        assert abs(bars[-1][1] - shares((place(points, total), "0%"))[0]) <= Decimal("0.02")
