"""Inventory linking messages: every public sample is read, its kind told, and what is wrong named."""

import pytest
from lxml import etree

from singlewindow.cargo.messages.movement_schema import MovementKind
from singlewindow.cargo.messages.movements import MovementRefused, movement_read
from singlewindow.kernel import safe_xml
from singlewindow.messaging.kinds import MessageUnsupported
from singlewindow.messaging.services import message_check
from singlewindow.messaging.types import MessageOutcome
from singlewindow.reference.selectors import code_lists_from_files

NS = "http://gov.uk/customs/inventoryLinking/v1"
K = MovementKind


def xml(root: str, inside: str) -> etree._Element:
    return safe_xml.parse(f'<i:{root} xmlns:i="{NS}">{inside}</i:{root}>'.encode())


def el(**values: str) -> str:
    return "".join(f"<i:{name}>{value}</i:{name}>" for name, value in values.items())


def block(ucr: str, kind: str = "D") -> str:
    return el(ucrBlock=el(ucr=ucr, ucrType=kind))


def movement(code: str = "EAL", block: str = block("5GB123456789000-A1"), **more: str) -> etree._Element:
    return xml("inventoryLinkingMovementRequest", el(messageCode=code) + block + el(**more))


def consolidation(inside: str) -> etree._Element:
    return xml("inventoryLinkingConsolidationRequest", inside)


def test_every_public_sample_is_taken_and_its_kind_told(shared_inputs):
    lists = code_lists_from_files()
    kinds = {"EAL", "EAA", "EDL", "CST"}
    files = sorted((shared_inputs / "cds-movements").rglob("*.xml"))
    assert files
    for path in files:
        verdict = message_check(path.read_bytes(), lists)
        assert verdict.outcome is MessageOutcome.ACCEPTED, (path, verdict.errors)
        told = next((kind for kind in kinds if kind in path.name), verdict.kind)
        assert verdict.kind == told


def test_an_arrival_of_a_consignment_says_where_and_when():
    read = movement_read(movement(goodsLocation="ZZAUAMAPORT1", goodsArrivalDateTime="2026-03-01T09:30:00.047+01:00"))
    assert (read.kind, read.ucr, read.mucr, read.location) == (K.ARRIVAL, "5GB123456789000-A1", None, "ZZAUAMAPORT1")
    assert read.canonical()["at"] == "2026-03-01T08:30:00.047000Z"


def test_a_time_without_a_zone_is_UTC_and_a_departure_is_timed_by_its_own_element():
    read = movement_read(movement("EDL", goodsLocation="X", goodsDepartureDateTime=" 2026-03-01T09:30:00\n"))
    assert read.canonical()["at"] == "2026-03-01T09:30:00Z"
    assert read.departs_at is None


def test_a_movement_of_a_consolidation_names_it_as_such():
    read = movement_read(movement("EAA", block("A:85659360832", "M"), goodsLocation="X"))
    assert (read.kind, read.ucr, read.mucr) == (K.ANTICIPATED_ARRIVAL, None, "A:85659360832")


@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        (el(messageCode="EAC", masterUCR="A:85659360832") + block("5GB1234-A"), K.ASSOCIATION),
        (el(messageCode="EAC") + block("5GB1234-A"), K.DISASSOCIATION),
        (el(messageCode="EAC", masterUCR="A:85659360832"), K.CLOSURE),
        (el(messageCode="CST", masterUCR="A:85659360832"), K.CLOSURE),
    ],
)
def test_a_consolidation_is_joined_left_or_shut(inside, kind):
    assert movement_read(consolidation(inside)).kind is kind


@pytest.mark.parametrize(
    ("root", "rule"),
    [
        (movement(), "format.missing"),
        (movement("EAC", goodsLocation="X"), "format.value"),
        (movement(goodsLocation="X", goodsArrivalDateTime="yesterday"), "format.instant"),
        (movement(goodsLocation="X", colour="red"), "format.unknown_element"),
        (movement(movementReference="X", goodsLocation="X"), "format.order"),
        (movement(block=block("no spaces allowed"), goodsLocation="X"), "format.value"),
        (movement(block="", goodsLocation="X"), "format.missing"),
        (movement(goodsLocation=""), "format.empty"),
        (movement(goodsLocation="<i:b/>"), "format.unexpected_element"),
        (movement(goodsLocation="X" * 18), "format.value"),
        (consolidation(el(messageCode="CST")), "format.missing"),
    ],
)
def test_what_is_wrong_is_named_with_its_rule(root, rule):
    with pytest.raises(MovementRefused) as refused:
        movement_read(root)
    assert rule in {one.rule for one in refused.value.violations}


@pytest.mark.parametrize(
    "name", ["inventoryLinkingMovementResponse", "inventoryLinkingControlResponse", "inventoryLinkingQueryRequest"]
)
def test_answers_and_queries_are_declined_by_name(name):
    with pytest.raises(MessageUnsupported) as refused:
        movement_read(xml(name, ""))
    assert name in refused.value.detail
