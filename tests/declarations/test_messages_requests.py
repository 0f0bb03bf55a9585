"""Requests and notices about an earlier declaration in WCO XML: read, and their pointers turned into changes."""

import pytest
from lxml import etree

from declarations.messages import StructureRefused, read_xml
from declarations.messages.cds.requests import ChangeRequest, is_request, request_read
from declarations.schemas import ChangeKind, DeclarationMessage, PresentationMessage
from singlewindow.kernel import safe_xml
from singlewindow.messaging.services import message_check
from singlewindow.messaging.types import MessageOutcome
from singlewindow.reference.selectors import code_lists_from_files
from tests.factories.cds import DEC
from tests.factories.declarations import import_json

MRN = "26ZZ0001010000001M"


def el(name: str, *inside: str) -> str:
    return f"<{name}>{''.join(inside)}</{name}>"


def pointer(section: str, number: int = 1, tag: str = "") -> str:
    return el(
        "Pointer",
        el("SequenceNumeric", str(number)),
        el("DocumentSectionCode", section),
        el("TagID", tag) if tag else "",
    )


def amendment(*way: str, reason: str = "32") -> str:
    """An amendment by the pointers of its way, or by the tag of an element of the header."""
    tag = "" if way[0].startswith("<") else way[0]
    return el("Amendment", el("ChangeReasonCode", reason), pointer("42A", 1, tag), *(() if tag else way))


def item(number: int, *inside: str) -> str:
    return el("GoodsShipment", el("GovernmentAgencyGoodsItem", el("SequenceNumeric", str(number)), *inside))


def request(*parts: str, kind: str = "COR", mrn: str = MRN, header: str = "") -> etree._Element:
    statement = el(
        "AdditionalInformation",
        el("StatementDescription", "Weighed again"),
        el("StatementTypeCode", "AES"),
        pointer("42A"),
        pointer("06A"),
    )
    own = (
        el("FunctionCode", "13")
        + el("FunctionalReferenceID", "REQ-1")
        + (el("ID", mrn) if mrn else "")
        + el("TypeCode", kind)
    )
    return safe_xml.parse(f'<Declaration xmlns="{DEC}">{own}{header}{statement}{"".join(parts)}</Declaration>'.encode())


def current(items: int = 3) -> DeclarationMessage:
    return DeclarationMessage.model_validate(import_json(items, lrn="REQ"))


def asked(root: etree._Element) -> ChangeRequest:
    assert is_request(root)
    read = request_read(root)
    assert isinstance(read, ChangeRequest)
    return read


def operations(root: etree._Element, items: int = 3) -> list[tuple[str, str, object]]:
    return [(one.op, one.pointer, one.value) for one in asked(root).on(current(items)).operations]


ITEM_WAY = (pointer("67A"), pointer("68A", 2))


def test_a_changed_mass_is_one_operation_with_its_pointer():
    measure = el("Commodity", el("GoodsMeasure", el("NetNetWeightMeasure", "89")))
    root = request(amendment(*ITEM_WAY, pointer("23A"), pointer("65A", 1, "128"), reason="28"), item(2, measure))
    assert operations(root) == [("set", "/items/1/net_mass_kg", "89")]
    message = asked(root).message
    assert (message.kind, message.mrn, message.reference) == (ChangeKind.AMEND, MRN, "REQ-1")
    assert (message.reason_code, message.statement) == ("28", "Weighed again")


def test_an_element_of_the_header_is_changed_and_one_that_is_not_sent_is_taken_away():
    root = request(amendment("146"), amendment("131"), header=el("TotalPackageQuantity", "53"))
    assert operations(root) == [("set", "/total_packages", 53), ("remove", "/total_gross_mass_kg", None)]


def test_an_item_is_added_with_all_that_it_holds():
    procedure = el("GovernmentProcedure", el("CurrentCode", "40"), el("PreviousCode", "00"))
    root = request(
        amendment(pointer("67A"), pointer("68A", 4)), item(4, el("Commodity", el("Description", "Cups")), procedure)
    )
    ((kind, where, value),) = operations(root)
    assert (kind, where) == ("add", "/items/3")
    assert value == {"number": 4, "description": "Cups", "procedure": "4000"}


def test_an_item_is_removed_and_those_behind_it_are_numbered_anew():
    made = asked(request(amendment(*ITEM_WAY))).applied_to(current(3))
    assert [one.number for one in made.items] == [1, 2]
    assert [one.description for one in made.items] == [current().items[0].description, current().items[2].description]


def test_lines_without_numbers_are_found_by_their_place():
    second = el(
        "AdditionalDocument",
        el("CategoryCode", "N"),
        el("ID", "NEW"),
        el("TypeCode", "935"),
        el("LPCOExemptionCode", "EE"),
    )
    root = request(amendment(*ITEM_WAY, pointer("02A", 1, "360")), item(2, second))
    assert operations(root) == [("set", "/items/1/documents/0/status", "EE")]
    root = request(amendment(*ITEM_WAY, pointer("02A", 2)), item(2, second))
    ((kind, where, _),) = operations(root)
    assert (kind, where) == ("add", "/items/1/documents/1")
    assert operations(request(amendment(*ITEM_WAY, pointer("02A", 1)))) == [("remove", "/items/1/documents", None)]


def test_what_the_message_has_no_element_for_stays_as_it_was():
    made = asked(request(amendment("146"), header=el("TotalPackageQuantity", "53"))).applied_to(current())
    assert made == current().model_copy(update={"total_packages": 53})
    assert made.valuation is not None
    assert made.valuation.insurance is not None


def test_an_invalidation_says_why_and_changes_nothing():
    read = asked(request(el("Amendment", el("ChangeReasonCode", "1")), kind="INV"))
    assert read.message.kind is ChangeKind.INVALIDATE
    assert (read.message.reason_code, read.on(current()).operations) == ("1", ())


def test_a_notice_of_presentation_names_the_declaration():
    read = request_read(request(kind="GPR"))
    assert isinstance(read, PresentationMessage)
    assert (read.mrn, read.reference) == (MRN, "REQ-1")


@pytest.mark.parametrize(
    ("root", "rule"),
    [
        (request(amendment("999")), "DL-092"),
        (request(amendment(pointer("68A"))), "DL-092"),
        (request(el("Amendment", pointer("67A"))), "DL-092"),
        (request(), "DL-090"),
        (request(amendment("146"), mrn=""), "DL-090"),
        (request(amendment("146"), mrn="short"), "DL-091"),
        (request(kind="IMA"), "DL-091"),
        (request("<Colour/>"), "format.unknown_element"),
    ],
)
def test_what_is_wrong_with_a_request_bears_its_rule(root, rule):
    with pytest.raises(StructureRefused) as refused:
        request_read(root)
    assert refused.value.violations[0].rule == rule


def test_every_public_request_and_notice_is_taken(shared_inputs):
    lists = code_lists_from_files()
    kinds = []
    for path in sorted((shared_inputs / "cds-dec").rglob("*.xml")):
        body = path.read_bytes()
        if b"FunctionCode>13<" in body:
            verdict = message_check(body, lists)
            assert verdict.outcome is MessageOutcome.ACCEPTED, (path, verdict.errors)
            kinds.append(verdict.kind)
    assert {kinds.count(kind) > 1 for kind in ("COR", "INV", "GPR")} == {True}


def test_each_public_correction_changes_the_declaration_that_it_belongs_to(shared_inputs):
    """The samples come in steps; where the first one is at hand the second one's pointers lead somewhere in it."""
    folder = shared_inputs / "cds-dec/TT_Add_Item_Scenario_v1"
    read = asked(safe_xml.parse((folder / "Step2_Amendment.xml").read_bytes()))
    first = _declaration((folder / "Step1_Declaration.xml").read_bytes())
    made = read.applied_to(first)
    assert made.item_count == len(made.items) == len(first.items) + 1 == 3
    assert made.items[2].description == "Hair clippers"


def _declaration(body: bytes) -> DeclarationMessage:
    return read_xml(body)[0]
