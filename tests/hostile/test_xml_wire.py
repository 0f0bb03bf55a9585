"""X18 to X20 and the messages of other systems: each is refused for what it is, at both addresses, leaving nothing."""

import gzip

import pytest

from declarations.models import Declaration
from singlewindow.messaging.kinds import INSTEAD, MessageUnsupported
from singlewindow.messaging.services import message_check
from singlewindow.messaging.types import MessageOutcome
from singlewindow.reference.selectors import code_lists_from_files
from tests.factories.third_party import Software
from tests.hostile.xml_corpus import good, instead

pytestmark = pytest.mark.django_db
XML = "application/xml"
ADDRESSES = ("/api/v1/declarations", "/api/v1/messages")
DEC = "urn:wco:datamodel:WCO:DEC-DMS:2"


def refused(software: Software, body: bytes, status: int, code: str = "", **headers: str) -> None:
    for address in ADDRESSES:
        response = software.post(body, content_type=XML, path=address, **headers)
        assert response.status_code == status, response.content
        assert not code or response.json()["code"] == code, response.content
    assert not Declaration.objects.exists()


@pytest.mark.parametrize(
    "more",
    [good().partition(b"?>")[2], b"trailing", b"<x/>", b"\x00", b"\xff", b"<!-- open", b"]]>"],
    ids=["a second declaration", "text", "a second root", "zero byte", "no UTF-8", "an open comment", "CDATA end"],
)
def test_X18_what_follows_the_document_is_refused(software, more):
    refused(software, good() + more, 400)


def test_X18_a_stylesheet_is_dropped_and_comments_after_the_end_too(software):
    dressed = good().replace(b"?>", b'?><?xml-stylesheet href="file:///etc/passwd" type="text/xsl"?>', 1)
    assert software.lodged(dressed + b"\n<!-- end -->\n<?pi x?>\n", XML)["mrn"]
    content = Declaration.objects.get().content
    assert b"stylesheet" not in bytes(content)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (DEC, "urn:wco:datamodel:WCO:DEC-DMS:3"),
        (DEC, "urn:wco:datamodel:WCO:DEC:3"),
        (DEC, "x"),
    ],
)
def test_X19_another_namespace_or_version_is_refused_by_name(software, old, new):
    refused(software, good().replace(old.encode(), new.encode()), 422)


def test_X19_two_million_items_are_too_many_bytes(software):
    flood = instead("</p:GoodsShipment>", "<p:I/>" * 2_000_000 + "</p:GoodsShipment>")
    refused(software, flood, 413)
    small = instead("</p:GoodsShipment>", "<p:Seller/>" * 250_000 + "</p:GoodsShipment>")
    refused(software, small, 400, "xml.too_many_elements")


def test_X20_a_packed_body_is_not_unpacked(software):
    bomb = gzip.compress(b"\x00" * 10_000_000)
    refused(software, bomb, 415, **{"Content-Encoding": "gzip"})
    refused(software, gzip.compress(good()), 415, **{"Content-Encoding": "gzip"})
    for address in ADDRESSES:
        assert software.post(gzip.compress(good()), content_type=XML, path=address).status_code in (400, 422)


FOLDERS = ("ncts-p4-legacy", "ncts-p5", "ubl", "taric3", "hostile-xml", "cds-notifications", "cds-movements")


def test_no_message_of_another_system_is_taken_or_crashes_and_each_is_told_what_it_is(shared_inputs):
    lists = code_lists_from_files()
    seen = 0
    for folder in FOLDERS:
        for path in sorted((shared_inputs / folder).rglob("*.*")):
            verdict = message_check(path.read_bytes(), lists)
            seen += 1
            if folder == "cds-movements":
                continue
            assert verdict.outcome is not MessageOutcome.ACCEPTED, path
            first = verdict.errors[0]
            if verdict.outcome is MessageOutcome.UNSUPPORTED:
                assert first.message.startswith("This is "), path
            else:
                assert first.rule.startswith("format."), path
            if folder in INSTEAD and verdict.format == folder:
                assert first.remedy == INSTEAD[folder], path
    assert seen > 300


def test_the_closed_phase_of_transit_is_named_and_told_what_to_send(shared_inputs, software):
    path = next((shared_inputs / "ncts-p4-legacy").rglob("*.xml"))
    response = software.post(path.read_bytes(), content_type=XML, path="/api/v1/messages")
    assert response.status_code == 422
    problem = response.json()
    assert problem["code"] == MessageUnsupported.code
    assert "former phase 4, which is closed" in problem["detail"]
    assert "phase 5" in problem["errors"][0]["remedy"]
