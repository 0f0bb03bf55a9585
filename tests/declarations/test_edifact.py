"""CUSDEC says what the canonical form says, both ways, in each directory; what is refused is named with its place."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings

from declarations.messages import FieldsRefused, parse
from declarations.messages.edifact import DIRECTORIES, SegmentsRefused, cusdec_read
from declarations.messages.edifact.paths import coded_write, leaf_kind
from declarations.messages.edifact.reading import Reading
from declarations.schemas import DeclarationMessage
from singlewindow.kernel.edifact import EdifactMessage, Separators, interchange_read
from singlewindow.kernel.errors import Violation
from singlewindow.messaging.kinds import MessageUnsupported
from tests.factories.cds import declaration_xml, plain_for_xml
from tests.factories.declarations import export_message, import_json, import_message
from tests.factories.edifact import interchange
from tests.factories.messages import full_message, messages

ODD = Separators("|", "^", ",", "\\", " ", "~")


def only_message(body: bytes) -> EdifactMessage:
    found = interchange_read(body)
    assert found.faults == ()
    (message,) = found.messages
    assert message.faults == ()
    return message


def back(message: DeclarationMessage, release: str, **options: Any) -> DeclarationMessage:
    """The declaration after its way to bytes and back."""
    return cusdec_read(only_message(interchange(message, release=release, **options))).message


def refused(body: bytes) -> list[Violation]:
    with pytest.raises(SegmentsRefused) as raised:
        cusdec_read(only_message(body))
    return list(raised.value.violations)


@pytest.mark.parametrize("release", DIRECTORIES)
def test_canonical_to_cusdec_and_back_is_the_identity(release: str) -> None:
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @example(message=full_message())
    @example(message=full_message(text=lambda limit: ("?:+' é" * 100)[:limit].strip().ljust(1, "x")))
    @example(message=full_message(text=lambda limit: ("ab  c " * 100)[:limit].strip()))
    @example(message=full_message(text=lambda limit: "中" * limit))
    @given(message=messages())
    def held(message: DeclarationMessage) -> None:
        assert back(message, release).canonical_bytes() == message.canonical_bytes()

    held()


@pytest.mark.parametrize("release", DIRECTORIES)
def test_with_other_separators_it_is_the_identity_too(release: str) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(message=messages())
    def held(message: DeclarationMessage) -> None:
        assert back(message, release, una=ODD).sha256() == message.sha256()

    held()


@pytest.mark.parametrize("release", DIRECTORIES)
def test_999_items_come_back(release: str) -> None:
    message = import_message(999)
    assert back(message, release) == message


def test_F15_json_xml_and_edifact_of_equal_content_have_one_hash() -> None:
    plain = plain_for_xml(import_json(3))
    plain = {key: value for key, value in plain.items() if value is not None}
    message = DeclarationMessage.model_validate(plain)
    from_xml = parse(declaration_xml(plain), "application/xml").message
    hashes = {message.sha256(), from_xml.sha256()} | {back(message, release).sha256() for release in DIRECTORIES}
    assert len(hashes) == 1


def test_F15_the_same_fault_is_the_same_finding_with_a_segment_for_its_source() -> None:
    message = import_message(2)
    broken = message.items[1].model_copy(update={"commodity_code": "85167", "origin": "CHN"})
    wrong = message.model_copy(update={"items": (message.items[0], broken)})
    in_edifact = refused(interchange(wrong))
    plain = wrong.canonical()
    with pytest.raises(FieldsRefused) as raised:
        parse(orjson.dumps(plain), "application/json")
    in_json = raised.value.violations
    told = [(one.rule, one.pointer, one.message, one.remedy, one.value) for one in in_json]
    assert [(one.rule, one.pointer, one.message, one.remedy, one.value) for one in in_edifact] == told
    assert len(told) == 2
    places = [one.source.split(" ", 4) for one in in_edifact]
    assert [place[:3] for place in places] == [["UNH", "1", "segment"]] * 2
    assert {place[4] for place in places} == {"CST element 2.1", "LOC element 2.1"}


def test_the_source_of_a_missing_field_is_the_segment_around_it() -> None:
    body = interchange(import_message(1)).replace(b"+4000:CPC:ZZZ", b"+")
    (one,) = refused(body)
    assert (one.rule, one.pointer) == ("format.missing", "/items/0/procedure")
    assert one.source.endswith(" CST")


def test_the_public_sample_is_read_for_what_it_says(shared_inputs: Path) -> None:
    message = only_message((shared_inputs / "edifact" / "au-customs" / "CUSDEC.edi").read_bytes())
    assert {(one.rule, one.pointer) for one in refused_of(message)} == {
        ("format.missing", "/declarant"),
        ("format.missing", "/items/0/procedure"),
    }
    values = Reading(message).read()
    others = values.pop("other_elements")
    assert values == {
        "type_code": "EXD",
        "lrn": "200401270001",
        "transport": {"loading_location": "AUMEL"},
        "destination_country": "US",
        "warehouse": {"id": "ABC123"},
        "consignee": {"name": "DHL", "address": {"city": "MELBOURNE"}},
        "items": [
            {"number": 1, "description": "GOODS DESCRIPTION", "commodity_code": "03026200", "origin": "US"},
        ],
        "total_packages": 25,
    }
    kept = {one["value"] for one in others}
    assert {"LOC+12+USLAX::6", "MOA+63:5000:AUD", "TDT+20+++11", "GIS+N:79:95", "RFF+EP:PIF9999999"} <= kept
    assert {one["path"] for one in others} >= {"Header/LOC[1]", "Item[1]/MEA[2]", "Item[1]/CST[1]"}


def refused_of(message: EdifactMessage) -> list[Violation]:
    with pytest.raises(SegmentsRefused) as raised:
        cusdec_read(message)
    return list(raised.value.violations)


def test_what_has_no_field_is_kept_and_comes_back() -> None:
    body = interchange(import_message(1))
    count = int(body[body.index(b"UNT+") + 4 :].split(b"+")[0])
    body = body.replace(b"UNS+D", b"NAD+ZZ+X?'Y\nUNS+D").replace(b"UNT+%d" % count, b"UNT+%d" % (count + 1))
    body = body.replace(b"NAD+ZZ+X?'Y\n", b"NAD+ZZ+X?'Y'\n")
    message = cusdec_read(only_message(body)).message
    assert [(one.path, one.value) for one in message.other_elements] == [("Header/NAD[1]", "NAD+ZZ+X?'Y")]
    assert back(message, "96B") == message


@pytest.mark.parametrize(
    ("sent", "twice"),
    [(b"LOC+22+ZZ000101", b"LOC+22+ZZ000201"), (b"MOA+39:1345:EUR", b"MOA+39:1:USD"), (b"TOD+++FOB", b"TOD+++CIF")],
)
def test_of_a_field_that_stands_twice_the_first_counts_and_the_other_is_kept(sent: bytes, twice: bytes) -> None:
    once = interchange(import_message(2, lrn="TWICE"))
    count = int(once[once.index(b"UNT+") + 4 :].split(b"+")[0])
    body = once.replace(sent, sent + b"'\n" + twice).replace(b"UNT+%d" % count, b"UNT+%d" % (count + 1))
    message = cusdec_read(only_message(body)).message
    assert [one.value for one in message.other_elements] == [twice.decode()]
    assert message.model_copy(update={"other_elements": ()}) == cusdec_read(only_message(once)).message


@pytest.mark.parametrize("function", ["1", "4", "5", "13", "31"])
def test_a_message_about_an_earlier_declaration_is_declined_by_name(function: str) -> None:
    message = only_message(interchange().replace(b"+9'\nLOC", f"+{function}'\nLOC".encode()))
    with pytest.raises(MessageUnsupported, match="CUSDEC:D:99B, function"):
        cusdec_read(message)


@pytest.mark.parametrize(("function", "rule"), [("", "format.missing"), ("77", "format.value")])
def test_the_function_must_be_said(function: str, rule: str) -> None:
    (one,) = refused(interchange().replace(b"+9'\nLOC", f"+{function}'\nLOC".encode()))
    assert (one.rule, one.source) == (rule, "UNH 1 segment 2 BGM element 3")


@pytest.mark.parametrize("identifier", [b"CUSDEC:D:00B", b"CUSDEC:D:25A", b"CUSDEC:S:99B", b"CUSDEC:1:911"])
def test_another_directory_is_declined_by_name(identifier: bytes) -> None:
    body = interchange().replace(b"CUSDEC:D:99B", identifier)
    with pytest.raises(MessageUnsupported, match=r"D\.96B, D\.99B, D\.24A"):
        cusdec_read(only_message(body))


@pytest.mark.parametrize(
    ("coded", "rule"),
    [
        (b"nothing/of/this:x", "format.unknown_field"),
        (b"declarant:x", "format.unknown_field"),
        (b"items/0/ucr:x", "format.repeated"),
        (b"guarantees/5/id:x", "format.repeated"),
        (b"lrn:x", "format.repeated"),
        (b"a/b/c/d/e/f/g/h/i/j:x", "format.unknown_field"),
        (b"guarantees/x/id:x", "format.unknown_field"),
    ],
)
def test_a_path_that_names_no_free_field_is_refused(coded: bytes, rule: str) -> None:
    body = interchange(import_message(1)).replace(b"goods_location/country:ZZ", coded)
    if coded.startswith(b"items"):
        assert cusdec_read(only_message(body)).message.items[0].ucr == "x"
        return
    (one,) = refused(body)
    assert one.rule == rule
    assert "FTX element 4.1" in one.source


def test_a_comma_is_a_decimal_mark_too() -> None:
    body = interchange(import_message(1)).replace(b"MOA+64:420:EUR", b"MOA+64:420,50:EUR")
    valuation = cusdec_read(only_message(body)).message.valuation
    assert valuation is not None
    assert valuation.freight is not None
    assert str(valuation.freight.amount) == "420.5"


def test_a_mass_in_another_unit_is_no_mass_in_kilograms() -> None:
    body = interchange(import_message(1)).replace(b"MEA+WT+AAA+KGM:42", b"MEA+WT+AAA+TNE:42")
    message = cusdec_read(only_message(body)).message
    assert message.items[0].net_mass_kg is None
    assert message.other_elements[0].value == "MEA+WT+AAA+TNE:42"


def test_sections_out_of_order_are_named() -> None:
    body = interchange(export_message(1)).replace(b"UNS+D", b"UNS+S")
    assert "format.edifact.order" in {one.rule for one in refused(body)}


def test_the_coded_way_knows_every_field_of_the_schema() -> None:
    values = full_message(1).canonical()
    (item,) = values.pop("items")
    for section, is_item in ((values, False), (item, True)):
        paths = [one.get(4) for one in coded_write(section)]
        assert len(paths) > 50
        assert [path for path in paths if leaf_kind(tuple(path.split("/")), item=is_item) is None] == []
