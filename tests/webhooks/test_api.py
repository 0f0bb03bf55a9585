"""REST of webhooks: every address answers, refuses what it cannot read, and says all at once."""

from uuid import uuid4

import pytest

from singlewindow.accounts.models import Organisation
from singlewindow.kernel import clock
from singlewindow.webhooks.models import Delivery, WebhookEndpoint
from singlewindow.webhooks.types import ENDPOINTS_MAX
from tests.factories.third_party import Software

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = "/api/v1/webhooks"
BODY = {"url": "https://hooks.example.org/a", "description": "ERP", "event_types": ["released"]}


@pytest.fixture
def software(owner: Organisation) -> Software:
    return Software(owner, scopes="webhooks")


def test_an_endpoint_is_registered_read_changed_and_switched_off(software: Software) -> None:
    made = software.post(BODY, path=ROOT)
    assert made.status_code == 201
    root = made["Location"]
    shown = software.get(root).json()
    assert (shown["state"], shown["state_reason"], shown["verified_at"]) == ("PAUSED", "challenge", None)
    assert software.get(ROOT).json() == {"webhooks": [shown]}
    WebhookEndpoint.objects.update(verified_at=clock.now())
    assert software.post({}, path=f"{root}/resume").json()["state"] == "ACTIVE"
    same = software.send("PUT", root, BODY | {"event_types": []}).json()
    assert (same["state"], same["event_types"]) == ("ACTIVE", [])
    moved = software.send("PUT", root, BODY | {"url": "https://other.example.org/"}).json()
    assert (moved["state"], moved["verified_at"]) == ("PAUSED", None)
    assert software.send("DELETE", root).status_code == 204
    assert software.send("DELETE", root).json()["code"] == "state"
    assert software.post({}, path=f"{root}/ping").json()["code"] == "state"


def test_every_finding_comes_at_once(software: Software) -> None:
    wrong = {"url": "http://localhost/", "description": "x" * 201, "event_types": ["released", "Bad Type", ""]}
    refused = software.post(wrong, path=ROOT).json()
    assert [one["code"] for one in refused["errors"]] == ["WH-URL-02", "WH-END-01", "WH-END-02", "WH-END-02"]
    assert refused["errors"][2]["pointer"] == "/event_types/1"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"url": 5}',
        b'{"url": "https://a.example.org/", "secret": "mine"}',
        b'{"url": "a", "url": "b"}',
    ],
)
def test_a_body_that_is_none_is_refused(software: Software, body: bytes) -> None:
    assert software.post(body, path=ROOT).status_code in {400, 415, 422}
    assert not WebhookEndpoint.objects.exists()


def test_WH_END_05_an_organisation_has_twenty_endpoints_and_one_for_each_address(software: Software) -> None:
    for number in range(ENDPOINTS_MAX):
        assert software.post({"url": f"https://hooks.example.org/{number}"}, path=ROOT).status_code == 201
    full = software.post({"url": "https://hooks.example.org/more"}, path=ROOT)
    assert (full.status_code, full.json()["code"]) == (409, "webhook.too_many")
    first = WebhookEndpoint.objects.get(url="https://hooks.example.org/0")
    software.send("DELETE", f"{ROOT}/{first.pk}")
    known = software.post({"url": "https://hooks.example.org/1"}, path=ROOT)
    assert (known.status_code, known.json()["code"]) == (409, "webhook.known")
    assert software.post({"url": "https://hooks.example.org/more"}, path=ROOT).status_code == 201


def test_the_log_is_read_in_pages_by_state_and_type(software: Software) -> None:
    made = software.post(BODY, path=ROOT).json()
    endpoint = WebhookEndpoint.objects.get()
    for number in range(5):
        Delivery.objects.create(endpoint=endpoint, event_id=uuid4(), event_type=f"t{number % 2}", event_at=clock.now())
    log = f"{ROOT}/{made['id']}/deliveries"
    first = software.get(f"{log}?page_size=3").json()
    rest = software.get(f"{log}?page_size=3&cursor={first['next_cursor']}").json()
    ids = [one["id"] for one in first["deliveries"] + rest["deliveries"]]
    assert len(set(ids)) == 5
    assert ids == sorted(ids, reverse=True)
    assert rest["next_cursor"] == ""
    assert {one["type"] for one in software.get(f"{log}?type=t1").json()["deliveries"]} == {"t1"}
    assert software.get(f"{log}?state=FAILED").json()["deliveries"] == []
    assert software.get(f"{log}?state=ASLEEP").json()["code"] == "query.state"
    assert software.get(f"{log}?cursor=x").json()["code"] == "cursor"
    assert software.get(f"{log}?owner=x").json()["code"] == "query.unknown"


SPAN = {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}
UNCLEAR = (
    {},
    {"delivery": str(uuid4()), **SPAN},
    {"since": SPAN["since"]},
    {"since": "yesterday", "until": "today"},
    {"since": "2026-01-01T00:00:00", "until": "2026-01-02T00:00:00"},
)


@pytest.mark.parametrize("body", UNCLEAR, ids=["nothing", "both", "half", "words", "no zone"])
def test_a_replay_names_a_delivery_or_a_span(software: Software, body: dict[str, str]) -> None:
    made = software.post(BODY, path=ROOT).json()
    assert software.post(body, path=f"{ROOT}/{made['id']}/replay").status_code == 400
