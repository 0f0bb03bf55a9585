"""L12: an amount is ASCII digits and a point; every other way to write a number is refused and never guessed."""

from typing import Any

import orjson
import pytest

from declarations.messages import parse
from tests.factories.cds import declaration_xml, plain_for_xml
from tests.factories.declarations import import_json
from tests.factories.third_party import Software
from tests.hostile.conftest import Nothing, refused
from tests.hostile.corpus import JSON, XML

pytestmark = pytest.mark.django_db

AMOUNTS = {
    "full-width digits": "１２３",
    "Arabic digits": "٣٥",
    "underscores": "1_000",
    "commas": "1,000",
    "a decimal comma": "1,5",
    "an exponent": "1e3",
    "below zero": "-1",
    "a plus": "+5",
    "blanks around": " 5 ",
    "a blank between": "1 000",
    "no digit before the point": ".5",
    "no digit after the point": "5.",
    "hexadecimal": "0x10",
    "NaN": "NaN",
    "infinity": "Infinity",
    "too many digits": "1" * 16,
    "too many decimals": "1.1234567",
    "a currency": "EUR 5",
    "two points": "1.2.3",
    "a line break": "5\n",
    "a superscript": "5²",
    "a fraction": "½",
}
NUMBERS = {"a JSON number": 385, "a JSON fraction": 38.5, "a list": ["5"], "an object": {"amount": "5"}, "true": True}


def _price(whole: dict[str, Any], amount: Any) -> None:
    whole["items"][0]["price"]["amount"] = amount


def _total(whole: dict[str, Any], amount: Any) -> None:
    whole["invoice_total"]["amount"] = amount


def _mass(whole: dict[str, Any], amount: Any) -> None:
    whole["items"][0]["net_mass_kg"] = amount


def _quantity(whole: dict[str, Any], amount: Any) -> None:
    whole["items"][0]["supplementary_quantity"]["quantity"] = amount


def _freight(whole: dict[str, Any], amount: Any) -> None:
    whole["valuation"]["freight"]["amount"] = amount


PLACES = {
    _price: "/items/0/price/amount",
    _total: "/invoice_total/amount",
    _mass: "/items/0/net_mass_kg",
    _quantity: "/items/0/supplementary_quantity/quantity",
    _freight: "/valuation/freight/amount",
}


@pytest.mark.parametrize("path", ["/api/v1/declarations", "/api/v1/quotes"])
@pytest.mark.parametrize("amount", [*AMOUNTS.values(), *NUMBERS.values()], ids=[*AMOUNTS, *NUMBERS])
def test_L12_in_JSON_at_every_place_an_amount_is_plain_digits(
    software: Software, nothing_left: Nothing, amount: object, path: str
) -> None:
    with nothing_left():
        for place, pointer in PLACES.items():
            whole = import_json()
            place(whole, amount)
            control = isinstance(amount, str) and "\n" in amount
            code = "json.control_character" if control else "format."
            problem = refused(software.post(whole, path=path, content_type=JSON), 400, code)
            assert control or problem["errors"][0]["pointer"].startswith(pointer), problem


@pytest.mark.parametrize("amount", [text for text in AMOUNTS.values() if text.strip() == text], ids=str)
def test_L12_in_XML_the_same_texts_are_refused_at_the_same_places(
    software: Software, nothing_left: Nothing, amount: str
) -> None:
    with nothing_left():
        for place, pointer in PLACES.items():
            whole = plain_for_xml(import_json())
            place(whole, amount)
            problem = refused(software.post(declaration_xml(whole), content_type=XML), 422)
            assert problem["code"] == "DL-091" or problem["code"].startswith("format."), problem
            assert problem["errors"][0]["pointer"].startswith(pointer), problem


@pytest.mark.parametrize("amount", ["385", "385.0", "385.000000", "0385"])
def test_L12_other_ways_to_write_the_same_digits_are_one_value(software: Software, amount: str) -> None:
    whole, plain = import_json(lrn="SAME"), import_json(lrn="SAME")
    for place in (_total, _price):
        place(whole, amount)
        place(plain, "385.00")
    assert software.lodged(whole)["canonical_sha256"] == parse(orjson.dumps(plain), JSON).message.sha256()
