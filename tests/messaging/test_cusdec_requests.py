"""CUSDEC about an earlier declaration: functions 4 and 5 amend it, function 1 withdraws it, by one act."""

from typing import Any

import pytest

from declarations.models import ChangeRequest, Declaration
from declarations.schemas import ChangeKind, ChangeRequestMessage
from singlewindow.messaging.services import message_check
from singlewindow.reference.selectors import code_lists_from_files
from tests.factories import accounts
from tests.factories.declarations import import_json, import_message
from tests.factories.edifact import EDIFACT, MESSAGES, request
from tests.factories.third_party import Software

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]

NOBODYS = "26ZZ01010000001SR8"


def told(software: Software, body: bytes) -> dict[str, Any]:
    response = software.post(body, path=MESSAGES, content_type=EDIFACT, Accept="application/json")
    (message,) = response.json()["messages"]
    return dict(message)


def lodged(software: Software) -> str:
    return str(software.lodged(import_json(2, lrn="FIRST", presented=False))["mrn"])


def test_function_1_withdraws_a_declaration_before_its_goods_are_here(software: Software) -> None:
    mrn = lodged(software)
    body = request(import_message(2, lrn="FIRST", presented=False), mrn=mrn, function="1")
    answer = told(software, body)
    assert (answer["outcome"], answer["subject"], answer["mrn"]) == ("accepted", "change", mrn), answer
    asked = ChangeRequest.objects.get()
    assert (asked.kind, asked.channel, asked.reason) == ("invalidate", "edi", "The buyer changed the order.")
    assert Declaration.objects.get().legal_state == "INVALIDATED"
    assert told(software, body) == answer
    assert ChangeRequest.objects.count() == 1


@pytest.mark.parametrize("function", ["4", "5"])
def test_functions_4_and_5_amend_by_the_whole_new_content(software: Software, function: str) -> None:
    mrn = lodged(software)
    new = import_message(2, lrn="FIRST", presented=False)
    first = new.items[0].model_copy(update={"description": "Electric tea makers, otherwise as before"})
    new = new.model_copy(update={"items": (first, *new.items[1:])})
    answer = told(software, request(new, mrn=mrn, function=function))
    assert answer["outcome"] == "accepted", answer
    declaration = Declaration.objects.get()
    assert declaration.version == 2
    assert declaration.content_sha256 == new.sha256()


def test_a_declaration_of_another_is_not_found(software: Software) -> None:
    mrn = lodged(software)
    stranger = Software(accounts.organisation(identifier="ZZIMP0666"))
    for number in (mrn, NOBODYS):
        answer = told(stranger, request(import_message(), mrn=number, function="1", sender="ZZIMP0666"))
        assert [error["code"] for error in answer["errors"]] == ["not_found"]
    assert ChangeRequest.objects.count() == 0


@pytest.mark.parametrize("mrn", ["", "26ZZ"])
def test_a_request_must_name_its_declaration(software: Software, mrn: str) -> None:
    answer = told(software, request(import_message(), mrn=mrn, function="1"))
    assert [error["pointer"] for error in answer["errors"]] == ["/mrn"]
    assert answer["errors"][0]["source"].startswith("UNH 1 segment 3 RFF")


def test_the_rules_of_an_amendment_name_the_segment(software: Software) -> None:
    mrn = lodged(software)
    wrong = import_message(2, lrn="FIRST", presented=False, office="NOWHERE")
    answer = told(software, request(wrong, mrn=mrn, function="4"))
    assert answer["outcome"] == "rejected"
    (error,) = [error for error in answer["errors"] if error["pointer"] == "/office"]
    assert error["source"].endswith("LOC element 2.1")
    assert Declaration.objects.get().version == 1


def test_it_is_checked_without_a_database_and_has_the_hash_of_the_request() -> None:
    message = import_message()
    verdict = message_check(request(message, mrn=NOBODYS, function="1"), code_lists_from_files())
    same = ChangeRequestMessage(
        kind=ChangeKind.INVALIDATE,
        mrn=NOBODYS,
        reference=message.lrn,
        reason_code="32",
        statement="The buyer changed the order.",
    )
    assert verdict.outcome == "accepted"
    assert verdict.canonical_sha256 == same.sha256()
