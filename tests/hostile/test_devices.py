"""J1 to J11 at the door of devices, and what a device that lies, or is none, may not do."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.capture.api import BODY_MAX
from singlewindow.capture.models import DeviceEvent
from singlewindow.kernel import clock
from tests.factories import accounts
from tests.factories.capture import CONTAINER, event_json, gate
from tests.factories.third_party import Software
from tests.hostile.conftest import Nothing, refused
from tests.hostile.corpus import MEDIA, UNREADABLE, Hostile

pytestmark = pytest.mark.django_db

EVENTS = "/api/v1/device-events"


@pytest.fixture
def port(db: None) -> Software:
    """The software of a terminal's devices."""
    owner = Organisation.objects.get(pk=gate().organisation_id)
    return Software(owner, scopes="devices", role=Role.DEVICE)


def sent(port: Software, *events: dict[str, Any]) -> Any:
    return port.post({"events": list(events)}, path=EVENTS)


@pytest.mark.parametrize("case", [*UNREADABLE, *MEDIA[:9]], ids=str)
def test_J1_to_J11_what_is_no_batch_is_refused_and_leaves_nothing(
    port: Software, nothing_left: Nothing, case: Hostile
) -> None:
    with nothing_left():
        long = len(case.body) > BODY_MAX
        answer = port.post(case.body, path=EVENTS, content_type=case.content_type)
        refused(answer, 413 if long else case.status, "too_large" if long else case.code)


@pytest.mark.parametrize("body", [b"[]", b"null", b"{}", b"5", b'"x"', b'{"events":{}}', b'{"events":[5]}'])
def test_J9_wrong_types_are_refused_by_name(port: Software, nothing_left: Nothing, body: bytes) -> None:
    with nothing_left():
        refused(port.post(body, path=EVENTS), 400, "format.")


def test_a_body_of_ten_megabytes_is_refused_before_it_is_read(port: Software, nothing_left: Nothing) -> None:
    with nothing_left():
        refused(port.post(b"[" + b" " * 10_000_000 + b"]", path=EVENTS), 413, "too_large")


@pytest.mark.parametrize(
    "weight",
    [
        {"gross": "-5", "tare": "1"},
        {"gross": "9" * 5000, "tare": "1"},
        {"gross": "1e9", "tare": "1"},
        {"gross": "NaN", "tare": "1"},
        {"gross": "\u0661\u0662", "tare": "1"},
        {"gross": 5, "tare": "1"},
        {"gross": "5", "tare": "-1"},
        {"gross": "5", "tare": "1", "unit": "STONE"},
        {"gross": "5", "tare": "1", "net": "4"},
        {"gross": {"$gt": ""}, "tare": "1"},
    ],
)
def test_J7_to_J9_weights_are_plain_numbers_over_nothing(
    port: Software, nothing_left: Nothing, weight: dict[str, object]
) -> None:
    with nothing_left():
        refused(sent(port, event_json(weight=weight)), 400, "format.")


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "trusted"},
        {"received_at": "2020-01-01T00:00:00Z"},
        {"happened_at": "9999-12-31T23:59:59-14:00"},
        {"happened_at": "yesterday"},
        {"event_id": "../../etc/passwd"},
        {"event_id": "x" * 41},
        {"device": "'; DROP TABLE capture_deviceevent; --"},
        {"about": {"container": "csqu3054383"}},
        {"about": {"mrn": "x"}},
        {"place": "<script>"},
    ],
)
def test_J8_and_J12_fields_have_their_form_and_no_others_exist(
    port: Software, nothing_left: Nothing, changes: dict[str, object]
) -> None:
    with nothing_left():
        refused(sent(port, event_json(**changes)), 400, "format.")


def test_an_instant_far_in_the_future_is_refused(port: Software, nothing_left: Nothing) -> None:
    later = (clock.now() + timedelta(days=400)).isoformat()
    with nothing_left():
        problem = refused(sent(port, event_json(happened_at=later)), 422, "rule_violated")
    assert problem["errors"][0]["code"] == "CP-004"


def test_one_bad_event_of_a_hundred_leaves_none(port: Software, nothing_left: Nothing) -> None:
    events = [event_json() for _ in range(99)] + [event_json(device="NOBODYS")]
    with nothing_left():
        problem = refused(sent(port, *events), 422, "rule_violated")
    assert [error["pointer"] for error in problem["errors"]] == ["/events/99/device"]


def test_A5_a_device_of_another_terminal_does_not_exist(port: Software, nothing_left: Nothing) -> None:
    stranger = Software(accounts.organisation(), scopes="devices", role=Role.DEVICE)
    with nothing_left():
        foreign = refused(sent(stranger, event_json()), 422)
        nowhere = refused(sent(stranger, event_json(device="NOWHERE-1")), 422)
    assert foreign["errors"][0]["message"] == nowhere["errors"][0]["message"]


@pytest.mark.parametrize(
    ("role", "scopes"),
    [(Role.DEVICE, "feed"), (Role.TRADER, "devices"), (Role.TERMINAL, "devices arrivals"), (Role.CARRIER, "devices")],
)
def test_a_token_without_role_or_scope_tells_nothing(role: Role, scopes: str) -> None:
    other = Software(accounts.organisation(), scopes=scopes, role=role)
    refused(sent(other, event_json()), 403, "not_permitted")
    assert not DeviceEvent.objects.exists()


def test_a_device_reads_and_files_nothing(port: Software) -> None:
    assert sent(port, event_json()).status_code == 201
    for path in ("/api/v1/declarations", "/api/v1/manifests", "/api/v1/events", "/api/v1/arrivals"):
        assert port.get(path).status_code in {403, 405}
        assert port.post({"manifest": "X"}, path=path).status_code in {403, 405}


def test_the_same_batch_again_is_200_with_the_same_bytes_and_other_content_409(port: Software) -> None:
    event = event_json()
    first, again = sent(port, event), sent(port, event)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content
    refused(sent(port, event | {"weight": {"gross": "1"}}), 409, "event.other_content")


def test_J19_texts_of_machines_are_shown_as_text(port: Software, admin_like: Any) -> None:
    says = "<script>alert(1)</script>{{7*7}}"
    scan = {"sha256": "ab" * 32, "lies_at": "x", "verdict": "contradicts", "says": says}
    answer = sent(port, event_json("scan", scan=scan))
    page = admin_like.get(f"/captured/{answer.json()['events'][0]['id']}").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


QUERIES = ("?container=%00", "?plate=%00", "?cursor=abc", "?kind=x", "?difference=%27", "?cursor=%00", "?show=%00")


@pytest.mark.parametrize("query", QUERIES)
def test_J12_J13_the_list_survives_any_filter(admin_like: Any, query: str) -> None:
    assert admin_like.get(f"/captured/{query}").status_code < 500
    assert admin_like.get(f"/targeting/warnings/{query}").status_code < 500


def test_a_misread_number_of_another_container_is_matched_to_nobody(port: Software) -> None:
    wrong = CONTAINER[:-1] + str((int(CONTAINER[-1]) + 1) % 10)
    answer = sent(port, event_json("container", container={"number": wrong}, about=None)).json()
    assert answer["events"][0]["marks"] == ["misread"]
    assert orjson.loads(bytes(DeviceEvent.objects.get().content))["container"]["number"] == wrong
