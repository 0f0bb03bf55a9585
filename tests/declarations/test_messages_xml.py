"""Declarations in XML: the same content gives the same message, and the same fault the same finding, as in JSON."""

import json
import re

import pytest

from declarations.messages import MessageUnsupported, Parsed, parse
from singlewindow.kernel.errors import DomainError, FormatRefused
from tests.factories.cds import DEC, declaration_xml, plain_for_xml
from tests.factories.declarations import export_json, import_json
from tests.factories.effort import processor_seconds_under

XML, JSON = "application/xml", "application/json"


def message(items: int = 2, **changes: object) -> dict:
    return plain_for_xml(import_json(items, lrn="X-1", **changes))


def as_json(made: dict) -> Parsed:
    return parse(json.dumps(made).encode(), JSON)


def refusal_of(body: bytes) -> DomainError:
    with pytest.raises(FormatRefused) as refused:
        parse(body, XML)
    return refused.value


def findings_of(body: bytes) -> list[tuple[str, str]]:
    refused = refusal_of(body)
    assert refused.status == 422
    return [(one.rule, one.pointer) for one in refused.violations]


@pytest.mark.parametrize("wrapped", ["bare", "metadata", "request"])
@pytest.mark.parametrize(
    "made",
    [
        message(3),
        message(1, representative={"id": "ZZBRK0001", "status": "direct"}, ucr="6ZZ123"),
        plain_for_xml(export_json(2, lrn="X-2")),
    ],
    ids=["import", "with a representative", "export"],
)
def test_XML_and_JSON_of_equal_content_give_one_hash(made, wrapped):
    parsed = parse(declaration_xml(made, wrapped=wrapped), XML)
    assert parsed.message == as_json(made).message
    assert parsed.message.sha256() == as_json(made).message.sha256()
    assert (parsed.format, parsed.kind) == ("cds-dec", made["type_code"])


def test_prefixes_layout_comments_and_instructions_do_not_matter():
    body = declaration_xml(message())
    dressed = body.replace(b"<p:", b"\n\t<p:").replace(b"p:", b"any:").replace(b"xmlns:p=", b"xmlns:any=")
    dressed = dressed.replace(b"</any:", b"<!-- note --><?pi x?></any:")
    assert parse(dressed, XML).message == parse(body, XML).message


def test_X13_a_comment_inside_a_code_does_not_cut_it():
    body = declaration_xml(message(1)).replace(b">85167100<", b">8516<!-- x -->7100<")
    assert parse(body, XML).message.items[0].commodity_code == "8516710000"


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"lrn": "x" * 36}, ("format.too_long", "/lrn")),
        ({"type_code": "XX1"}, ("DL-091", "/type_code")),
        ({"export_country": "cn"}, ("DL-091", "/export_country")),
        ({"invoice_total": {"amount": "1e3", "currency": "EUR"}}, ("format.decimal", "/invoice_total/amount")),
        ({"total_gross_mass_kg": "-1"}, ("DL-091", "/total_gross_mass_kg")),
        ({"goods_location": {"type": "A-long", "name": "x"}}, ("format.characters", "/goods_location/type")),
    ],
)
def test_the_same_fault_earns_the_same_finding_in_XML_and_in_JSON(change, finding):
    """Where the schema of the XML message allows what the canonical form does not, XML names the rule instead."""
    made = message(1) | change
    with pytest.raises(FormatRefused) as in_json:
        as_json(made)
    in_xml = refusal_of(declaration_xml(made))
    assert [one.pointer for one in in_json.value.violations] == [finding[1]]
    assert finding[0] in {"DL-091", *(one.rule for one in in_json.value.violations)}
    assert [one.message for one in in_xml.violations] == [one.message for one in in_json.value.violations]
    assert findings_of(declaration_xml(made)) == [finding]
    assert in_xml.violations[0].source.startswith("/Declaration/")


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ("<p:Declarant>.*?</p:Declarant>", "", ("DL-090", "/declarant")),
        ("<p:Destination>", "<p:Colour>red</p:Colour><p:Destination>", ("format.unknown_element", "")),
        ("<p:SequenceNumeric>1</p:SequenceNumeric><p:Add", "<p:Add", ("format.missing", "/items/0/number")),
        ("(<p:Origin>.*?</p:Origin>)(.*?)(<p:Packaging>.*?</p:Packaging>)", r"\3\2\1", ("format.order", "/items/0")),
        ("(<p:Description>.*?</p:Description>)", r"\1\1", ("format.repeated", "/items/0")),
        ("<p:CityName>.*?</p:CityName>", "<p:CityName> </p:CityName>", ("format.empty", "/exporter/address/city")),
        ('currencyID="EUR"', "", ("DL-090", "/invoice_total/currency")),
        ('unitCode="KGM"', 'unitCode="LBR"', ("DL-091", "/items/0/gross_mass_kg")),
        ("<p:ID>85167100</p:ID>", "<p:ID>8516710</p:ID>", ("DL-091", "/items/0/commodity_code")),
        ("<p:Seal><p:SequenceNumeric>1</p:SequenceNumeric>", "<p:Seal>", ("format.missing", "/equipment/0/seals")),
        ("<p:GoodsItemQuantity>1<", "<p:GoodsItemQuantity>1.5<", ("format.type", "/item_count")),
        ("<p:FunctionCode>9</p:FunctionCode>", "<p:FunctionCode>7</p:FunctionCode>", ("format.value", "")),
        ("<p:FunctionCode>9</p:FunctionCode>", "", ("format.missing", "")),
        ("<p:TypeCode>IMA<", '<p:TypeCode colour="red">IMA<', ("format.unknown_attribute", "")),
        ("<p:Declarant>", "junk<p:Declarant>", ("format.unexpected_text", "")),
    ],
)
def test_a_fault_of_structure_is_found_with_its_pointer_and_its_path(old, new, finding):
    body = re.sub(old, new, declaration_xml(message(1)).decode(), count=1, flags=re.DOTALL).encode()
    assert findings_of(body) == [finding]
    assert refusal_of(body).violations[0].source.startswith("/Declaration")


def test_every_fault_is_named_at_once_with_the_item_that_has_it():
    made = message(2)
    made["items"][1] |= {"commodity_code": "1234567", "price": {"amount": "x", "currency": "EUR"}}
    refused = refusal_of(declaration_xml(made | {"lrn": "y" * 40}))
    assert [(one.rule, one.pointer) for one in refused.violations] == [
        ("format.too_long", "/lrn"),
        ("DL-091", "/items/1/commodity_code"),
        ("format.decimal", "/items/1/price/amount"),
    ]
    assert refused.violations[2].source.endswith("GovernmentAgencyGoodsItem[2]/Commodity/InvoiceLine/ItemChargeAmount")


def test_elements_without_a_field_of_their_own_are_kept_as_they_came():
    surety = "<p:Surety><p:Name>Kito Bank</p:Name></p:Surety><p:TradeTerms>"
    body = declaration_xml(message(1)).decode().replace("<p:TradeTerms>", surety).encode()
    (kept,) = parse(body, XML).message.other_elements
    assert (kept.path, kept.value) == ("GoodsShipment/Surety/Name", "Kito Bank")
    assert parse(parse(body, XML).message.canonical_bytes(), JSON).message == parse(body, XML).message


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("20260301", "2026-03-01T00:00:00Z"),
        ("20260301093000Z", "2026-03-01T09:30:00Z"),
        ("20260301003000+01", "2026-02-28T23:30:00Z"),
    ],
)
def test_dates_are_read_into_one_instant(written, read):
    when = f'<p:IssueDateTime><d:DateTimeString xmlns:d="{DEC.replace("DEC-", "Declaration_DS:")}" formatCode="304">'
    when += f"{written}</d:DateTimeString></p:IssueDateTime><p:TypeCode>IMA"
    body = declaration_xml(message(1)).decode().replace("<p:TypeCode>IMA", when).encode()
    assert parse(body, XML).message.canonical()["issued_at"] == read


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (
            declaration_xml(message(1)).replace(DEC.encode(), b"urn:wco:datamodel:WCO:DEC-DMS:9"),
            "format.unknown_namespace",
        ),
        (declaration_xml(message(1)).replace(b">3.6<", b">2.0<"), "format.unknown_version"),
        (declaration_xml(message(1)).replace(b"m:WCOTypeName", b"m:WCOColour"), "format.unknown_element"),
        (declaration_xml(message(1), wrapped="request").replace(b"requestDetail", b"requestTail"), "format.missing"),
    ],
)
def test_X19_an_unknown_wrapper_namespace_or_version_is_refused(body, code):
    assert refusal_of(body).code == code


def test_X7_an_inclusion_is_an_unknown_element():
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/><p:Declarant>'
    body = declaration_xml(message(1)).decode().replace("<p:Declarant>", include).encode()
    assert ("format.unknown_element", "") in findings_of(body)


def test_X8_a_schema_location_is_ignored():
    location = (
        b'<p:Declaration xmlns:s="http://www.w3.org/2001/XMLSchema-instance" s:schemaLocation="a http://192.0.2.1/x" '
    )
    assert parse(declaration_xml(message(1)).replace(b"<p:Declaration ", location), XML)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ((">9<", ">13<"), "function code 13"),
        ((">IMA<", ">COR<"), "request to correct"),
        ((">IMA<", ">INV<"), "request to invalidate"),
        ((">IMA<", ">GPR<"), "goods were presented"),
        ((">9<", ">14<"), "function code 14"),
    ],
)
def test_a_message_about_an_earlier_declaration_is_declined_by_name(change, words):
    body = declaration_xml(message(1)).decode().replace(*change).encode()
    with pytest.raises(MessageUnsupported, match=words):
        parse(body, XML)


@pytest.mark.parametrize(
    ("body", "format", "kind"),
    [
        (b'<n:CC015C xmlns:n="http://ncts.dgtaxud.ec"/>', "ncts-p5", "CC015C"),
        (b"<CC015B/>", "ncts-p4-legacy", "CC015B"),
        (b'<ie:CC315A xmlns:ie="http://ics.dgtaxud.ec/CC315A"/>', "ens-ics", "CC315A"),
        (b'<i:queryRequest xmlns:i="http://gov.uk/customs/inventoryLinking/v1"/>', "cds-movements", "queryRequest"),
        (b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>', "ubl", "Invoice"),
        (b"<MetaData><Response/></MetaData>", "cds-notifications", "Response"),
        (b"<html/>", "xml", "html"),
    ],
)
def test_another_message_is_declined_by_its_name(body, format, kind):
    with pytest.raises(MessageUnsupported) as declined:
        parse(body, XML)
    assert (declined.value.kind.format, declined.value.kind.kind) == (format, kind)
    assert declined.value.status == 422


def test_X19_items_without_end_are_bounded():
    empty = b"<p:GovernmentAgencyGoodsItem/>" * 150_000
    end = b"</p:GovernmentAgencyGoodsItem>"
    with processor_seconds_under(5):
        refused = refusal_of(declaration_xml(message(1)).replace(end, end + empty))
    assert 0 < len(refused.violations) <= 2 * 200
    assert "format.too_many" in {one.rule for one in refused.violations}


def test_a_fault_in_the_last_of_999_items_is_explained_in_bounded_time():
    made = message(999)
    made["items"][998] |= {"commodity_code": "1"}
    with processor_seconds_under(5):
        refused = refusal_of(declaration_xml(made))
    assert refused.violations[0].source.endswith("GovernmentAgencyGoodsItem[999]/Commodity/Classification")


def test_a_value_that_holds_an_element_is_refused():
    body = declaration_xml(message(1)).decode().replace(">9074729<", ">9074729<p:Name/><", 1).encode()
    assert ("format.unexpected_element", "/transport") in findings_of(body)
