"""Numbers, money, mass and time as people read them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from singlewindow.kernel.money import Money
from singlewindow.web import formats


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (Decimal("1234.5"), "EUR", "1,234.50\u00a0EUR"),
        (Decimal(1234), "JPY", "1,234\u00a0JPY"),
        (Decimal("0.5"), "KWD", "0.500\u00a0KWD"),
        ("12", "", "12.00"),
    ],
    ids=["two places", "none", "three", "text without a currency"],
)
def test_money_is_written_at_the_minor_unit_of_its_currency(amount: object, currency: str, text: str) -> None:
    assert formats.money_text(amount, currency) == text


def test_money_reads_values_and_messages_alike() -> None:
    assert formats.money_text(Money(Decimal(3), "EUR")) == formats.money_text({"amount": "3", "currency": "EUR"})


def test_money_that_is_absent_is_written_as_nothing() -> None:
    assert formats.money_text(None) == ""


@pytest.mark.parametrize(("share", "text"), [("0.0184", "2\u00a0%"), ("0.0149", "1\u00a0%"), (0.21875, "22\u00a0%")])
def test_shares_are_rounded_not_cut_off(share: object, text: str) -> None:
    assert formats.percent_text(share) == text


def test_numbers_follow_the_language_of_the_reader() -> None:
    with translation.override("fr"):
        assert formats.number_text(Decimal("1234.50")) == "1\xa0234,5"


def test_numbers_in_arabic_are_grouped_and_keep_sign_and_currency_in_their_order() -> None:
    with translation.override("ar"):
        assert formats.number_text(Decimal("1234567.50")) == "1,234,567.5"
        assert formats.money_text(Decimal("-3603658.01"), "EUR") == "\u2066-3,603,658.01\u00a0EUR\u2069"
        assert formats.mass_text(Decimal(24000)) == "\u206624,000\u00a0kg\u2069"


def test_mass_keeps_the_places_that_were_declared_and_no_more() -> None:
    assert formats.mass_text(Decimal("1200.250")) == "1,200.25\u00a0kg"


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h 00 min"),
        (timedelta(hours=23, minutes=59), "23 h 59 min"),
        (timedelta(hours=24), "1 d 0 h"),
        (timedelta(hours=-2), "2 h 00 min"),
    ],
)
def test_a_span_is_written_in_its_two_largest_units(span: timedelta, text: str) -> None:
    assert formats.span_text(span) == text


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=47, minutes=59), "47 hours ago"),
        (timedelta(hours=48), "2 days ago"),
        (timedelta(hours=-3), "in 3 hours"),
    ],
)
def test_an_instant_is_told_in_one_unit(span: timedelta, text: str) -> None:
    assert formats.ago_text(span) == text


def test_an_exact_instant_names_the_month_so_that_nobody_swaps_day_and_month() -> None:
    assert formats.instant_text(datetime(2026, 3, 4, 17, 5, tzinfo=UTC)) == "4 Mar 2026, 17:05"
