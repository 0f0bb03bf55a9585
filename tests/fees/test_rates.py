"""The duty percentage that risk weighs: the rate claimed, with anti-dumping duty, and nothing owed by quantity."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fees.selectors import rates
from tests.factories.risk import item, message

ON = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def _nothing_held(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process holds no tariff before, and none of these after."""
    monkeypatch.setattr(rates, "_held", None)
    yield
    rates._held = None


@pytest.mark.parametrize(
    ("changes", "percent"),
    [
        ({"commodity_code": "6109100010"}, 20.0),
        ({"commodity_code": "0901220000", "origin": "DE"}, 9.0),
        ({"commodity_code": "8471300000"}, 0.0),
        ({"commodity_code": "0101210000", "origin": "BD", "preference": "200"}, 2.5),
        ({"commodity_code": None}, None),
    ],
    ids=["ordinary", "one heading", "free", "preference claimed", "no commodity"],
)
@pytest.mark.django_db
def test_the_percentage_is_that_of_the_rate_claimed(
    loaded: Any, changes: dict[str, Any], percent: float | None
) -> None:
    assert rates.duty_percents([message(item(**changes))], ON)[0].get(1) == percent


@pytest.mark.django_db
def test_a_preference_that_is_not_claimed_is_not_given(loaded: Any) -> None:
    goods = {"commodity_code": "0101210000", "origin": "BD"}
    claimed, ordinary = (
        rates.duty_percents([message(item(preference=code, **goods))], ON)[0].get(1) for code in ("200", "100")
    )
    assert ordinary != claimed


@pytest.mark.django_db
def test_anti_dumping_duty_is_part_of_it(loaded: Any) -> None:
    screws = {"commodity_code": "7318159000"}
    from_china, from_elsewhere = (
        rates.duty_percents([message(item(origin=origin, **screws))], ON)[0][1] for origin in ("CN", "DE")
    )
    assert from_china - from_elsewhere == pytest.approx(36.5)


@pytest.mark.django_db
def test_exports_owe_none_and_a_thousand_ask_for_the_tariff_once(loaded: Any) -> None:
    rates.duty_percents([message()], ON)
    with CaptureQueriesContext(connection) as queries:
        found = rates.duty_percents([message(), message(type_code="EXA")] * 500, ON)
    assert (len(queries), found[0], found[1]) == (0, {1: 0.0}, {})


@pytest.mark.django_db
def test_without_a_tariff_nothing_is_known_until_it_is_loaded() -> None:
    from tests.factories.tariff import tariff_small_load

    assert rates.duty_percents([message()], ON) == [{}]
    tariff_small_load()
    assert rates.duty_percents([message()], ON) == [{1: 0.0}]
