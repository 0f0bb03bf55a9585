"""Requests and notices in WCO XML at the one address for messages: asked, done, and told."""

from typing import Any

import pytest

from declarations.messages import read_xml
from declarations.models import ChangeRequest, Declaration
from declarations.selectors import declaration_snapshot
from singlewindow.accounts.models import Organisation
from tests.factories import accounts
from tests.factories.cds import DEC
from tests.factories.declarations import import_json, lrn_new
from tests.factories.third_party import Software

pytestmark = pytest.mark.django_db
MESSAGES = "/api/v1/messages"
XML = "application/xml"
STATEMENT = (
    "<AdditionalInformation><StatementDescription>{reason}</StatementDescription>"
    "<StatementTypeCode>AES</StatementTypeCode></AdditionalInformation>"
)
POINTERS = "".join(
    f"<Pointer><SequenceNumeric>{number}</SequenceNumeric><DocumentSectionCode>{section}</DocumentSectionCode>{tag}</Pointer>"
    for section, number, tag in [
        ("42A", 1, ""),
        ("67A", 1, ""),
        ("68A", 2, ""),
        ("23A", 1, ""),
        ("65A", 1, "<TagID>128</TagID>"),
    ]
)
AMENDMENT = f"<Amendment><ChangeReasonCode>28</ChangeReasonCode>{POINTERS}</Amendment>"
MASS = (
    "<GoodsShipment><GovernmentAgencyGoodsItem><SequenceNumeric>2</SequenceNumeric><Commodity><GoodsMeasure>"
    "<NetNetWeightMeasure>89</NetNetWeightMeasure></GoodsMeasure></Commodity></GovernmentAgencyGoodsItem></GoodsShipment>"
)


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


@pytest.fixture
def software(trader: Organisation) -> Software:
    return Software(trader)


def lodged(software: Software) -> dict[str, Any]:
    made = import_json(2, lrn=lrn_new("TAKE"), trader=software.organisation.identifier, presented=False)
    return software.lodged(made)


def request(kind: str, mrn: str, *parts: str, reason: str = "Weighed again on arrival") -> bytes:
    head = f"<FunctionCode>13</FunctionCode><FunctionalReferenceID>REQ-7</FunctionalReferenceID><ID>{mrn}</ID>"
    said = STATEMENT.format(reason=reason) if reason else ""
    return f'<Declaration xmlns="{DEC}">{head}<TypeCode>{kind}</TypeCode>{said}{"".join(parts)}</Declaration>'.encode()


def test_a_correction_amends_the_declaration_that_it_names(software):
    receipt = lodged(software)
    response = software.post(request("COR", receipt["mrn"], AMENDMENT, MASS), content_type=XML, path=MESSAGES)
    assert response.status_code == 201, response.content
    answer = response.json()
    assert (answer["mrn"], answer["number"], answer["state"]) == (receipt["mrn"], "1", "GRANTED")
    assert response["Location"].endswith(f"/declarations/{receipt['id']}/changes/1")
    after = declaration_snapshot(Declaration.objects.get(mrn=receipt["mrn"]).pk)
    assert after.version == 2
    assert str(after.message.items[1].net_mass_kg) == "89"
    assert after.message.valuation is not None
    kept = ChangeRequest.objects.get()
    assert (kept.reason_code, kept.reason, kept.reference, kept.channel) == (
        "28",
        "Weighed again on arrival",
        "REQ-7",
        "xml",
    )


def test_a_correction_that_breaks_a_rule_changes_nothing_and_names_the_element(software):
    receipt = lodged(software)
    heavy = MASS.replace(">89<", ">999999<")
    response = software.post(request("COR", receipt["mrn"], AMENDMENT, heavy), content_type=XML, path=MESSAGES)
    assert response.status_code == 422
    assert ("DL-023", "/items/1/net_mass_kg") in [
        (error["code"], error["pointer"]) for error in response.json()["errors"]
    ]
    assert Declaration.objects.get().version == 1
    assert not ChangeRequest.objects.exists()


def test_an_invalidation_withdraws_it(software):
    receipt = lodged(software)
    reason = "<Amendment><ChangeReasonCode>1</ChangeReasonCode></Amendment>"
    response = software.post(request("INV", receipt["mrn"], reason), content_type=XML, path=MESSAGES)
    assert response.status_code == 201, response.content
    assert Declaration.objects.get().legal_state == "INVALIDATED"


def test_a_notice_of_presentation_presents_the_goods(software):
    receipt = lodged(software)
    assert receipt["goods_state"] == "EXPECTED"
    response = software.post(request("GPR", receipt["mrn"]), content_type=XML, path=MESSAGES)
    assert response.status_code == 200, response.content
    assert response.json()["goods_state"] == "PRESENTED"
    assert software.post(request("GPR", receipt["mrn"]), content_type=XML, path=MESSAGES).status_code == 409


@pytest.mark.parametrize("kind", ["COR", "INV", "GPR"])
def test_a_stranger_and_a_number_that_nobody_has_get_the_same_answer(software, kind):
    receipt = lodged(software)
    parts = (AMENDMENT, MASS) if kind == "COR" else ()
    stranger = Software(accounts.organisation())
    for sender, mrn in ((stranger, receipt["mrn"]), (software, "26ZZ9999990000000M")):
        response = sender.post(request(kind, mrn, *parts), content_type=XML, path=MESSAGES)
        assert response.status_code == 404, response.content
    assert Declaration.objects.get().version == 1


def test_at_the_address_of_declarations_a_request_is_told_where_it_belongs(software):
    response = software.post(request("INV", "26ZZ9999990000000M"), content_type=XML)
    assert response.status_code == 422
    assert response.json()["code"] == "format.unsupported"
    assert "/api/v1/messages" in response.json()["detail"]


def test_a_declaration_is_read_as_XML_by_who_accepts_that_first(software):
    receipt = lodged(software)
    address = f"/api/v1/declarations/{receipt['id']}"
    response = software.get(address, Accept="application/xml, application/json;q=0.5")
    assert (response.status_code, response["Content-Type"]) == (200, XML)
    assert "Accept" in response["Vary"].split(", ")
    assert read_xml(response.content)[0].sha256() == receipt["canonical_sha256"]
    again = software.get(address, **{"Accept": XML, "If-None-Match": response["ETag"]})
    assert again.status_code == 304
    for other in ("", "application/json", "*/*", "text/html,application/xml"):
        assert software.get(address, Accept=other)["Content-Type"] == "application/json"
    assert Software(accounts.organisation()).get(address, Accept=XML).status_code == 404
