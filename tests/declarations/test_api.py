"""REST of declarations on the running application, also for strangers, visitors and in wrong states."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from declarations import openapi
from declarations.models import Declaration, GoodsItem
from declarations.selectors import declaration_snapshot
from declarations.services import declaration_lodge
from declarations.types import Channel
from singlewindow.accounts.models import Mandate
from singlewindow.api.models import IdempotentAnswer
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.kernel.mrn import mrn_is_valid
from tests.declarations.conftest import Filer, filer, mandate
from tests.factories import accounts
from tests.factories.declarations import import_json, import_message

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/declarations"
Send = Callable[..., Any]


class Caller:
    """Third-party software of an organisation."""

    def __init__(self, by: Filer, client: Client, scopes: str = "declarations feed") -> None:
        self.by, self._client = by, client
        self._bearer = {"Authorization": f"Bearer {accounts.token(of=by.organisation, scopes=scopes)}"}

    def post(self, body: object = None, *, path: str = ROOT, key: str = "", **more: str) -> Any:
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        content_type = more.pop("content_type", "application/json")
        headers = {**self._bearer, "Idempotency-Key": key or str(uuid4()), **more}
        return self._client.generic("POST", path, data, content_type, headers=headers)

    def get(self, path: str = ROOT, **headers: str) -> Any:
        return self._client.get(path, headers={**self._bearer, **headers})

    def lodge(self, items: int = 1, **changes: Any) -> dict[str, Any]:
        response = self.post(import_json(items, **{"trader": self.by.identifier, **changes}))
        assert response.status_code == 201, response.content
        return dict(response.json())


@pytest.fixture
def caller(trader: Filer, client: Client) -> Caller:
    return Caller(trader, client)


@pytest.fixture
def other(stranger: Filer, client: Client) -> Caller:
    return Caller(stranger, client)


def nothing_stored() -> bool:
    return not any(table.objects.exists() for table in (Declaration, GoodsItem, PartyEvent, Job, IdempotentAnswer))


def refused(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem = dict(response.json())
    assert problem["code"] == code
    return problem


class TestLodging:
    """POST /api/v1/declarations"""

    def test_the_receipt_names_the_number_the_states_and_where_to_go_on(self, caller: Caller) -> None:
        body = import_json(2, trader=caller.by.identifier)
        response = caller.post(body)
        receipt = response.json()
        assert response.status_code == 201
        assert response["Location"] == receipt["links"]["self"] == f"{ROOT}/{receipt['id']}"
        assert response["ETag"] == '"1-REGISTERED-PRESENTED"'
        assert (receipt["lrn"], receipt["legal_state"], receipt["goods_state"]) == (
            body["lrn"],
            "REGISTERED",
            "PRESENTED",
        )
        snapshot = declaration_snapshot(Declaration.objects.get().pk)
        assert receipt["canonical_sha256"] == hashlib.sha256(snapshot.message.canonical_bytes()).hexdigest()
        assert receipt["mrn"] == snapshot.mrn
        assert receipt["warnings"] == []
        assert snapshot.channel is Channel.JSON

    def test_the_example_of_the_description_is_lodged_as_it_stands(self, client: Client) -> None:
        by = Filer(organisation := accounts.organisation(identifier="ZZIMP0001"), accounts.actor(of=organisation))
        response = Caller(by, client).post(openapi.MESSAGE_EXAMPLE)
        assert response.status_code == 201, response.content
        assert response.json().keys() == openapi.RECEIPT_EXAMPLE.keys()
        assert mrn_is_valid(openapi.RECEIPT_EXAMPLE["mrn"])

    def test_JSON_and_XML_of_the_same_declaration_have_one_hash(
        self, caller: Caller, other: Caller, shared_inputs: Path
    ) -> None:
        xml = next((shared_inputs / "cds-dec").rglob("TT_IM*/**/*.xml")).read_bytes()
        first = caller.post(xml, content_type="application/xml")
        assert first.status_code == 201, first.content
        content = caller.get(first["Location"]).json()["declaration"]
        second = other.post(content)
        assert second.status_code == 201, second.content
        assert first.json()["canonical_sha256"] == second.json()["canonical_sha256"]
        channels = Declaration.objects.order_by("id").values_list("channel", flat=True)
        assert list(channels) == ["xml", "json"]

    def test_L8_the_same_key_gives_the_same_answer_and_one_declaration(self, caller: Caller) -> None:
        body = import_json(trader=caller.by.identifier)
        first, again = (caller.post(body, key="one") for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.content == again.content
        assert again["Idempotent-Replayed"] == "true"
        assert again["Location"] == first["Location"]
        assert Declaration.objects.count() == 1

    def test_L8_the_same_content_with_another_key_is_a_conflict_that_names_the_number(self, caller: Caller) -> None:
        body = import_json(trader=caller.by.identifier)
        mrn = caller.post(body, key="one").json()["mrn"]
        problem = refused(caller.post(body, key="two"), 409, "duplicate_lrn")
        assert mrn in problem["detail"]
        assert Declaration.objects.count() == 1

    def test_a_used_key_with_another_body_is_refused(self, caller: Caller) -> None:
        caller.post(import_json(trader=caller.by.identifier), key="one")
        lrn = Declaration.objects.get().lrn
        refused(
            caller.post(import_json(2, trader=caller.by.identifier, lrn=lrn), key="one"),
            422,
            "idempotency.key_reused",
        )

    def test_every_broken_rule_is_listed_in_the_order_of_the_message_and_nothing_is_stored(
        self, caller: Caller
    ) -> None:
        body = import_json(2, trader=caller.by.identifier, item_count=7)
        body["items"][0]["net_mass_kg"] = "999999"
        body["items"][1]["commodity_code"] = "0000000000"
        problem = refused(caller.post(body), 422, "rule_violated")
        pointers = [error["pointer"] for error in problem["errors"]]
        assert list(dict.fromkeys(pointers)) == ["/item_count", "/items/0/net_mass_kg", "/items/1/commodity_code"]
        assert all(error["code"].startswith("DL-") and error["message"] for error in problem["errors"])
        assert nothing_stored()

    @pytest.mark.parametrize(
        ("body", "content_type", "status"),
        [
            (b"[" * 100_000, "application/json", 400),
            (b'{"lrn":"A","lrn":"B"}', "application/json", 400),
            (b'{"lrn":"\\u0000"}', "application/json", 400),
            (b'{"lrn":"\\ud800"}', "application/json", 400),
            (b"[]", "application/json", 400),
            (b"", "application/json", 415),
            (b"<a/>", "application/json", 400),
            (b"{}", "text/plain", 415),
            (b"{}", "application/json; charset=utf-16", 415),
            (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "application/xml", 400),
            (b"<a/>", "application/xml", 422),
            (b" " * 1_048_577, "application/json", 413),
        ],
        ids=["J1", "J4", "J5", "J6", "J9", "empty", "J11", "text", "J10", "X DTD", "X unknown", "too large"],
    )
    def test_bytes_that_are_no_declaration_are_refused_and_leave_nothing(
        self, caller: Caller, body: bytes, content_type: str, status: int
    ) -> None:
        response = caller.post(body, content_type=content_type)
        assert response.status_code == status, response.content
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["code"]
        assert nothing_stored()

    @pytest.mark.parametrize("field", ["legal_state", "mrn", "risk_channel", "lodged_by", "duty"])
    def test_A3_J8_what_only_the_window_sets_is_an_unknown_field(self, caller: Caller, field: str) -> None:
        body = import_json(trader=caller.by.identifier) | {field: "RELEASED"}
        problem = refused(caller.post(body), 400, "format.unknown_field")
        assert problem["errors"][0]["pointer"] == f"/{field}"
        assert nothing_stored()

    def test_A4_without_a_mandate_it_is_forbidden_and_the_attempt_is_recorded(
        self, caller: Caller, stranger: Filer
    ) -> None:
        problem = refused(caller.post(import_json(trader=stranger.identifier)), 403, "not_permitted")
        assert {error["code"] for error in problem["errors"]} == {"DL-AUT"}
        assert nothing_stored()
        assert [event.verb for event in Event.objects.filter(subject_type="route")] == ["request.denied"]

    def test_a_mandate_counts_until_the_moment_it_is_withdrawn(self, client: Client) -> None:
        principal, agent = filer(), filer()
        mandate(principal, agent)
        broker = Caller(agent, client)
        broker.lodge(trader=principal.identifier)
        Mandate.objects.update(revoked_at=clock.now())
        refused(broker.post(import_json(trader=principal.identifier)), 403, "not_permitted")

    def test_a_visitor_and_a_token_of_another_scope_are_kept_out(self, trader: Filer, client: Client) -> None:
        refused(client.post(ROOT, b"{}", content_type="application/json"), 401, "not_authenticated")
        feed_only = Caller(trader, client, scopes="feed")
        refused(feed_only.post(import_json(trader=trader.identifier)), 403, "not_permitted")
        refused(feed_only.get(), 403, "not_permitted")
        assert nothing_stored()

    def test_without_a_key_nothing_is_lodged(self, caller: Caller) -> None:
        response = caller._client.generic(
            "POST",
            ROOT,
            orjson.dumps(import_json(trader=caller.by.identifier)),
            "application/json",
            headers=caller._bearer,
        )
        refused(response, 400, "idempotency.key_missing")
        assert nothing_stored()

    def test_a_lodgement_costs_the_token_two_questions_and_one_statement(self, caller: Caller) -> None:
        caller.lodge()
        with CaptureQueriesContext(connection) as queries:
            caller.lodge(10)
        sent = [query["sql"].split(None, 1)[0] for query in queries]
        assert [word for word in sent if word not in {"SAVEPOINT", "RELEASE"}] == ["SELECT", "SELECT", "SELECT", "WITH"]


class TestReading:
    """GET /api/v1/declarations and /{id}"""

    def test_the_whole_declaration_comes_back_until_nothing_has_changed(self, caller: Caller) -> None:
        body = import_json(2, trader=caller.by.identifier)
        receipt = caller.post(body).json()
        response = caller.get(receipt["links"]["self"])
        assert response.json()["declaration"]["items"][1]["description"] == body["items"][1]["description"]
        assert response.json()["mrn"] == receipt["mrn"]
        held = response["ETag"]
        unchanged = caller.get(receipt["links"]["self"], **{"If-None-Match": held})
        assert (unchanged.status_code, unchanged.content) == (304, b"")

    def test_A1_what_is_foreign_is_not_found_in_any_way(self, caller: Caller, other: Caller) -> None:
        mine = caller.lodge()
        for link in ("self", "timeline"):
            refused(other.get(mine["links"][link]), 404, "not_found")
        refused(other.post({}, path=mine["links"]["presentation"]), 404, "not_found")
        for query in ("", f"?q={mine['mrn']}", f"?q={mine['lrn']}", "?q=CSQU3054383"):
            assert other.get(ROOT + query).json()["declarations"] == []

    @pytest.mark.parametrize(
        "path",
        [
            "99999999999999999999999",
            "-1",
            "%00",
            "%D9%A1",
            "1.0",
            "1/",
            "{upper}",
            "{brace}",
            "{hex}",
        ],
    )
    def test_J12_only_the_canonical_id_is_an_id(self, caller: Caller, path: str) -> None:
        own = caller.lodge()["id"]
        path = path.format(upper=own.upper(), brace="{" + own + "}", hex=own.replace("-", ""))
        for tail in ("", "/timeline"):
            assert caller.get(f"{ROOT}/{path}{tail}").status_code == 404

    def test_a_draft_is_not_among_what_was_lodged(self, caller: Caller) -> None:
        from declarations.services import draft_save

        draft = draft_save(actor=caller.by.actor, organisation_id=caller.by.organisation.pk, content={})
        assert caller.get().json()["declarations"] == []
        refused(caller.get(f"{ROOT}/{draft.id}"), 404, "not_found")

    def test_pages_go_on_where_the_last_one_ended_also_when_new_ones_come_in(self, caller: Caller) -> None:
        lodged = [caller.lodge()["id"] for _ in range(5)]
        first = caller.get(f"{ROOT}?page_size=2").json()
        caller.lodge()
        second = caller.get(f"{ROOT}?page_size=2&cursor={first['next_cursor']}").json()
        third = caller.get(f"{ROOT}?page_size=2&cursor={second['next_cursor']}").json()
        seen = [row["id"] for page in (first, second, third) for row in page["declarations"]]
        assert seen == lodged[::-1]
        assert third["next_cursor"] == ""

    def test_a_list_is_narrowed_by_state_direction_number_reference_and_container(self, caller: Caller) -> None:
        here, coming = caller.lodge(), caller.lodge(presented=False, equipment=[{"sequence": 1, "id": "MSKU2666542"}])

        def found(query: str) -> list[str]:
            return [row["id"] for row in caller.get(f"{ROOT}?{query}").json()["declarations"]]

        assert found("goods_state=EXPECTED") == [coming["id"]]
        assert found("legal_state=REGISTERED,ACCEPTED") == [coming["id"], here["id"]]
        assert found("legal_state=RELEASED") == []
        assert found("direction=export") == []
        assert found(f"q={here['mrn'].lower()}") == [here["id"]]
        assert found(f"q={coming['lrn']}") == [coming["id"]]
        assert found("q=INV-2026") == [coming["id"], here["id"]]
        assert found("q=msku2666542") == [coming["id"]]
        assert found("q=%25") == []

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ("ordering=password", "query.unknown"),
            ("legal_state=NONE", "query.legal_state"),
            ("direction=up", "query.direction"),
            ("page_size=0", "query.page_size"),
            ("page_size=-1", "query.page_size"),
            ("cursor=abc", "cursor"),
            ("cursor=WyIxIl0", "cursor"),
        ],
    )
    def test_J13_a_filter_that_cannot_be_understood_is_refused(self, caller: Caller, query: str, code: str) -> None:
        refused(caller.get(f"{ROOT}?{query}"), 400, code)

    def test_a_page_has_at_most_200_rows(self, caller: Caller) -> None:
        assert caller.get(f"{ROOT}?page_size=1000000000").status_code == 200

    def test_the_cost_of_a_page_does_not_depend_on_its_rows(
        self, caller: Caller, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        for rows in (1, 6):
            while Declaration.objects.count() < rows:
                caller.lodge()
            with django_assert_num_queries(3):  # token, mandates held, page
                caller.get()
        own = f"{ROOT}/{Declaration.objects.all()[0].pk}"
        with django_assert_num_queries(2):
            caller.get(own)

    def test_principal_and_broker_both_see_it_and_another_broker_of_the_principal_does_not(
        self, client: Client
    ) -> None:
        principal, agent, second = filer(), filer(), filer()
        for broker in (agent, second):
            mandate(principal, broker)
        lodged = Caller(agent, client).lodge(trader=principal.identifier)
        own = declaration_lodge(
            message=import_message(trader=principal.identifier), actor=principal.actor, channel=Channel.WEB
        )
        seen = {
            who: [row["id"] for row in Caller(by, client).get().json()["declarations"]]
            for who, by in (("principal", principal), ("agent", agent), ("second", second))
        }
        assert seen == {
            "principal": [str(own.id), lodged["id"]],
            "agent": [str(own.id), lodged["id"]],
            "second": [str(own.id)],
        }


class TestPresentation:
    """POST /api/v1/declarations/{id}/presentation"""

    def test_the_goods_are_presented_once(self, caller: Caller) -> None:
        path = caller.lodge(presented=False)["links"]["presentation"]
        first, again = (caller.post({}, path=path, key="one") for _ in range(2))
        assert first.status_code == 200
        assert first.json()["goods_state"] == "PRESENTED"
        assert first["ETag"] == '"1-REGISTERED-PRESENTED"'
        assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
        refused(caller.post({}, path=path), 409, "state")

    def test_an_empty_body_means_now(self, caller: Caller) -> None:
        path = caller.lodge(presented=False)["links"]["presentation"]
        assert caller.post(b"", path=path).json()["presented_at"]

    @pytest.mark.parametrize(
        ("body", "status", "code"),
        [
            ({"presented_at": "2126-01-01T00:00:00Z"}, 422, "rule_violated"),
            ({"presented_at": "2026-01-01T00:00:00"}, 400, "format.instant"),
            ({"presented_at": "yesterday"}, 400, "format.instant"),
            ({"presented_at": 5}, 400, "format.instant"),
            ({"legal_state": "RELEASED"}, 400, "format.fields"),
            ([], 400, "format.fields"),
        ],
    )
    def test_a_body_that_says_something_else_is_refused(
        self, caller: Caller, body: object, status: int, code: str
    ) -> None:
        path = caller.lodge(presented=False)["links"]["presentation"]
        refused(caller.post(body, path=path), status, code)
        assert Declaration.objects.get().goods_state == "EXPECTED"


class TestTimeline:
    """GET /api/v1/declarations/{id}/timeline"""

    def test_every_step_is_a_plain_sentence_with_who_and_when_and_what_comes_next(self, caller: Caller) -> None:
        history = caller.get(caller.lodge(presented=False)["links"]["timeline"]).json()
        assert [step["code"] for step in history["steps"]] == ["declaration.submitted", "declaration.registered"]
        assert all(step["sentence"].endswith(".") and step["who"] and step["at"] for step in history["steps"])
        assert history["next_step"].startswith("Present the goods by")
