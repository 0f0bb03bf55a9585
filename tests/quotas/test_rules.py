"""Rules of quotas: days by the office, states by figures, a day's claims shared out to the last part."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from declarations.schemas import DeclarationMessage
from singlewindow.quotas.rules import (
    Figures,
    OpenClaim,
    day_ends,
    days_allocate,
    local_day,
    quantity_asked,
    state_of,
)
from singlewindow.quotas.states import QUOTA, QuotaState
from tests.factories.declarations import import_json, item_json


def item(**changes):
    return DeclarationMessage.model_validate(import_json(1) | {"items": [item_json(1, **changes)]}).items[0]


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Pacific/Auckland", date(2026, 6, 6)), ("UTC", date(2026, 6, 5)), ("America/Los_Angeles", date(2026, 6, 5))],
)
def test_QU_DAY_01_the_day_is_that_of_the_office(zone, day):
    assert local_day(datetime(2026, 6, 5, 12, 30, tzinfo=UTC), zone) == day


def test_QU_DAY_02_a_day_is_over_when_it_is_over_at_the_last_office():
    over = day_ends(date(2026, 6, 5), {"Pacific/Auckland", "America/Los_Angeles"})
    assert over.astimezone(UTC) == datetime(2026, 6, 6, 9, 0, tzinfo=UTC)  # midnight of Los Angeles and two hours


@pytest.mark.parametrize(
    ("balance", "pending", "state"),
    [
        ("1000", "0", QuotaState.OPEN),
        ("1000", "899.999", QuotaState.OPEN),
        ("1000", "900", QuotaState.CRITICAL),
        ("0.001", "0", QuotaState.CRITICAL),
        ("100", "500", QuotaState.CRITICAL),
        ("0", "0", QuotaState.EXHAUSTED),
    ],
)
def test_QU_STA_02_where_a_quota_stands_follows_from_what_is_left(balance, pending, state):
    figures = Figures(Decimal(1000), Decimal(balance), Decimal(pending), Decimal("0.1"))
    assert state_of(figures) is state
    assert state_of(figures, stopped=True) is QuotaState.BLOCKED


def test_QU_STA_03_customs_may_declare_it_critical_before_that():
    assert state_of(Figures(Decimal(10), Decimal(10), Decimal(0), Decimal(0), True)) is QuotaState.CRITICAL


def test_QU_ALL_01_a_day_that_fits_gets_all_it_asks_for():
    claims = [OpenClaim(1, Decimal(600)), OpenClaim(2, Decimal(400))]
    assert days_allocate(claims, Decimal(1000), 3) == {1: 600, 2: 400}


def test_QU_ALL_02_a_day_that_does_not_fit_is_shared_in_proportion():
    claims = [OpenClaim(1, Decimal(600)), OpenClaim(2, Decimal(400)), OpenClaim(3, Decimal(1000))]
    assert days_allocate(claims, Decimal(1000), 3) == {1: 300, 2: 200, 3: 500}


def test_QU_ALL_03_the_rest_goes_by_largest_remainder_and_then_to_the_earlier_claim():
    claims = [OpenClaim(number, Decimal(1)) for number in (1, 2, 3)]
    assert days_allocate(claims, Decimal("1"), 3) == {1: Decimal("0.334"), 2: Decimal("0.333"), 3: Decimal("0.333")}
    assert days_allocate(claims, Decimal("2"), 0) == {1: 1, 2: 1, 3: 0}


def test_with_nothing_left_everyone_gets_nothing():
    assert days_allocate([OpenClaim(7, Decimal(5))], Decimal(0), 3) == {7: 0}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.integers(1, 10**9), min_size=1, max_size=12),
    st.integers(0, 10**10),
    st.integers(0, 6),
)
def test_QU_ALL_03_whatever_is_asked_the_sum_is_exact_and_nobody_gets_more_than_asked(asked, left, decimals):
    claims = [OpenClaim(number, Decimal(units).scaleb(-decimals)) for number, units in enumerate(asked)]
    whole = Decimal(left).scaleb(-decimals)
    granted = days_allocate(claims, whole, decimals)
    assert sum(granted.values()) == min(whole, sum(claim.demand for claim in claims))
    for claim in claims:
        assert 0 <= granted[claim.id] <= claim.demand
        exact = min(Decimal(1), whole / sum(c.demand for c in claims)) * claim.demand
        assert abs(granted[claim.id] - exact) <= Decimal(1).scaleb(-decimals)


@pytest.mark.parametrize(
    ("changes", "unit", "asked"),
    [
        ({"net_mass_kg": "1234.5678"}, "KGM", "1234.567"),
        ({"net_mass_kg": "1234.5"}, "TNE", "1.234"),
        ({"net_mass_kg": None}, "KGM", None),
        ({"net_mass_kg": "0.0001"}, "KGM", None),
        ({"supplementary_quantity": {"quantity": "250", "unit": "NAR"}}, "NAR", "250"),
        ({"supplementary_quantity": {"quantity": "250", "unit": "NAR"}}, "LTR", None),
        ({"supplementary_quantity": {"quantity": "3", "unit": "HLT"}}, "LTR", "300"),
    ],
)
def test_QU_CLM_06_an_item_asks_for_what_it_states_in_the_unit_of_the_quota(changes, unit, asked):
    plain = {key: value for key, value in item_json(1, **changes).items() if value is not None}
    goods = DeclarationMessage.model_validate(import_json(1) | {"items": [plain]}).items[0]
    found = quantity_asked(goods, unit=unit, by_value=False, decimals=3)
    assert found == (Decimal(asked) if asked else None)


def test_QU_CLM_06_a_quota_of_value_counts_what_is_stated_in_its_currency():
    goods = item(price={"amount": "500.55", "currency": "EUR"})
    assert quantity_asked(goods, unit="EUR", by_value=True, decimals=2) == Decimal("500.55")
    assert quantity_asked(goods, unit="USD", by_value=True, decimals=2) is None


def test_QU_STA_01_the_database_holds_the_pairs_of_the_life_cycle():
    from importlib import import_module

    guards = import_module("singlewindow.quotas.migrations.0002_guards")
    assert tuple(QUOTA.pairs()) == guards.QUOTA_PAIRS
