"""REST of entry summary declarations, and their answers in XML."""

from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.http import HttpResponse
from django.test import Client
from lxml import etree

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.ens.messages.answers import error_response, success_response
from singlewindow.ens.models import EntrySummary
from singlewindow.ens.openapi import ENTRY_EXAMPLE
from singlewindow.ens.services import entry_assess
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Violation
from singlewindow.messaging.services import message_check
from singlewindow.messaging.types import MessageOutcome
from singlewindow.reference.selectors import code_lists_from_files
from tests.factories import accounts
from tests.factories.ens import amendment_xml, entry_values, entry_xml, shared

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/entry-summaries"


@pytest.fixture
def broker() -> Organisation:
    return accounts.organisation(identifier="ZZBRK0001")


@pytest.fixture
def token(broker: Organisation) -> str:
    return accounts.token(of=broker, scopes="entries", role=Role.BROKER)


def post(
    body: bytes, token: str, *, to: str = ROOT, media: str = "application/xml", key: str = "", **headers: str
) -> HttpResponse:
    return Client().post(
        to,
        body,
        content_type=media,
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key or str(uuid4()), **headers},
    )


def get(address: str, token: str, **headers: str) -> HttpResponse:
    return Client().get(address, headers={"Authorization": f"Bearer {token}", **headers})


def assessed(entry_id: str, version: int = 1) -> None:
    with unit_of_work() as work:
        entry_assess(work, entry_id, version=version, actor=system_actor("ens"))


def test_CC315A_in_XML_and_the_same_in_JSON_have_the_same_hash(token: str) -> None:
    first = post(entry_xml(), token)
    assert first.status_code == 201, first.content
    values = {"kind": "CC315A", **entry_values(header__lrn="ENS-0001")}
    second = post(orjson.dumps(values), token, media="application/json")
    assert second.status_code == 409
    assert second.json()["code"] == "duplicate_lrn"
    assert first.json()["mrn"] in second.json()["detail"]
    other = accounts.token(of=accounts.organisation(), scopes="entries", role=Role.CARRIER)
    values["lodger"]["id"] = "ZZNOBODY1"
    third = post(orjson.dumps(values), other, media="application/json").json()
    fourth = EntrySummary.objects.get(pk=third["id"])
    assert fourth.content_sha256 == third["canonical_sha256"] != first.json()["canonical_sha256"]
    checked = message_check(entry_xml(), code_lists_from_files())
    assert checked.canonical_sha256 == first.json()["canonical_sha256"]


def test_the_example_of_the_description_is_taken(token: str) -> None:
    response = post(orjson.dumps(ENTRY_EXAMPLE), token, media="application/json")
    assert response.status_code == 201, response.content
    assert response["Location"] == f"{ROOT}/{response.json()['id']}"


def test_the_same_key_and_body_give_the_same_answer_and_one_declaration(token: str) -> None:
    first, again = (post(entry_xml(), token, key="k1") for _ in range(2))
    assert first.content == again.content
    assert again["Idempotent-Replayed"] == "true"
    assert EntrySummary.objects.count() == 1
    assert post(entry_xml(header__lrn="X"), token, key="k1").json()["code"] == "idempotency.key_reused"


def test_any_message_may_come_by_the_one_door_of_all_formats(token: str) -> None:
    response = post(entry_xml(), token, to="/api/v1/messages")
    assert response.status_code == 201, response.content
    again = post(entry_xml(), token, to="/api/v1/messages")
    assert again.status_code == 409
    assert again.json()["code"] == "duplicate_lrn"


def test_every_finding_comes_at_once_with_pointer_and_path(token: str) -> None:
    problem = post(entry_xml(header__item_count="2", consignee=None), token).json()
    assert [(one["code"], one["pointer"], one["source"]) for one in problem["errors"]] == [
        ("EN-8206", "/header/item_count", "/CC315A/HEAHEA/TotNumOfIteHEA305"),
        ("EN-8623", "/items/0/consignee", "/CC315A/GOOITEGDS[1]/TRACONCE2"),
    ]


@pytest.mark.parametrize(
    ("values", "rule", "pointer"),
    [
        ([], "format.type", "/kind"),
        ({"kind": "CC328A"}, "format.type", "/kind"),
        ({"kind": "CC315A", "unheard": "1"}, "format.unknown_field", "/unheard"),
        ({"kind": "CC315A", "items": {"a": "1"}}, "format.type", "/items"),
        ({"kind": "CC315A", "items": ["x"]}, "format.type", "/items"),
        ({"kind": "CC315A", "header": "x"}, "format.type", "/header"),
        ({"kind": "CC315A", "sender": 1}, "format.type", "/sender"),
        ({"kind": "CC315A", "sender": "\uffff"}, "format.type", "/sender"),
        ({"kind": "CC315A", "header": {"lrn": "x" * 23}}, "format.value", "/header/lrn"),
        ({"kind": "CC315A"}, "format.missing", "/items"),
    ],
)
def test_wrong_JSON_is_refused_by_field(token: str, values: Any, rule: str, pointer: str) -> None:
    response = post(orjson.dumps(values), token, media="application/json")
    assert response.status_code == 422
    assert (rule, pointer) in {(one["code"], one["pointer"]) for one in response.json()["errors"]}


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"<a", 400), (b" ", 400), (b"<x/>", 422), (b'<!DOCTYPE x [<!ENTITY e "1">]><x>&e;</x>', 400)],
)
def test_what_is_no_such_message_is_refused_politely(token: str, body: bytes, status: int) -> None:
    assert post(body, token).status_code == status


def test_a_diversion_request_is_known_and_declined_by_name(token: str) -> None:
    response = post(b'<ie:CC323A xmlns:ie="http://ics.dgtaxud.ec/CC323A"/>', token)
    assert response.status_code == 422
    assert "CC323A" in response.json()["detail"]
    verdict = message_check(b'<ie:CC323A xmlns:ie="http://ics.dgtaxud.ec/CC323A"/>', code_lists_from_files())
    assert verdict.outcome is MessageOutcome.UNSUPPORTED


def test_a_scope_without_entries_and_a_visitor_are_refused(broker: Organisation) -> None:
    other = accounts.token(of=broker, scopes="quotes", role=Role.BROKER)
    assert post(entry_xml(), other).status_code == 403
    assert Client().get(ROOT).status_code == 401


def test_the_list_is_paged_by_key_and_shows_only_ones_own(token: str) -> None:
    for number in range(5):
        assert post(entry_xml(header__lrn=f"E{number}"), token).status_code == 201
    seen, cursor = [], ""
    while True:
        page = get(f"{ROOT}?page_size=2&cursor={cursor}", token).json()
        seen += [row["lrn"] for row in page["entry_summaries"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == ["E4", "E3", "E2", "E1", "E0"]
    stranger = accounts.token(of=accounts.organisation(), scopes="entries", role=Role.TRADER)
    assert get(ROOT, stranger).json()["entry_summaries"] == []
    assert get(f"{ROOT}?q=E3", token).json()["entry_summaries"][0]["lrn"] == "E3"
    assert get(f"{ROOT}?state=ended", token).json()["entry_summaries"] == []


@pytest.mark.parametrize("query", ["state=x", "unheard=1", "cursor=x", "page_size=0"])
def test_what_the_list_does_not_know_is_refused(token: str, query: str) -> None:
    assert get(f"{ROOT}?{query}", token).status_code == 400


def test_a_request_for_information_is_read_and_answered_over_REST(token: str) -> None:
    made = post(entry_xml(items__0__description="Parts"), token).json()
    assessed(made["id"])
    shown = get(f"{ROOT}/{made['id']}", token)
    assert shown.json()["state"] == "information_requested"
    (question,) = shown.json()["questions"]
    assert (question["code"], question["open"]) == ("RFI-DESC", True)
    assert get(f"{ROOT}/{made['id']}", token, **{"If-None-Match": shown["ETag"]}).status_code == 304
    body = orjson.dumps({"question_id": question["id"], "answer": "Lamps"})
    address = f"{ROOT}/{made['id']}/answers"
    first = post(body, token, to=address, media="application/json", key="a1")
    assert first.json()["state"] == "answered"
    assert post(body, token, to=address, media="application/json", key="a1").content == first.content
    assert post(body, token, to=address, media="application/json").status_code == 409
    for wrong in (b"{}", b'{"question_id": 1, "answer": "x"}', b"[]"):
        assert post(wrong, token, to=address, media="application/json").status_code == 400
    stranger = accounts.token(of=accounts.organisation(), scopes="entries", role=Role.TRADER)
    assert post(body, stranger, to=address, media="application/json").status_code == 404
    assert get(f"{ROOT}/{made['id']}", stranger).status_code == 404
    assert get(f"{ROOT}/{uuid4()}", token).status_code == 404
    assert get(f"{ROOT}/x", token).status_code == 404


def test_what_is_only_proposed_is_not_told_anywhere(token: str) -> None:
    made = post(entry_xml(items__0__commodity={"code": "930190"}), token).json()
    assessed(made["id"])
    assert EntrySummary.objects.get().state == "proposed"
    for response in (
        get(f"{ROOT}/{made['id']}", token),
        get(ROOT, token),
        get(f"{ROOT}?state=registered", token),
        get(f"{ROOT}/{made['id']}/response", token),
        post(amendment_xml(made["mrn"]), token),
    ):
        assert b"propos" not in response.content + str(response.headers).encode()
        assert made["mrn"].encode() in response.content or response.status_code == 409


def test_an_amendment_by_MRN_is_version_2(token: str) -> None:
    made = post(entry_xml(), token).json()
    second = post(amendment_xml(made["mrn"], header__package_count="10"), token).json()
    assert (second["mrn"], second["version"]) == (made["mrn"], 2)
    assert post(amendment_xml("26ZZ010100000041L8"), token).status_code == 404


def schema(name: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(shared("ens-ics-schemas", name)))


def test_the_success_response_is_valid_for_its_schema(token: str) -> None:
    response = post(entry_xml(), token, Accept="application/xml")
    assert response.status_code == 201
    assert response["Content-Type"] == "application/xml"
    document = etree.fromstring(response.content)
    schema("SuccessResponse-v2-0.xsd").assertValid(document)
    data = document.find(".//{*}ICSResponseData")
    assert data is not None
    schema("ics_response_data-v7-0.xsd").assertValid(etree.fromstring(etree.tostring(data)))
    entry = EntrySummary.objects.get()
    assert entry.mrn.encode() in response.content
    later = get(f"{ROOT}/{entry.id}/response", token)
    schema("SuccessResponse-v2-0.xsd").assertValid(etree.fromstring(later.content))


def test_a_late_declaration_says_so_in_its_response() -> None:
    content = success_response(mrn="M", state="registered", late=True, at=clock.now(), correlation_id="x" * 20)
    document = etree.fromstring(content)
    schema("SuccessResponse-v2-0.xsd").assertValid(document)
    assert len(document.findall("{*}Message")) == 2


@pytest.mark.parametrize(
    "body",
    [entry_xml(header__item_count="2"), entry_xml(header__lrn="x" * 23), b"<x", amendment_xml("26ZZ010100000041L8")],
)
def test_the_error_response_is_valid_for_its_schema(token: str, body: bytes) -> None:
    response = post(body, token, Accept="application/xml")
    if response.status_code == 404:
        assert response["Content-Type"].startswith("application/problem+json")
        return
    assert response.status_code in {400, 422}
    document = etree.fromstring(response.content)
    schema("errorresponse-v2.0.xsd").assertValid(document)
    assert document.findtext(".//{*}MessageCount") == str(len(document.findall("{*}Error")))


def test_an_error_bears_the_number_of_its_rule_and_the_path() -> None:
    found = Violation("EN-8206", "/header/item_count", "Wrong.", "Mend it.", source="/CC315A/HEAHEA")
    document = etree.fromstring(error_response([found]))
    assert document.findtext(".//{*}Number") == "8206"
    assert document.findtext(".//{*}Type") == "business"
    assert document.findtext(".//{*}Location") == "/CC315A/HEAHEA"
    schema("errorresponse-v2.0.xsd").assertValid(etree.fromstring(error_response([], detail="No.")))
