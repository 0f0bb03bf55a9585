"""Plain JSON read the short way is the same message, with the same canonical bytes, as read the long way."""

from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from declarations.messages import parse
from declarations.messages.plain_json import plain_read
from tests.factories.declarations import import_json

CHARGE = {"code": "AK", "amount": "007.10", "currency": "EUR"}

PAYABLE = {"amount": "5.00", "currency": "EUR"}


def both_ways(values: dict[str, Any]) -> tuple[bytes, bytes]:
    line = orjson.dumps(values)
    short = plain_read(line)
    assert short is not None
    long = parse(line, "application/json").message
    assert short[0] == long
    return short[1], long.canonical_bytes()


def with_item(**changes: Any) -> dict[str, Any]:
    values = import_json(2)
    values["items"][0] |= changes
    return values


@pytest.mark.parametrize(
    "values",
    [
        import_json(3),
        import_json(1, issued_at="2026-03-01T10:00:00+02:00", tax_point_at="2026-03-01T10:00:00.250Z"),
        import_json(1, total_gross_mass_kg="0012.500", invoice_total={"amount": "0.000", "currency": "EUR"}),
        import_json(1, valuation={"freight": {"amount": "420.00", "currency": "EUR"}, "other_charges": [CHARGE] * 2}),
        import_json(1, agreed_rates=[{"currency": "USD", "rate": "1.100000"}]),
        import_json(1, guarantees=[{"security_code": "1", "amount": {"amount": "10.0", "currency": "EUR"}}]),
        with_item(gross_mass_kg="0100.10", net_mass_kg="99", valuation_adjustments=[CHARGE]),
        with_item(documents=[{"code": "N935", "id": "A", "quantity": "1.50", "unit": "KGM"}, {"code": "Y900"}]),
        with_item(duty_claims=[{"tax_type": "A00", "base_quantity": "010.0", "payable": PAYABLE}]),
        with_item(customs_value={"amount": "1.10", "currency": "EUR"}, supplementary_quantity={"quantity": "00"}),
        {name: value for name, value in import_json(1).items() if name != "schema_version"},
    ],
)
def test_the_short_way_gives_the_canonical_bytes_of_the_long_way(values: dict[str, Any]) -> None:
    short, long = both_ways(values)
    assert short == long


@given(st.decimals(0, Decimal("999999999"), places=6), st.integers(0, 3), st.integers(0, 6))
def test_every_written_form_of_a_decimal_becomes_the_same(value: Decimal, zeros: int, places: int) -> None:
    written = "0" * zeros + f"{value:.{places}f}"
    short, long = both_ways(with_item(gross_mass_kg=written, price={"amount": written, "currency": "EUR"}))
    assert short == long


@pytest.mark.parametrize(
    "odd",
    [
        {"buyer": None},
        {"documents": []},
        {"warehouse": {}},
        {"ucr": "a\\b"},
        {"ucr": "é"},
        {"ucr": "a\x7fb"},
        {"item_count": 1.0},
        {"no_such_field": "1"},
    ],
)
def test_what_may_need_a_second_look_is_left_to_the_long_way(odd: dict[str, Any]) -> None:
    assert plain_read(orjson.dumps(import_json(1) | odd)) is None


def test_a_name_that_stands_twice_is_left_to_the_long_way() -> None:
    line = orjson.dumps(import_json(1, lrn="ONE"))
    assert plain_read(line[:-1] + b',"lrn":"TWO"}') is None
