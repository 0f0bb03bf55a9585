"""RV-INT: simple interest by the day, at dated rates, exact and rounded once."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from singlewindow.revenue.rules.interest import interest_on

D = Decimal


@dataclass(frozen=True)
class Rate:
    valid_from: date
    rate: Decimal


RATES = (
    Rate(date(2020, 1, 1), D("0.0650")),
    Rate(date(2026, 7, 1), D("0.0600")),
    Rate(date(2027, 1, 1), D("0.0575")),
)


def interest(principal: str, first: date, last: date, day_count: str = "ACT/365", currency: str = "EUR"):
    return interest_on(D(principal), currency, first=first, last=last, rates=RATES, day_count=day_count)


@pytest.mark.parametrize(
    ("principal", "first", "last", "day_count", "amount"),
    [
        ("10000.00", date(2026, 3, 1), date(2026, 3, 31), "ACT/365", "55.21"),  # 10000 x .065 x 31/365 = 55.2054...
        ("10000.00", date(2026, 6, 21), date(2026, 7, 10), "ACT/365", "34.25"),  # 10 days at 6.5 and 10 at 6
        ("10000.00", date(2026, 12, 31), date(2027, 1, 1), "ACT/365", "3.22"),  # 1.6438 + 1.5753 = 3.2191
        ("10000.00", date(2026, 3, 1), date(2026, 3, 31), "ACT/360", "55.97"),
        ("10000.00", date(2024, 2, 1), date(2024, 2, 29), "ACT/ACT", "51.50"),  # a leap year: 29/366
        ("10000.00", date(2023, 12, 31), date(2024, 1, 1), "ACT/ACT", "3.56"),  # 650/365 + 650/366
        ("100.00", date(2026, 8, 1), date(2026, 8, 1), "ACT/365", "0.02"),  # 0.0164
        ("0.00", date(2026, 8, 1), date(2027, 8, 1), "ACT/365", "0.00"),
        ("5000.00", date(2026, 8, 2), date(2026, 8, 1), "ACT/365", "0.00"),  # paid on its day
    ],
)
def test_RV_INT_01_vectors(principal, first, last, day_count, amount):
    assert interest(principal, first, last, day_count).amount == D(amount)


def test_RV_INT_02_a_day_counts_at_the_rate_in_force_on_it():
    parts = interest("1000", date(2026, 6, 30), date(2026, 7, 1)).parts
    assert [(part.days, part.rate) for part in parts] == [(1, D("0.0650")), (1, D("0.0600"))]


def test_RV_INT_03_it_is_rounded_once_and_says_how_it_came_about():
    found = interest("333.33", date(2026, 6, 30), date(2026, 7, 1))
    exact = Fraction(33333, 100) * (Fraction(65, 1000) + Fraction(60, 1000)) / 365
    assert found.amount == D("0.11")
    assert abs(Fraction(found.amount) - exact) <= Fraction(5, 1000)
    assert found.formula == "333.33 × 0.0650 × 1/365 + 333.33 × 0.0600 × 1/365 = 0.11 EUR"


def test_RV_INT_03_a_currency_without_decimals_is_rounded_to_its_unit():
    assert interest("100000", date(2026, 8, 1), date(2026, 8, 10), currency="JPY").amount == D(164)


@pytest.mark.parametrize("wrong", ["30/360", "act/365", ""])
def test_RV_INT_01_an_unknown_day_count_is_an_error_not_a_guess(wrong):
    with pytest.raises(ValueError, match="day count"):
        interest("1", date(2026, 1, 1), date(2026, 1, 2), wrong)


def test_RV_INT_02_days_without_a_rate_are_an_error_not_nothing():
    with pytest.raises(ValueError, match="no rate"):
        interest("1", date(2019, 12, 31), date(2020, 1, 2))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    minor=st.integers(1, 10**12),
    begin=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    days=st.integers(1, 3_000),
    day_count=st.sampled_from(["ACT/365", "ACT/360", "ACT/ACT"]),
)
def test_RV_INT_01_it_equals_the_sum_over_single_days(minor, begin, days, day_count):
    found = interest_on(
        D(minor) / 100, "EUR", first=begin, last=begin + timedelta(days=days - 1), rates=RATES, day_count=day_count
    )
    exact = Fraction(0)
    for number in range(days):
        day = begin + timedelta(days=number)
        rate = [one.rate for one in RATES if one.valid_from <= day][-1]
        leap = (date(day.year + 1, 1, 1) - date(day.year, 1, 1)).days
        year = {"ACT/365": 365, "ACT/360": 360, "ACT/ACT": leap}[day_count]
        exact += Fraction(minor, 100) * Fraction(rate) / year
    assert abs(Fraction(found.amount) - exact) <= Fraction(5, 1000) + Fraction(1, 10**9)
    assert sum(part.days for part in found.parts) == days
