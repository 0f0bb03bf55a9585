"""Declarations in JSON: what is read, what is refused, and that every fault is named at once."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from declarations.messages import FieldsRefused, message_read, parse, write_json
from declarations.schemas.fields import StrictDecimal, decimal_read
from singlewindow.kernel.errors import FormatRefused, UnsupportedMedia
from tests.factories.declarations import export_json, import_json

JSON = "application/json"


def body_of(**changes: object) -> bytes:
    return json.dumps(import_json(2, lrn="J-1") | changes).encode()


def findings_of(body: bytes) -> list[tuple[str, str]]:
    with pytest.raises(FormatRefused) as refused:
        parse(body, JSON)
    assert refused.value.status == 400
    return [(one.rule, one.pointer) for one in refused.value.violations]


def item_with(**changes: object) -> list[dict[str, object]]:
    first, second = import_json(2)["items"]
    return [first, second | changes]


@pytest.mark.parametrize("made", [import_json(3), export_json(3)], ids=["import", "export"])
def test_what_is_written_reads_back_to_an_equal_message_with_the_same_hash(made):
    first = parse(json.dumps(made).encode(), JSON)
    again = parse(write_json(first.message), JSON)
    assert again.message == first.message
    assert again.message.sha256() == first.message.sha256()
    assert first.format == "json"
    assert first.kind == made["type_code"]


def test_equal_content_has_one_hash_however_it_is_written():
    plain = import_json(1, lrn="SAME", invoice_total={"amount": "385.5", "currency": "EUR"})
    padded = plain | {
        "invoice_total": {"amount": "0385.500000", "currency": "EUR"},
        "issued_at": "2026-03-01T10:30:00+01:00",
    }
    padded |= {"buyer": {}, "seller": None, "guarantees": []}
    plain |= {"issued_at": "2026-03-01T09:30:00Z"}
    first = parse(json.dumps(plain).encode(), JSON)
    second = parse(json.dumps(dict(reversed(padded.items())), indent=3).encode(), JSON)
    assert first.message.sha256() == second.message.sha256()


@pytest.mark.parametrize(
    "amount", ["１２３", "1_000", "1,000", "1e3", "-1", " 5 ", "+5", ".5", "5.", "", "1.1234567", "1" * 16]
)
def test_L12_an_amount_is_plain_digits_with_a_point(amount):
    price = {"amount": amount, "currency": "EUR"}
    assert findings_of(body_of(items=item_with(price=price))) == [("format.decimal", "/items/1/price/amount")]


@pytest.mark.parametrize("amount", [5, 5.5, True, ["5"], {"$gt": ""}])
def test_an_amount_that_is_no_string_is_refused(amount):
    assert findings_of(body_of(invoice_total={"amount": amount, "currency": "EUR"})) == [
        ("format.decimal", "/invoice_total/amount")
    ]


@pytest.mark.parametrize("amount", ["0", "1", "999999999999999.999999", "007", "1.50"])
def test_a_plain_amount_is_read(amount):
    assert parse(body_of(invoice_total={"amount": amount, "currency": "EUR"}), JSON)


@pytest.mark.parametrize("name", ["status", "owner", "duty", "legal_state", "lane"])
def test_J8_an_unknown_field_is_refused(name):
    assert findings_of(body_of(**{name: "RELEASED"})) == [("format.unknown_field", f"/{name}")]


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"items": item_with(number=True)}, ("format.type", "/items/1/number")),
        ({"items": item_with(number="2")}, ("format.type", "/items/1/number")),
        ({"items": item_with(number=0)}, ("format.range", "/items/1/number")),
        ({"items": item_with(number=100_000)}, ("format.range", "/items/1/number")),
        ({"lrn": "x" * 36}, ("format.too_long", "/lrn")),
        ({"lrn": "   "}, ("format.empty", "/lrn")),
        ({"lrn": {"$gt": ""}}, ("format.type", "/lrn")),
        ({"lrn": None}, ("format.missing", "/lrn")),
        ({"declarant": {}}, ("format.missing", "/declarant")),
        ({"type_code": "ima"}, ("format.characters", "/type_code")),
        ({"issued_at": "2026-02-30T10:00:00Z"}, ("format.instant", "/issued_at")),
        ({"issued_at": "2026-02-20T10:00:00"}, ("format.instant", "/issued_at")),
        ({"items": "none"}, ("format.type", "/items")),
        ({"representative": {"status": "friend"}}, ("format.value", "/representative/status")),
        ({"export_country": "China"}, ("format.characters", "/export_country")),
    ],
)
def test_a_field_of_the_wrong_form_is_named_with_its_pointer(changes, finding):
    assert findings_of(body_of(**changes)) == [finding]


def test_every_fault_is_named_at_once_in_the_order_of_the_message():
    items = item_with(commodity_code="12", price={"amount": "1e3", "currency": "eur"}, colour="red")
    assert findings_of(body_of(items=items, lrn="", declarant=None, total_packages=-1)) == [
        ("format.empty", "/lrn"),
        ("format.range", "/total_packages"),
        ("format.missing", "/declarant"),
        ("format.characters", "/items/1/commodity_code"),
        ("format.decimal", "/items/1/price/amount"),
        ("format.characters", "/items/1/price/currency"),
        ("format.unknown_field", "/items/1/colour"),
    ]


def test_a_finding_says_what_to_do_and_shows_the_value_in_quotes():
    with pytest.raises(FieldsRefused) as refused:
        parse(body_of(export_country="<script>"), JSON)
    (finding,) = refused.value.violations
    assert finding.value == '"<script>"'
    assert finding.message == '"<script>" does not have the right form.'
    assert finding.remedy == "Use two capital letters (ISO 3166)."


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"5", b"{}", b'{"data":{"id":"1"}}'])
def test_J9_a_body_that_is_no_declaration_is_refused(body):
    assert len(findings_of(body)) == 1


@pytest.mark.parametrize(
    "content_type", ["text/plain", "", "application/json; charset=utf-16", "application/xml; charset=foo", "text/html"]
)
def test_J10_J11_another_content_type_or_charset_is_refused(content_type):
    with pytest.raises(UnsupportedMedia) as refused:
        parse(body_of(), content_type)
    assert refused.value.status == 415


def test_the_content_type_decides_and_is_not_guessed():
    with pytest.raises(FormatRefused, match="not JSON"):
        parse(b"<a/>", "application/json;charset=utf-8")
    with pytest.raises(FormatRefused, match="not well-formed"):
        parse(body_of(), "application/xml")


def test_J18_text_that_deceives_the_eye_is_kept_in_normal_form_and_pointed_out():
    exporter = {"name": "Evil\u202eliame", "address": {"line": "Cafe\u0301 1", "city": "p\u0430ypal", "country": "CN"}}
    for body in (
        json.dumps(import_json(1, exporter=exporter)).encode(),
        json.dumps(import_json(1, exporter=exporter), ensure_ascii=False).encode(),
    ):
        parsed = parse(body, JSON)
        assert [(one.rule, one.pointer) for one in parsed.warnings] == [
            ("DL-TXT", "/exporter/name"),
            ("DL-TXT", "/exporter/address/city"),
        ]
        assert parsed.message.exporter is not None
        assert parsed.message.exporter.address is not None
        assert parsed.message.exporter.address.line == "Café 1"


@pytest.mark.parametrize("name", ["Café Müller", "山田商事", "ООО Ромашка", "شركة النيل", "Ωμέγα AE", "O’Neill & Søn"])
def test_honest_names_of_any_script_are_not_pointed_out(name):
    assert parse(json.dumps(import_json(1, exporter={"name": name})).encode(), JSON).warnings == ()


def test_J19_text_that_looks_like_code_is_text():
    name = "<script>{{7*7}}${jndi:ldap://x}'; DROP TABLE x;--"
    message = message_read(import_json(1, exporter={"name": name}))
    assert message.exporter is not None
    assert message.exporter.name == name


def test_what_a_form_leaves_empty_counts_as_not_given():
    made = import_json(1, lrn="FORM-1")
    padded = made | {
        "seller": {"id": "", "address": {"line": ""}},
        "ucr": "",
        "guarantees": [{"id": None}],
        "buyer": {},
    }
    assert message_read(padded) == message_read(made)
    assert message_read(padded).sha256() == message_read(made).sha256()
    with pytest.raises(FieldsRefused) as refused:
        message_read(made | {"lrn": "", "declarant": {"id": ""}})
    assert [(one.rule, one.pointer) for one in refused.value.violations] == [
        ("format.missing", "/lrn"),
        ("format.missing", "/declarant"),
    ]


_DECIMALS = st.from_regex(r"[0-9]{0,16}[.]?[0-9]{0,7}\n?", fullmatch=True) | st.decimals(0, 10**6, places=3)


@given(_DECIMALS | st.text(max_size=8) | st.integers() | st.none())
def test_a_decimal_is_the_same_with_and_without_the_short_way(value):
    reader = TypeAdapter(StrictDecimal)
    try:
        wanted = str(decimal_read(value))
    except PydanticCustomError:
        with pytest.raises(ValidationError) as refused:
            reader.validate_python(value)
        assert [one["type"] for one in refused.value.errors()] == ["decimal_form"]
    else:
        assert str(reader.validate_python(value)) == wanted
