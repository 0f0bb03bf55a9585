"""Notifications as CUSRES: each is a message of the D.24A directory, segment for segment and element for element."""

from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from singlewindow.kernel.edifact import EdifactMessage, Segment, interchange_read
from singlewindow.kernel.errors import Violation
from singlewindow.notifications.cusres import cusres_write
from singlewindow.notifications.kinds import KINDS
from singlewindow.notifications.refusals import fault_of
from singlewindow.notifications.xml_form import NoMessage
from tests.factories.res_schema import told

SERVICE = {"UNH", "UNT"}
Element = ElementTree.Element


@dataclass(frozen=True, slots=True)
class Directory:
    """The message's table and the segments of a directory, as the pydifact project writes them down."""

    message: Element
    segments: dict[str, Element]

    def follows(self, segments: list[Segment]) -> None:
        """Raise AssertionError at the first segment that the table has no place for."""
        rest = self._group(self.message, segments)
        assert not rest, f"no place for {rest[0]} in the table"
        for one in segments:
            if one.tag not in SERVICE:
                self._elements(one)

    def _group(self, group: Element, rest: list[Segment]) -> list[Segment]:
        for part in group:
            if part.tag == "segment":
                count = 0
                while rest and rest[0].tag == part.get("id") and count < int(part.get("maxrepeat", "1")):
                    rest, count = rest[1:], count + 1
                assert count or part.get("required") != "true", f"{part.get('id')} is missing before {rest[:1]}"
            elif part.tag == "group":
                count = 0
                while rest and rest[0].tag == part[0].get("id") and count < int(part.get("maxrepeat", "1")):
                    rest, count = self._group(part, rest), count + 1
        return rest

    def _elements(self, one: Segment) -> None:
        table = list(self.segments[one.tag])
        assert len(one.elements) <= len(table), one
        for parts, place in zip(one.elements, table, strict=False):
            leaves = [place] if place.tag == "data_element" else list(place)
            assert len(parts) <= len(leaves), (one, place.get("id"))
            for text, leaf in zip(parts, leaves, strict=False):
                assert len(text) <= int(leaf.get("maxlength", "0")), (one.tag, leaf.get("id"), text)
                if leaf.get("type") == "n" and text:
                    float(text)
            if any(parts) and leaves[0].get("required") == "true":
                assert parts[0], (one, place.get("id"))


@pytest.fixture(scope="module")
def directory(shared_inputs: Path) -> Directory:
    data = shared_inputs / "edifact-directories" / "d24a" / "data"
    segments = ElementTree.parse(data / "segments.xml").getroot()
    return Directory(
        ElementTree.parse(data / "messages" / "cusres.xml").getroot(),
        {str(one.get("id")): one for one in segments if one.tag == "segment"},
    )


def read(body: bytes) -> EdifactMessage:
    [message] = interchange_read(body).messages
    return message


def whole(body: bytes) -> list[Segment]:
    message = read(body)
    head, tail = Segment("UNH", (("1",),), 0), Segment("UNT", (("1",),), 0)
    return [head, *(one for one in message.segments if one.tag not in SERVICE), tail]


@pytest.mark.parametrize("type_", sorted(KINDS))
def test_each_notification_is_a_message_of_the_directory(directory: Directory, type_: str) -> None:
    body = cusres_write(told(type_), "ZZIMP0001")
    directory.follows(whole(body))
    message = read(body)
    assert (message.type, message.version, message.release, message.agency) == ("CUSRES", "D", "24A", "UN")
    function = told(type_).function
    assert function is not None
    [own] = [one for one in message.segments if one.tag == "GEI" and len(one.elements[1]) > 1]
    assert own.elements[1][0] == function.value


def test_the_table_refuses_what_is_out_of_place(directory: Directory) -> None:
    segments = whole(cusres_write(told("assessed"), "ZZIMP0001"))
    with pytest.raises(AssertionError):
        directory.follows([segments[0], segments[2], segments[1], *segments[3:]])
    with pytest.raises(AssertionError):
        directory.follows([*segments[:-1], Segment("ERC", (("X",),), 0), segments[-1]])
    with pytest.raises(AssertionError):
        directory.follows([*segments[:2], Segment("DTM", (("1379", "x"),), 0), *segments[2:]])


def test_a_refusal_names_rule_item_pointer_and_remedy(directory: Directory) -> None:
    violation = Violation("DL-024", "/items/4/net_mass_kg", "The net mass is missing.", "Add it.", "")
    rejected = replace(told("rejected") if "rejected" in KINDS else told("refused"), faults=(fault_of(violation),))
    body = cusres_write(rejected, "ZZIMP0001")
    directory.follows(whole(body))
    segments = read(body).segments
    place = next(number for number, one in enumerate(segments) if one.tag == "ERP")
    point, code, words = segments[place : place + 3]
    assert point.elements == (("2", "5"),)
    assert code.elements[0][0] == "DL-024"
    assert words.elements[3] == ("The net mass is missing. Add it.", "/items/4/net_mass_kg", "", "DL-024")


def test_a_tax_liability_lists_each_tax_of_each_item_and_the_total() -> None:
    liability = told("assessed")
    segments = read(cusres_write(liability, "ZZIMP0001")).segments
    total = next(place for place, one in enumerate(segments) if one.tag == "TAX" and one.elements[0] == ("4",))
    assert segments[total + 1].elements[0] == ("9", "384.24", "EUR")
    lines = [one for one in segments if one.tag == "TAX" and one.elements[0] == ("1",)]
    assert [line.elements[1][0] for line in lines] == [tax.type for tax in liability.taxes]


@pytest.mark.parametrize(
    ("type_", "processing", "answer"), [("change.granted", "15", "AP"), ("change.denied", "16", "RE")]
)
def test_a_decided_request_is_approved_or_not(type_: str, processing: str, answer: str) -> None:
    segments = read(cusres_write(told(type_), "ZZIMP0001")).segments
    assert next(one for one in segments if one.tag == "GEI").elements[1] == (processing,)
    assert next(one for one in segments if one.tag == "BGM").elements[3] == (answer,)


def test_the_same_event_always_gives_the_same_bytes_and_another_one_another_reference() -> None:
    one = told("released")
    assert cusres_write(one, "ZZIMP0001") == cusres_write(one, "ZZIMP0001")
    other = told("cleared")
    assert interchange_read(cusres_write(one, "X")).reference != interchange_read(cusres_write(other, "X")).reference


def test_texts_of_strangers_are_released_and_long_ones_cut(directory: Directory) -> None:
    hostile = told("query.sent", question="a'b+c:d?e*" + "ü" * 4_000, consequence="'" * 3_000)
    directory.follows(whole(cusres_write(hostile, "ZZIMP0001")))


def test_an_event_without_a_message_has_no_interchange() -> None:
    silent = replace(told("released"), function=None, silent="Nothing to say.")
    with pytest.raises(NoMessage, match="Nothing to say"):
        cusres_write(silent, "ZZIMP0001")
