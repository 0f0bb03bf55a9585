"""One door for messages of every format: an interchange is its own idempotency, the others bring a key."""

from typing import Any

import orjson
import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from declarations.models import Declaration
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.kernel.edifact import interchange_read, tokenize
from singlewindow.messaging.models import Interchange
from tests.factories import accounts
from tests.factories.cds import declaration_xml, plain_for_xml
from tests.factories.declarations import export_message, import_json, import_message
from tests.factories.edifact import EDIFACT, MESSAGES, answered, interchange
from tests.factories.third_party import Software

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]


def send(software: Software, body: bytes, content_type: str = EDIFACT, **headers: str) -> Any:
    return software.post(body, path=MESSAGES, content_type=content_type, **headers)


def without_key(software: Software, body: bytes, content_type: str) -> Any:
    return software._client.post(MESSAGES, body, content_type=content_type, headers=software.bearer)


def test_an_interchange_needs_no_key_and_is_kept_with_its_answer(software: Software) -> None:
    response = without_key(software, interchange(), EDIFACT)
    assert response.status_code == 200
    kept = Interchange.objects.get()
    assert (kept.sender, kept.reference, bytes(kept.answer)) == ("ZZIMP0001", "REF1", response.content)
    assert kept.organisation_id == software.organisation.pk
    event = Event.objects.get(verb="interchange.taken")
    assert event.subject_id == str(kept.pk)


def test_it_is_told_by_its_content_whatever_type_it_is_announced_as(software: Software) -> None:
    assert without_key(software, interchange(), "application/octet-stream").status_code == 200


@pytest.mark.parametrize("content_type", ["application/json", "application/xml"])
def test_json_and_xml_still_need_a_key(software: Software, content_type: str) -> None:
    plain = plain_for_xml(import_json())

    body = orjson.dumps(import_json()) if "json" in content_type else declaration_xml(plain)
    response = without_key(software, body, content_type)
    assert (response.status_code, response.json()["code"]) == (400, "idempotency.key_missing")
    assert send(software, body, content_type).status_code == 201


def test_contrl_is_an_interchange_of_its_own_addressed_to_the_sender(software: Software) -> None:
    found = tokenize(send(software, interchange()).content)
    assert [one.tag for one in found] == ["UNB", "UNH", "UCI", "UCM", "UNT", "UNZ"]
    assert (found[0].get(2), found[0].get(3)) == ("ZZCUS", "ZZIMP0001")
    assert found[1].elements[1] == ("CONTRL", "D", "3", "UN")
    assert found[2].elements == (("REF1",), ("ZZIMP0001",), ("ZZCUS",), ("7",))
    assert found[3].elements == (("1",), ("CUSDEC", "D", "99B", "UN"), ("7",))
    assert found[4].get(1) == "4"


def test_in_words_it_names_the_declaration_and_every_finding(software: Software) -> None:
    body = interchange(import_message(lrn="GOOD"), import_message(lrn="BAD", office="NOWHERE"))
    report = send(software, body, Accept="application/json").json()
    good, bad = report["messages"]
    declaration = Declaration.objects.get()
    assert (report["outcome"], good["outcome"], bad["outcome"]) == ("in_part", "accepted", "rejected")
    assert (good["mrn"], good["id"], good["lrn"]) == (declaration.mrn, str(declaration.pk), "GOOD")
    (error,) = [one for one in bad["errors"] if one["pointer"] == "/office"]
    assert error["source"].startswith("UNH 2 segment ")
    assert error["source"].endswith("LOC element 2.1")
    assert send(software, body, Accept="application/json").json() == report


def test_F15_edifact_gives_the_errors_of_json_each_with_its_segment(software: Software) -> None:
    wrong = import_json(2, lrn="WRONG", office="NOWHERE", item_count=7)
    in_json = software.post(wrong).json()["errors"]
    (message,) = send(
        software,
        interchange(import_message(2, lrn="WRONG", office="NOWHERE", item_count=7)),
        Accept="application/json",
    ).json()["messages"]
    assert len(in_json) >= 2
    assert [{**one, "source": ""} for one in message["errors"]] == [{**one, "source": ""} for one in in_json]
    assert all(one["source"].startswith("UNH 1 segment ") for one in message["errors"])


def test_F15_edifact_gives_the_events_and_the_hash_of_json(software: Software) -> None:
    def told(subject: str) -> list[tuple[str, str]]:
        events = Event.objects.filter(subject_id=subject).order_by("pk").values_list("verb", flat=True)
        parties = PartyEvent.objects.filter(subject_id=subject).order_by("pk").values_list("type", flat=True)
        return [("event", verb) for verb in events] + [("party", one) for one in parties]

    receipt = software.lodged(import_json(2, lrn="SAME"))
    other = Software(accounts.organisation(identifier="ZZBRK0009"))
    message = import_message(2, lrn="SAME")
    from singlewindow.accounts.services import mandate_grant
    from singlewindow.accounts.types import MandateScope
    from singlewindow.kernel import clock

    mandate_grant(
        actor=accounts.actor(of=software.organisation),
        principal=software.organisation,
        agent=other.organisation,
        scope=MandateScope.IMPORT,
        direct=True,
        valid_from=clock.now(),
        valid_to=None,
    )
    report = send(other, interchange(message), Accept="application/json").json()
    (taken,) = report["messages"]
    assert taken["canonical_sha256"] == receipt["canonical_sha256"]
    ours, theirs = told(taken["id"]), told(receipt["id"])
    assert [one for one in ours if one[0] == "event"] == [one for one in theirs if one[0] == "event"]
    assert {one for one in ours if one[0] == "party"} == {one for one in theirs if one[0] == "party"}


def test_a_local_reference_used_before_is_rejected_with_the_number_it_has(software: Software) -> None:
    receipt = software.lodged(import_json(lrn="ONCE"))
    report = send(software, interchange(import_message(lrn="ONCE")), Accept="application/json").json()
    (error,) = report["messages"][0]["errors"]
    assert (error["code"], error["pointer"]) == ("duplicate_lrn", "/lrn")
    assert receipt["mrn"] in error["message"]
    assert answered(send(software, interchange(import_message(lrn="ONCE"))).content)["1"][0] == "rejected"


@pytest.mark.parametrize("content_type", ["application/json", "application/xml"])
def test_a_local_reference_used_before_is_named_in_every_format(software: Software, content_type: str) -> None:
    plain = plain_for_xml(import_json(lrn="ONCE"))
    body = orjson.dumps(import_json(lrn="ONCE")) if "json" in content_type else declaration_xml(plain)
    first = send(software, body, content_type, **{"Idempotency-Key": "K1"})
    again = send(software, body, content_type, **{"Idempotency-Key": "K1"})
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    other = send(software, body, content_type, **{"Idempotency-Key": "K2"})
    assert (other.status_code, other.json()["code"]) == (409, "duplicate_lrn")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (b"GENRAL:D:99B", "a general purpose message"),
        (b"CUSRES:D:96B", "a customs response"),
        (b"CONTRL:D:3", "a syntax and service report"),
        (b"XYZZYX:D:96B", "a message in UN/EDIFACT"),
    ],
)
def test_other_messages_are_declined_by_name_with_17(software: Software, kind: bytes, words: str) -> None:
    body = interchange().replace(b"CUSDEC:D:99B", kind)
    report = send(software, body, Accept="application/json").json()
    (error,) = report["messages"][0]["errors"]
    assert error["code"] == "format.unsupported"
    assert words in error["message"]
    assert answered(send(software, body).content)["1"] == ("rejected", "17")


def test_a_test_is_rejected_with_25_and_files_nothing(software: Software) -> None:
    body = interchange()
    head = body.split(b"'")[0]
    assert answered(send(software, body.replace(head, head + b"++++++1")).content) == {"UCI": ("rejected", "25")}
    assert Declaration.objects.count() == 0


def test_a_byte_order_mark_does_not_hide_what_it_is(software: Software) -> None:
    response = send(software, b"\xef\xbb\xbf" + interchange())
    assert (response.status_code, response.json()["code"]) == (400, "format.edifact.header")


def test_who_may_not_lodge_is_refused_message_by_message() -> None:
    carrier = Software(accounts.organisation(identifier="ZZCAR0001"), scopes="arrivals", role=accounts.Role.CARRIER)
    response = send(carrier, interchange(sender="ZZCAR0001"), Accept="application/json")
    assert response.status_code in (403, 422)
    assert Declaration.objects.count() == 0


def test_what_was_taken_can_neither_be_changed_nor_taken_back(software: Software) -> None:
    send(software, interchange())
    for statement in ("UPDATE messaging_interchange SET reference = 'X'", "DELETE FROM messaging_interchange"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_an_interchange_costs_few_statements_beside_its_declarations(
    software: Software, django_assert_max_num_queries: Any
) -> None:
    send(software, interchange(reference="WARM"))
    with django_assert_max_num_queries(40):
        send(software, interchange(reference="R2"))


WHOLE = interchange(import_message(2, lrn="FUZZ"), export_message(1, lrn="FUZZ-2"))
SIGNS = [b"", b"'", b"+", b":", b"?", b"\n", b"\x85", b"\xc3\xa9", b"\x00", b"UNT+1+1'", b"UNH+", b"UNOY"]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE)), st.sampled_from(SIGNS), st.integers(0, 3)), min_size=1, max_size=3)
)
def test_whatever_is_changed_in_it_the_answer_is_a_sound_contrl_or_a_refusal(
    software: Software, changes: list[tuple[int, bytes, int]]
) -> None:
    body = WHOLE
    for place, put, left_out in changes:
        body = body[:place] + put + body[place + left_out :]
    with transaction.atomic():
        response = send(software, body)
        transaction.set_rollback(True)
    assert response.status_code in (200, 400, 403, 409, 422), response.content
    if response["Content-Type"] == EDIFACT:
        read = interchange_read(response.content)
        assert (read.faults, read.messages[0].faults, read.messages[0].type) == ((), (), "CONTRL")
    else:
        assert response.json()["code"] != "fault"
