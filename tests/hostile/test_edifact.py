"""E1 to E12: broken, replayed, false and flooding interchanges are answered by name and leave no declaration."""

import resource
from datetime import timedelta
from typing import Any

import pytest

from declarations.models import Declaration
from singlewindow.accounts.services import mandate_grant
from singlewindow.accounts.types import MandateScope
from singlewindow.audit.models import Event
from singlewindow.kernel import clock
from singlewindow.kernel.edifact import STANDARD, Separators
from tests.factories import accounts
from tests.factories.declarations import export_message, import_message
from tests.factories.edifact import EDIFACT, MESSAGES, answered, interchange, places
from tests.factories.effort import processor_seconds_under
from tests.factories.third_party import Software
from tests.hostile.conftest import Nothing, refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]

SECONDS_AT_MOST = 1.0
MEMORY_AT_MOST_KB = 50_000
EVENTS = ("audit_event", "files")
"""What a refusal may leave: the event that tells of it."""


def send(software: Software, body: bytes, **headers: str) -> Any:
    return software.post(body, path=MESSAGES, content_type=EDIFACT, **headers)


def contrl_of(response: Any, status: int) -> dict[str, tuple[str, str]]:
    assert response.status_code == status, (response.status_code, response.content[:500])
    assert response["Content-Type"] == EDIFACT
    return answered(response.content)


def security_events() -> list[str]:
    return list(Event.objects.filter(verb="interchange.refused").values_list("actor", flat=True))


def test_the_interchange_that_all_others_are_made_of_is_taken(software: Software) -> None:
    assert contrl_of(send(software, interchange()), 200) == {"UCI": ("taken", ""), "1": ("taken", "")}
    assert Declaration.objects.get().channel == "edi"


@pytest.mark.parametrize(("count", "said"), [("2", "29"), ("", "29"), ("x", "29"), ("99999999999", "29")])
def test_E1_a_wrong_count_of_segments_is_rejected_with_29(
    software: Software, nothing_left: Nothing, count: str, said: str
) -> None:
    body = interchange()
    at = body.index(b"UNT+") + 4
    broken = body[:at] + count.encode() + body[body.index(b"+", at) :]
    with nothing_left():
        assert contrl_of(send(software, broken), 422)["1"] == ("rejected", said)


def test_E1_a_wrong_count_of_messages_rejects_the_interchange_with_29(
    software: Software, nothing_left: Nothing
) -> None:
    with nothing_left():
        assert contrl_of(send(software, interchange().replace(b"UNZ+1+", b"UNZ+2+")), 422) == {
            "UCI": ("rejected", "29")
        }


def test_E2_references_that_differ_are_rejected_with_28(software: Software, nothing_left: Nothing) -> None:
    body = interchange()
    with nothing_left():
        assert contrl_of(send(software, body.replace(b"UNH+1+", b"UNH+7+")), 422)["7"] == ("rejected", "28")
        assert contrl_of(send(software, body.replace(b"UNZ+1+REF1", b"UNZ+1+REF2")), 422)["UCI"] == ("rejected", "28")


@pytest.mark.parametrize("keep", [0.5, 0.9, 0.99], ids=["half", "most", "nearly all"])
def test_E3_what_was_cut_off_is_rejected_and_may_come_again_under_its_reference(
    software: Software, nothing_left: Nothing, keep: float
) -> None:
    body = interchange()
    with nothing_left():
        assert contrl_of(send(software, body[: int(len(body) * keep)]), 400)["UCI"] == ("rejected", "13")
    assert contrl_of(send(software, body), 200)["1"] == ("taken", "")


def test_E3_without_its_trailer_it_is_rejected(software: Software, nothing_left: Nothing) -> None:
    body = interchange()
    with nothing_left():
        assert contrl_of(send(software, body[: body.index(b"UNZ")]), 400)["UCI"] == ("rejected", "13")


@pytest.mark.parametrize(
    "una",
    [
        Separators("|", "^", ",", "\\", " ", "~"),
        Separators("*", "#", ".", "!", " ", "%"),
        STANDARD._replace(decimal=","),
    ],
    ids=["pipes", "signs", "comma"],
)
def test_E4_odd_separators_are_honoured(software: Software, una: Separators) -> None:
    assert contrl_of(send(software, interchange(una=una)), 200)["1"] == ("taken", "")


@pytest.mark.parametrize("una", [b"UNA++.? '", b"UNA:+.+ '", b"UNA:+.?:'", b"UNA:+.? +", b"UNAA+.? '", b"UNA:+.?\x00'"])
def test_E4_equal_or_impossible_separators_are_refused(software: Software, nothing_left: Nothing, una: bytes) -> None:
    with nothing_left():
        response = send(software, una + interchange())
        assert response.status_code in (400, 422), response.content[:300]


def test_E5_a_release_character_at_the_end_is_refused(software: Software, nothing_left: Nothing) -> None:
    body = interchange().rstrip()
    with nothing_left():
        for broken in (body + b"?", body[:-1] + b"?", body[:-1] + b"?'", body + b"???"):
            assert contrl_of(send(software, broken), 400)["UCI"] == ("rejected", "13")


def test_E6_the_same_interchange_again_gets_the_same_answer_and_no_second_declaration(
    software: Software, nothing_left: Nothing
) -> None:
    body = interchange()
    first = send(software, body)
    with nothing_left():
        for _ in range(3):
            again = send(software, body)
            assert (again.status_code, again.content) == (200, first.content)
            assert again["Idempotent-Replayed"] == "true"
    assert Declaration.objects.count() == 1


def test_E7_the_same_reference_with_other_content_is_a_duplicate_and_an_event(
    software: Software, nothing_left: Nothing
) -> None:
    send(software, interchange())
    with nothing_left(*EVENTS):
        response = send(software, interchange(import_message(lrn="ANOTHER")))
        assert contrl_of(response, 409) == {"UCI": ("rejected", "26")}
        assert response["Interchange-Refused"] == "duplicate_reference"
    assert len(security_events()) == 1


def test_E7_another_sender_may_use_the_same_reference(software: Software, stranger: Software) -> None:
    send(software, interchange())
    message = import_message(trader="ZZIMP0666")
    assert contrl_of(send(stranger, interchange(message, sender="ZZIMP0666")), 200)["1"] == ("taken", "")


@pytest.mark.parametrize(
    ("declared", "text", "status"),
    [
        (b"UNOA", b"Electric coffee", 422),
        (b"UNOB", b"Caf\xe9", 422),
        (b"UNOC", b"Tea \x8b", 422),
        (b"UNOC", b"Tea\tleaves", 422),
        (b"UNOC", b"Tea\x00", 400),
        (b"UNOY", b"Caf\xe9", 400),
        (b"UNOY", b"Tea \xc2\x85", 422),
    ],
)
def test_E8_bytes_outside_the_declared_set_are_rejected_with_21(
    software: Software, nothing_left: Nothing, declared: bytes, text: bytes, status: int
) -> None:
    body = interchange().replace(b"UNB+UNOC", b"UNB+" + declared).replace(b"Electric coffee", text)
    with nothing_left():
        said = contrl_of(response := send(software, body), status)
    codes = [said["UCI"][1], *(place[1] for place in places(response.content))]
    assert "21" in codes


def test_E8_an_unknown_character_set_is_rejected_with_46(software: Software, nothing_left: Nothing) -> None:
    with nothing_left():
        body = interchange().replace(b"UNB+UNOC:3", b"UNB+ANSI:3")
        assert contrl_of(send(software, body), 422)["UCI"] == ("rejected", "46")


HEAD = b"UNB+UNOC:3+ZZIMP0001+ZZCUS+261122:1015+FLOOD'UNH+1+CUSDEC:D:99B:UN'BGM+929:::IMA+FLOOD+9'"
FLOODS = {
    "one segment of 5 MB": HEAD + b"FTX+AAA+++" + b"x" * 4_900_000,
    "one closed segment of 5 MB": HEAD + b"FTX+AAA+++" + b"x" * 4_900_000 + b"'UNT+4+1'UNZ+1+FLOOD'",
    "a million segments": HEAD + b"UNS'" * 1_000_000 + b"UNZ+1+FLOOD'",
    "millions of elements": HEAD + b"FTX" + b"+" * 4_000_000 + b"'UNT+4+1'UNZ+1+FLOOD'",
    "millions of components": HEAD + b"FTX+" + b":" * 4_000_000 + b"'UNT+4+1'UNZ+1+FLOOD'",
    "millions of releases": HEAD + b"FTX+" + b"??" * 2_000_000 + b"'UNT+4+1'UNZ+1+FLOOD'",
    "millions of line ends": b"\n" * 1_000 + HEAD + b"\n" * 4_000_000 + b"UNT+3+1'UNZ+1+FLOOD'",
    "2000 items": HEAD + b"UNS+D'" + b"CST+1'" * 2_000 + b"UNS+S'UNT+2005+1'UNZ+1+FLOOD'",
    "40000 items": HEAD + b"UNS+D'" + b"CST+1'" * 40_000 + b"UNS+S'UNT+40005+1'UNZ+1+FLOOD'",
    "40000 unknown segments": HEAD + b"QQQ+1'" * 40_000 + b"UNS+D'UNS+S'UNT+40005+1'UNZ+1+FLOOD'",
    "40000 messages": b"UNB+UNOC:3+ZZIMP0001+ZZCUS+261122:1015+FLOOD'"
    + b"UNH+1+CUSDEC:D:99B:UN'" * 40_000
    + b"UNZ+40000+FLOOD'",
    "one path 10000 times": HEAD + b"FTX+ZZZ++CDF::ZZZ+ucr:x'" * 10_000 + b"UNS+D'UNS+S'UNT+10005+1'UNZ+1+FLOOD'",
}


@pytest.mark.parametrize("name", FLOODS)
def test_E9_a_flood_is_refused_in_bounded_time_and_memory(software: Software, nothing_left: Nothing, name: str) -> None:
    body = FLOODS[name]
    with nothing_left():
        memory = _peak_kb()
        with processor_seconds_under(SECONDS_AT_MOST):
            response = send(software, body)
        assert _peak_kb() - memory < MEMORY_AT_MOST_KB
        assert response.status_code in (400, 413, 422), response.content[:300]
        assert len(response.content) < 200_000


def test_E9_a_body_of_more_than_5_MB_is_not_read(software: Software, nothing_left: Nothing) -> None:
    with nothing_left():
        refused(send(software, HEAD + b"x" * 5_000_000), 413, "too_large")


def test_E10_a_sender_who_is_somebody_else_is_not_permitted_and_an_event(
    stranger: Software, software: Software, nothing_left: Nothing
) -> None:
    with nothing_left(*EVENTS):
        refused(send(stranger, interchange()), 403, "unknown_sender")
        refused(send(stranger, interchange(sender="NOBODY")), 403, "unknown_sender")
        refused(send(stranger, interchange()[:-5]), 403, "unknown_sender")
    assert len(security_events()) == 3


def test_E10_a_broker_may_send_under_the_name_of_who_gave_it_a_mandate(software: Software) -> None:
    broker = accounts.organisation(identifier="ZZBRK0001", name="Swift Clearing Agents")
    agent = Software(broker)
    refused(send(agent, interchange()), 403, "unknown_sender")
    mandate_grant(
        actor=accounts.actor(of=software.organisation),
        principal=software.organisation,
        agent=broker,
        scope=MandateScope.IMPORT,
        direct=True,
        valid_from=clock.now() - timedelta(days=1),
        valid_to=clock.now() + timedelta(days=30),
    )
    assert contrl_of(send(agent, interchange()), 200)["1"] == ("taken", "")


def test_E11_the_good_one_of_two_is_taken_once_the_bad_one_rejected_and_both_are_named(software: Software) -> None:
    good, bad = import_message(lrn="GOOD"), import_message(lrn="BAD", office="NOWHERE")
    body = interchange(good, bad)
    first = send(software, body)
    said = contrl_of(first, 200)
    assert said["UCI"] == ("taken", "")
    assert (said["1"][0], said["2"][0]) == ("taken", "rejected")
    assert places(first.content)
    assert list(Declaration.objects.values_list("lrn", flat=True)) == ["GOOD"]
    assert send(software, body).content == first.content
    assert Declaration.objects.count() == 1


def test_E11_a_number_used_twice_in_one_interchange_is_taken_once(software: Software) -> None:
    message = import_message(lrn="TWICE")
    said = contrl_of(send(software, interchange(message, message)), 200)
    assert (said["1"], said["2"][0]) == (("taken", ""), "rejected")
    assert Declaration.objects.count() == 1


def test_E11_nothing_is_left_where_no_message_is_good(software: Software, nothing_left: Nothing) -> None:
    bad = [import_message(office="NOWHERE"), export_message(office="NOWHERE")]
    with nothing_left():
        said = contrl_of(send(software, interchange(*bad)), 422)
    assert {said["1"][0], said["2"][0]} == {"rejected"}


@pytest.mark.parametrize(
    ("dtm", "element"),
    [
        (b"DTM+137:202602300915:203'", "2:2"),
        (b"DTM+137:20260230:102'", "2:2"),
        (b"DTM+137:202602200915:203'", "2:2"),
        (b"DTM+137:202602202515:203'", "2:2"),
        (b"DTM+129:202602300915:203'", "2:2"),
        (b"DTM+137:20260220091500:304'", "2:2"),
    ],
    ids=["30 February", "30 February as a date", "no zone", "25 hours", "an unknown date", "304 without a zone"],
)
def test_E12_no_day_or_no_zone_is_rejected_with_its_element(
    software: Software, nothing_left: Nothing, dtm: bytes, element: str
) -> None:
    body = interchange()
    count = int(body[body.index(b"UNT+") + 4 :].split(b"+")[0])
    body = body.replace(b"GIS+1:CTR", dtm + b"\nGIS+1:CTR").replace(b"UNT+%d+" % count, b"UNT+%d+" % (count + 1))
    with nothing_left():
        response = send(software, body)
        assert contrl_of(response, 422)["1"][0] == "rejected"
        assert ("UCD", "12", element) in places(response.content)


def test_E12_in_words_it_is_named_with_segment_and_element(software: Software) -> None:
    body = interchange().replace(b"GIS+1:CTR:ZZZ", b"DTM+137:202602300915:203")
    report = send(software, body, Accept="application/json").json()
    (error, *_) = report["messages"][0]["errors"]
    assert error["code"] == "format.instant"
    assert error["source"].startswith("UNH 1 segment ")
    assert error["source"].endswith("DTM element 1.2")


def test_E1_to_E12_the_process_that_refused_them_all_takes_the_next_good_one(software: Software) -> None:
    for body in FLOODS.values():
        assert send(software, body).status_code in (400, 413, 422)
    assert contrl_of(send(software, interchange()), 200)["1"] == ("taken", "")


def _peak_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
