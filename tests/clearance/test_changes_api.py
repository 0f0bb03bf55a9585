"""REST of changes: amend, invalidate, read, withdraw; also for strangers, visitors and brokers without a mandate."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.test import Client

from declarations.models import ChangeRequest
from declarations.selectors import declaration_snapshot
from singlewindow.accounts.models import Mandate
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.services import mandate_grant
from singlewindow.accounts.types import MandateScope
from singlewindow.audit.models import Event
from singlewindow.kernel import clock
from tests.factories import accounts
from tests.factories.cds import declaration_xml, plain_for_xml
from tests.factories.changes import with_price
from tests.factories.clearance import country_load, jobs_do, risky, trader_rich
from tests.factories.declarations import import_json

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/declarations"
PRICES = [
    {"op": "set", "pointer": "/items/0/price/amount", "value": "770"},
    {"op": "set", "pointer": "/invoice_total/amount", "value": "770"},
]


class Caller:
    """Third-party software of an organisation."""

    def __init__(self, of: Any, *, role: Role = Role.TRADER, scopes: str = "declarations feed") -> None:
        self.client = Client()
        self.bearer = {"Authorization": f"Bearer {accounts.token(of=of, scopes=scopes, role=role)}"}

    def post(self, path: str, body: object, *, key: str = "", media: str = "application/json", **headers: str) -> Any:
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        sent = {**self.bearer, "Idempotency-Key": key or str(uuid4()), **headers}
        return self.client.generic("POST", f"{ROOT}/{path}", data, media, headers=sent)

    def get(self, path: str) -> Any:
        return self.client.get(f"{ROOT}/{path}", headers=self.bearer)

    def lodge(self, **changes: Any) -> str:
        response = self.client.generic(
            "POST",
            ROOT,
            orjson.dumps(import_json(1, **changes)),
            "application/json",
            headers={**self.bearer, "Idempotency-Key": str(uuid4())},
        )
        assert response.status_code == 201, response.content
        jobs_do(response.json()["id"])
        return str(response.json()["id"])


@pytest.fixture
def trader(db):
    country_load()
    return trader_rich()


@pytest.fixture
def caller(trader):
    return Caller(trader)


def amendment(**more):
    return {"version": 1, "reason": "The invoice named another price.", "operations": PRICES} | more


def test_operations_make_a_new_version_and_the_answer_tells_the_difference(caller):
    number = caller.lodge(presented=False)
    response = caller.post(f"{number}/amendments", amendment(reason_code="32"))
    told = response.json()
    assert response.status_code == 201, response.content
    assert response["Location"] == told["links"]["self"]
    assert (told["state"], told["granted_version"], told["rule"], told["reason_code"]) == (
        "GRANTED",
        2,
        "CH-STG-01",
        "32",
    )
    assert {line["pointer"] for line in told["difference"]} == {"/items/0/price/amount", "/invoice_total/amount"}
    assert {line["element"] for line in told["difference"]} == {"Price", "Invoice total"}
    assert float(told["money"]["delta"]) > 0
    assert caller.get(number).json()["version"] == 2
    assert caller.get(f"{number}/changes").json()["changes"] == [told]
    assert caller.get(f"{number}/changes/1").json() == told


def test_the_whole_content_as_json_or_xml_does_the_same_as_operations(caller):
    shas = set()
    for way in ("operations", "json", "xml"):
        bare = {"delivery_terms": {"incoterm": "FOB", "location_name": "Guangzhou"}}
        bare |= {"valuation": {"freight": {"amount": "420", "currency": "EUR"}}}
        number = caller.lodge(presented=False, lrn=f"SAME-{way}", **bare)
        whole = plain_for_xml(with_price(declaration_snapshot(number).message, "770").canonical())
        whole = {name: value for name, value in whole.items() if value is not None}
        if way == "operations":
            response = caller.post(f"{number}/amendments", amendment())
        elif way == "json":
            response = caller.post(f"{number}/amendments", {"version": 1, "reason": "x", "declaration": whole})
        else:
            response = caller.post(
                f"{number}/amendments?reason=x&version=1", declaration_xml(whole), media="application/xml"
            )
        assert response.status_code == 201, response.content
        after = declaration_snapshot(number).message.canonical() | {"lrn": ""}
        shas.add(orjson.dumps(after, option=orjson.OPT_SORT_KEYS))
    assert len(shas) == 1


def test_the_same_key_and_body_again_give_the_same_answer_once(caller):
    number, key = caller.lodge(presented=False), str(uuid4())
    first = caller.post(f"{number}/amendments", amendment(), key=key)
    again = caller.post(f"{number}/amendments", amendment(), key=key)
    assert first.json() == again.json()
    assert ChangeRequest.objects.filter(declaration_id=number).count() == 1


@pytest.mark.parametrize(
    ("etag", "status"), [('"1-REGISTERED-EXPECTED"', 201), ('"2-REGISTERED-EXPECTED"', 412), ("*", 412)]
)
def test_if_match_names_the_version(caller, etag, status):
    number = caller.lodge(presented=False)
    body = amendment()
    body.pop("version")
    assert caller.post(f"{number}/amendments", body, **{"If-Match": etag}).status_code == status


def test_ch_ver_01_a_stale_version_is_a_conflict(caller):
    number = caller.lodge(presented=False)
    assert caller.post(f"{number}/amendments", amendment()).status_code == 201
    response = caller.post(f"{number}/amendments", amendment())
    assert (response.status_code, response.json()["code"]) == (409, "stale")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"reason": "x", "operations": PRICES}, 400, "format.version"),
        ({"version": 1, "reason": "x"}, 400, "format.amendment"),
        ({"version": 1, "reason": "x", "operations": PRICES, "declaration": {"lrn": "A"}}, 400, "format.amendment"),
        ({"version": True, "reason": "x", "operations": PRICES}, 400, "format.type"),
        ({"version": 1, "reason": "x", "operations": PRICES, "more": 1}, 400, "format.unknown_field"),
        ({"version": 1, "reason": "", "operations": PRICES}, 422, "rule_violated"),
        ({"version": 1, "reason": "x", "operations": [{"op": "remove", "pointer": "/nothing"}]}, 422, "format.pointer"),
        ([], 400, "format.type"),
    ],
)
def test_a_body_that_cannot_be_taken_leaves_nothing(caller, body, status, code):
    number = caller.lodge(presented=False)
    response = caller.post(f"{number}/amendments", body)
    assert (response.status_code, response.json()["code"]) == (status, code), response.content
    assert not ChangeRequest.objects.filter(declaration_id=number).exists()


def test_after_a_check_is_announced_the_answer_says_disclosed(trader, caller):
    number = str(risky(trader))
    wanted = [{"op": "set", "pointer": "/items/0/price/amount", "value": "30"}]
    told = caller.post(f"{number}/amendments", amendment(operations=wanted)).json()
    assert (told["state"], told["decided_by"], told["rule"]) == ("DISCLOSED", "window", "CH-STG-03")


def test_an_invalidation_is_granted_or_waits_and_may_be_withdrawn(trader, caller):
    number = caller.lodge(presented=False)
    told = caller.post(f"{number}/invalidations", {"version": 1, "reason": "Lodged twice.", "reason_code": "1"})
    assert (told.status_code, told.json()["state"]) == (201, "GRANTED")
    assert caller.get(number).json()["legal_state"] == "INVALIDATED"
    assert caller.post(f"{number}/invalidations", {"version": 1, "reason": "Again."}).json()["code"] == "state"
    under_check = str(risky(trader))
    told = caller.post(f"{under_check}/invalidations", {"version": 1, "reason": "Lodged twice."}).json()
    assert (told["state"], told["decided_by"]) == ("REQUESTED", None)
    assert told["deadline"] is not None
    taken_back = caller.post(f"{under_check}/changes/1/withdrawal", b"")
    assert (taken_back.status_code, taken_back.json()["decided_by"]) == (200, "declarant")
    assert caller.post(f"{under_check}/changes/1/withdrawal", {}).status_code == 409
    assert caller.post(f"{under_check}/changes/7/withdrawal", {}).status_code == 404


def calls(number):
    return [
        ("POST", f"{number}/amendments", amendment()),
        ("POST", f"{number}/invalidations", {"version": 1, "reason": "Lodged twice."}),
        ("POST", f"{number}/changes/1/withdrawal", {}),
        ("GET", f"{number}/changes", None),
        ("GET", f"{number}/changes/1", None),
    ]


def answers(caller, number):
    return {
        path.removeprefix(f"{number}/"): (caller.get(path) if method == "GET" else caller.post(path, body)).status_code
        for method, path, body in calls(number)
    }


def test_a_stranger_finds_nothing_and_a_visitor_signs_in(caller):
    number = caller.lodge(presented=False)
    assert set(answers(Caller(accounts.organisation()), number).values()) == {404}
    nobody = Caller(accounts.organisation())
    nobody.bearer = {}
    assert set(answers(nobody, number).values()) == {401}


def test_a_token_without_the_scope_may_not(trader, caller):
    number = caller.lodge(presented=False)
    assert set(answers(Caller(trader, scopes="quotes"), number).values()) == {403}


def test_a4_a_broker_whose_mandate_ended_between_two_calls_may_do_nothing_more(trader):
    broker = accounts.organisation(kind="broker")
    mandate_grant(
        actor=accounts.actor(Role.TRADER, of=trader),
        principal=trader,
        agent=broker,
        scope=MandateScope.IMPORT,
        direct=True,
        valid_from=clock.now() - timedelta(days=1),
        valid_to=clock.now() + timedelta(days=1),
    )
    caller = Caller(broker, role=Role.BROKER)
    number = caller.lodge(presented=False)
    assert caller.post(f"{number}/amendments", amendment()).status_code == 201
    Mandate.objects.filter(agent=broker).update(revoked_at=clock.now())
    assert set(answers(caller, number).values()) == {403}
    assert declaration_snapshot(number).version == 2
    assert Event.objects.filter(verb="request.denied").exists()
    assert Caller(trader).get(f"{number}/changes").status_code == 200
