"""The API platform: tokens, deny by default, problems, idempotency, health."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from oauth2_provider.models import get_access_token_model
from rest_framework.request import Request

from singlewindow.accounts.permissions import Permission, Role
from singlewindow.api import urls as api_urls
from singlewindow.api.idempotency import Answer, idempotent
from singlewindow.api.models import IdempotentAnswer
from singlewindow.api.views import ApiView, body_of, json_response, page_size_of, uuid_of
from singlewindow.audit.models import Event
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel.errors import RuleViolated, Violation
from tests.factories import accounts


class EchoView(ApiView):
    """A resource of these tests: records an event once per key, refuses on request."""

    permission_required = Permission.LODGE_DECLARATION

    def get(self, request: Request, identifier: str = "") -> HttpResponse:
        if identifier:
            uuid_of(identifier)
        return json_response({"size": page_size_of(request)}, request=request, etag="v1")

    def post(self, request: Request) -> HttpResponse:
        body = body_of(request, "application/json")

        def act(work: Work) -> Answer:
            if b"refuse" in body:
                violations = [Violation("DL-001", "/items", "No goods item.", "Add one.")]
                raise RuleViolated(violations=violations)
            event_record(
                work, actor=self.actor, verb=Verb.DECLARATION_SUBMITTED, subject_type="declaration", subject_id="d1"
            )
            return Answer(201, body, {"Location": "/somewhere"})

        return idempotent(request._request, self.actor, act, body=body)


class ForgottenView(ApiView):
    """A resource whose author forgot to say who may use it."""

    def get(self, request: Request) -> HttpResponse:
        return json_response({})


urlpatterns = [
    *api_urls.urlpatterns[:4],
    api_urls.urlpatterns[6],
    path("echo", EchoView.as_view()),
    path("echo/<str:identifier>", EchoView.as_view()),
    path("forgotten", ForgottenView.as_view()),
]

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

Post = Callable[..., Any]


@pytest.fixture
def bearer() -> dict[str, str]:
    return {"Authorization": f"Bearer {accounts.token(of=accounts.organisation())}"}


@pytest.fixture
def post(client: Client, bearer: dict[str, str]) -> Post:
    def send(body: bytes = b"{}", *, key: str | None = "k1", **headers: str) -> Any:
        with_key = {"Idempotency-Key": key} if key is not None else {}
        content_type = headers.pop("content_type", "application/json")
        return client.generic("POST", "/echo", body, content_type, headers={**bearer, **with_key, **headers})

    return send


def _problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    problem = orjson.loads(response.content)
    assert (problem["status"], problem["code"]) == (status, code)
    assert {"type", "title", "detail", "instance"} <= set(problem)
    return dict(problem)


def test_a_visitor_is_asked_for_a_token(client: Client) -> None:
    response = client.get("/echo")
    _problem(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer wrong", "Basic abc", "Bearer ", "Bearer " + "x" * 300, "Bearer ١"])
def test_a_wrong_token_is_refused(client: Client, header: str) -> None:
    _problem(client.get("/echo", headers={"Authorization": header}), 401, "not_authenticated")


def test_a_token_ends_with_its_time_and_when_it_is_withdrawn(client: Client, bearer: dict[str, str]) -> None:
    assert client.get("/echo", headers=bearer).status_code == 200
    token = get_access_token_model().objects.get()
    token.expires -= timedelta(hours=1)
    token.save()
    _problem(client.get("/echo", headers=bearer), 401, "not_authenticated")


def test_a_token_without_the_scope_is_refused_and_the_attempt_recorded(client: Client) -> None:
    token = accounts.token(of=accounts.organisation(), scopes="feed")
    _problem(client.get("/echo", headers={"Authorization": f"Bearer {token}"}), 403, "not_permitted")
    assert Event.objects.filter(verb=Verb.REQUEST_DENIED).count() == 1


def test_a_resource_that_names_no_permission_is_closed_to_everyone(client: Client, bearer: dict[str, str]) -> None:
    _problem(client.get("/forgotten", headers=bearer), 403, "not_permitted")


def test_client_credentials_give_a_token_with_the_registered_scopes_only(client: Client) -> None:
    organisation = accounts.organisation()
    from singlewindow.accounts.services import api_client_register
    from singlewindow.accounts.types import system_actor

    credentials = api_client_register(
        actor=system_actor("tests"), organisation=organisation, name="erp", scopes=frozenset({"declarations"})
    )
    form = {
        "grant_type": "client_credentials",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
    }
    answer = client.post("/oauth/token", form)
    assert answer.status_code == 200
    assert answer.json()["scope"] == "declarations"
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    assert client.get("/echo", headers=bearer).status_code == 200
    assert client.post("/oauth/token", {**form, "scope": "feed"}).status_code == 400
    assert client.post("/oauth/token", {**form, "client_secret": "wrong"}).status_code == 401


def test_the_first_answer_is_given_again_to_every_copy(post: Post) -> None:
    first, second = post(b'{"a":1}'), post(b'{"a":1}')
    assert (first.status_code, first.content, first["Location"]) == (201, b'{"a":1}', "/somewhere")
    assert (second.status_code, second.content, second["Location"]) == (201, b'{"a":1}', "/somewhere")
    assert second["Idempotent-Replayed"] == "true"
    assert Event.objects.count() == 2  # one act, and the registration of the client


def test_a_key_that_stands_for_another_request_is_refused(post: Post) -> None:
    post(b'{"a":1}')
    _problem(post(b'{"a":2}'), 422, "idempotency.key_reused")


@pytest.mark.parametrize(
    ("key", "code"),
    [(None, "idempotency.key_missing"), ("a b", "idempotency.key_form"), ("x" * 256, "idempotency.key_form")],
)
def test_a_filing_request_needs_a_key(post: Post, key: str | None, code: str) -> None:
    _problem(post(key=key), 400, code)


def test_a_refusal_is_not_stored_and_lists_every_violation(post: Post) -> None:
    problem = _problem(post(b'{"refuse":1}'), 422, "rule_violated")
    assert problem["errors"] == [
        {"code": "DL-001", "pointer": "/items", "message": "No goods item.", "remedy": "Add one."}
    ]
    assert not IdempotentAnswer.objects.exists()
    assert post(b'{"a":1}').status_code == 201


def test_keys_of_two_callers_do_not_meet(client: Client, post: Post) -> None:
    post(b'{"a":1}')
    token = accounts.token(of=accounts.organisation(), role=Role.BROKER)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k1"}
    other = client.post("/echo", b'{"a":2}', content_type="application/json", headers=headers)
    assert other.status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"content_type": "text/plain"},
        {"content_type": ""},
        {"content_type": "application/json; charset=foo"},
        {"content_type": "application/xml"},
        {"Content-Encoding": "gzip"},
    ],
)
def test_other_content_types_and_encodings_are_refused(post: Post, headers: dict[str, str]) -> None:
    _problem(post(**headers), 415, "media_type")


def test_a_body_over_the_limit_is_refused_before_it_is_parsed(post: Post) -> None:
    _problem(post(b" " * 1_048_577), 413, "too_large")


@pytest.mark.parametrize("identifier", ["99999999999999999999999", "-1", "%00", "١", "1.0", "A" * 36])
def test_J12_only_canonical_identifiers_name_something(client: Client, bearer: dict[str, str], identifier: str) -> None:
    _problem(client.get(f"/echo/{identifier}", headers=bearer), 404, "not_found")


@pytest.mark.parametrize(("size", "expected"), [("1", 1), ("200", 200), ("201", 200), ("999999999999999", 200)])
def test_a_page_is_never_larger_than_the_most(client: Client, bearer: dict[str, str], size: str, expected: int) -> None:
    assert client.get(f"/echo?page_size={size}", headers=bearer).json() == {"size": expected}


@pytest.mark.parametrize("size", ["0", "-1", "x", "١"])
def test_a_page_size_that_is_no_number_is_refused(client: Client, bearer: dict[str, str], size: str) -> None:
    _problem(client.get(f"/echo?page_size={size}", headers=bearer), 400, "query.page_size")


def test_a_reader_that_holds_the_version_gets_304(client: Client, bearer: dict[str, str]) -> None:
    assert client.get("/echo", headers=bearer)["ETag"] == '"v1"'
    assert client.get("/echo", headers={**bearer, "If-None-Match": '"v1"'}).status_code == 304


def test_the_conversation_is_named_in_the_answer_and_a_forged_name_replaced(client: Client) -> None:
    assert client.get("/healthz", headers={"X-Conversation-ID": "my-conversation-1"})["X-Conversation-ID"] == (
        "my-conversation-1"
    )
    assert "\n" not in client.get("/healthz", headers={"X-Conversation-ID": "a\nb: c" * 3})["X-Conversation-ID"]


def test_health_answers_by_depth(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}
    status = client.get("/statusz").json()
    assert status["status"] == "degraded"
    assert status["silent"] == ["relay", "beat", "courier"]
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO jobs_heartbeat VALUES ('relay', now()), ('beat', now()), ('courier', now())")
    assert client.get("/statusz").json()["status"] == "ok"


def test_the_feed_needs_its_scope_and_refuses_unknown_parameters(client: Client, bearer: dict[str, str]) -> None:
    answer = client.get("/api/v1/events", headers=bearer)
    assert answer.json() == {"events": [], "cursor": "", "more": False}
    _problem(client.get("/api/v1/events?owner=x", headers=bearer), 400, "query.unknown")
    _problem(client.get("/api/v1/events?cursor=x", headers=bearer), 400, "cursor")
