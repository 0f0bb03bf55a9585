"""FE-RATE: rates as law writes them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fees.rules.expression import QuantityMissing, parse
from fees.rules.units import UNITS, amounts_of

MIXED = "8 % MIN 22/100 kg MAX 56/100 kg"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("10000", "280"), ("1000", "110"), ("2500", "200"), ("1375", "110"), ("3500", "280")],
    ids=["capped", "floored", "between", "exactly at the floor", "exactly at the cap"],
)
def test_FE_RATE_01_MIN_is_a_floor_and_MAX_a_cap_taken_from_left_to_right(value, expected):
    amount, steps = parse(MIXED).evaluate(Decimal(value), {"mass": Decimal(500)})
    assert amount == Decimal(expected)
    assert [step.operator for step in steps] == ["", "MIN", "MAX"]
    assert [step.gives for step in steps][1:] == [Decimal(110), Decimal(280)]


def test_FE_RATE_01_the_last_conjunction_is_outermost():
    assert parse("10 % MAX 5 % MIN 7 %").evaluate(Decimal(100), {})[0] == 7
    assert parse("10 % MIN 7 % MAX 5 %").evaluate(Decimal(100), {})[0] == 5
    assert parse("10 % + 5 EUR/100 kg MAX 12 %").evaluate(Decimal(100), {"mass": Decimal(100)})[0] == 12


@pytest.mark.parametrize(
    ("text", "amounts", "expected"),
    [
        ("8 %", {}, "80"),
        ("free", {}, "0"),
        ("3.5 EUR/l", {"volume": "20"}, "70"),
        ("25 EUR/hl", {"volume": "150"}, "37.5"),
        ("2.5 EUR/item", {"count": "12"}, "30"),
        ("40 EUR/1 000 items", {"count": "2500"}, "100"),
        ("14.5 EUR/t", {"mass": "250"}, "3.625"),
        ("2 EUR/% vol/hl", {"alcohol": "40"}, "80"),
        ("16.5 EUR/l alc.", {"alcohol": "2"}, "33"),
        ("12.8 % + 96.8 EUR/100 kg", {"mass": "300"}, "418.4"),
        ("20 % inclusive", {}, "250"),
    ],
)
def test_FE_RATE_02_each_kind_of_rate_gives_what_law_says(text, amounts, expected):
    quantities = {dimension: Decimal(quantity) for dimension, quantity in amounts.items()}
    assert parse(text).evaluate(Decimal(1000), quantities)[0] == Decimal(expected)


def test_FE_RATE_03_pure_alcohol_follows_from_volume_and_strength():
    assert amounts_of((("LTR", Decimal(50)), ("ASV", Decimal(40))))["alcohol"] == Decimal(20)
    assert amounts_of((("HLT", Decimal(1)), ("ASV", Decimal(1))))["alcohol"] == Decimal(1)
    assert amounts_of((("LPA", Decimal(7)), ("LTR", Decimal(50)), ("ASV", Decimal(40))))["alcohol"] == Decimal(7)


def test_FE_QTY_01_a_quantity_that_is_not_stated_is_missing_and_never_zero():
    with pytest.raises(QuantityMissing) as missing:
        parse("8 % MIN 2 EUR/l").evaluate(Decimal(1000), {"mass": Decimal(5)})
    assert missing.value.unit == "l"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "8",
        "8 % 5 %",
        "8 % MIN",
        "-8 %",
        "8 % vol",
        "3 EUR/furlong",
        "1e3 %",
        "8%+",
        "１ %",
        "3/0 kg",
        "100 % inclusive",
    ],
)
def test_FE_RATE_04_what_is_no_rate_is_refused_when_it_is_loaded(text):
    with pytest.raises(ValueError):
        parse(text)


def _numbers():
    return st.decimals(min_value=0, max_value=99, places=2).map(lambda number: f"{number:f}")


def _components():
    per_unit = st.tuples(
        _numbers(), st.sampled_from(["", " EUR"]), st.sampled_from(["", "100 ", "10 "]), st.sampled_from(sorted(UNITS))
    )
    return st.one_of(
        _numbers().map(lambda number: f"{number} %"),
        _numbers().map(lambda number: f"{number} % inclusive"),
        st.just("free"),
        per_unit.map(lambda parts: f"{parts[0]}{parts[1]}/{parts[2]}{parts[3]}"),
    )


@given(st.lists(_components(), min_size=1, max_size=4), st.data())
def test_FE_RATE_05_a_rate_is_printed_as_it_was_read(components, data):
    text = components[0]
    for component in components[1:]:
        text += f" {data.draw(st.sampled_from(['+', 'MIN', 'MAX']))} {component}"
    assert parse(text).text == text
    assert parse(parse(text).text) == parse(text)


@given(
    st.decimals(min_value=0, max_value=10**9, places=2),
    st.decimals(min_value=0, max_value=10**9, places=2),
    st.decimals(min_value=0, max_value=10**6, places=3),
)
def test_FE_RATE_06_a_higher_value_never_costs_less(value, more, mass):
    rate = parse(MIXED)
    lower, higher = sorted((value, more))
    quantities = {"mass": mass}
    assert rate.evaluate(lower, quantities)[0] <= rate.evaluate(higher, quantities)[0]
