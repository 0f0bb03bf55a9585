"""A1, A3, A5: what belongs to one trader is to another as if it did not exist, on every address that there is."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from agencies.models import Hold
from clearance.models import Case
from declarations.models import Declaration
from singlewindow.accounts.models import Organisation, User
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import PartyEvent
from tests.factories import accounts, agencies, documents
from tests.factories.agencies import citing, oranges
from tests.factories.clearance import jobs_do, trader_rich
from tests.factories.declarations import import_json
from tests.factories.third_party import DECLARATIONS, Software
from tests.hostile.conftest import Nothing, refused

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
SECRETS = ("SECRET-INVOICE", "Zanzibar Undisclosed", "SECRET-LRN", "PHY-SECRET", "MSKU2666542")
"""Texts that only the first trader's papers bear; no page of another trader may hold one."""


@dataclass(frozen=True, slots=True)
class Victim:
    """A trader with one of everything."""

    organisation: Organisation
    declaration: Declaration
    ids: dict[str, str]

    @property
    def secrets(self) -> tuple[str, ...]:
        """Texts that give the trader's business away."""
        return (*SECRETS, str(self.declaration.mrn), str(self.declaration.pk), "1000000.00", "1,000,000.00")


@pytest.fixture(scope="module")
def victim(country: None) -> Victim:
    trader = trader_rich()
    permit = agencies.permit(trader, number="PHY-SECRET-1")
    message = oranges(
        trader=trader.identifier,
        lrn="SECRET-LRN-1",
        exporter={"name": "Zanzibar Undisclosed Ltd"},
        equipment=[{"sequence": 1, "id": "MSKU2666542"}],
    )
    receipt = Software(trader).lodged(message.canonical())
    jobs_do(receipt["id"])
    hold = Hold.objects.filter(declaration_id=receipt["id"], agency="PHY")[0]
    actor = accounts.actor(of=trader)
    paper, upload = documents.document(actor, reference="SECRET-INVOICE-1"), documents.uploaded(actor, b"%PDF-1.7")
    ids = {"declaration_id": receipt["id"], "permit_id": str(permit.pk), "hold_id": str(hold.pk)}
    ids |= {"document_id": str(paper.id), "upload_id": str(upload.id)}
    ids["event_id"] = str(PartyEvent.objects.filter(subject_id=receipt["id"])[0].event_id)
    hooks = Software(trader, scopes="webhooks").post({"url": "https://victim.example.org/"}, path="/api/v1/webhooks")
    ids["endpoint_id"] = hooks.json()["id"]
    return Victim(trader, Declaration.objects.get(pk=receipt["id"]), ids)


def addresses(resolver: URLResolver | None = None, before: str = "/") -> list[str]:
    """Every address of the application, as a pattern."""
    found: list[str] = []
    for entry in (resolver or get_resolver()).url_patterns:
        here = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += addresses(entry, here)
        elif isinstance(entry, URLPattern):
            found.append(here)
    return found


def filled(pattern: str, ids: dict[str, str]) -> str:
    """An address with the ids of somebody; other parts of it get a plausible value."""
    others = {"act": "claim", "number": "1", "slug": "what", "code": "state", "name": "challenge", "form": "xml"}
    for part in re.findall(r"<(?:\w+:)?(\w+)>", pattern):
        value = (ids | others).get(part) or (str(uuid4()) if part.endswith("_id") else "1")
        pattern = re.sub(rf"<(?:\w+:)?{part}>", value, pattern)
    return pattern


def browser(person: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person, backend=BACKEND)
    return client


def leaks(victim: Victim, response: Any, asked: str) -> list[str]:
    """Secrets in an answer that were not in the question."""
    text = response.content.decode(errors="replace") + str(response.headers)
    return [secret for secret in victim.secrets if secret in text and secret not in asked]


@pytest.mark.parametrize("role", [Role.TRADER, Role.BROKER, Role.ADMINISTRATOR, Role.AGENCY_OFFICER])
def test_A1_no_page_of_the_application_tells_one_who_has_nothing_to_do_with_it(victim: Victim, role: Role) -> None:
    """Each address there is, with the ids of the victim's papers, by GET and by POST."""
    before = Declaration.objects.values().get(pk=victim.declaration.pk)
    agency = "TEL" if role is Role.AGENCY_OFFICER else ""
    other = browser(accounts.user(role, of=accounts.organisation(), agency=agency))
    for pattern in addresses():
        path = filled(pattern, victim.ids)
        if path.startswith("/api/"):
            continue
        own_ids = any(value in path for value in victim.ids.values())
        for method in ("get", "head", "post"):
            if path == "/sign-out":
                continue
            response = getattr(other, method)(path)
            assert response.status_code < 500, (method, path)
            assert not leaks(victim, response, path), (method, path, leaks(victim, response, path))
            if own_ids:
                assert response.status_code in {403, 404, 405}, (method, path, response.status_code)
    assert Declaration.objects.values().get(pk=victim.declaration.pk) == before


def test_A1_a_visitor_is_sent_to_sign_in_or_sees_only_what_is_public(victim: Victim) -> None:
    visitor = Client(raise_request_exception=False)
    for pattern in addresses():
        path = filled(pattern, victim.ids)
        response = visitor.get(path)
        assert response.status_code < 500, path
        assert not leaks(victim, response, path), path
        if any(value in path for value in victim.ids.values()):
            assert response.status_code in {302, 401, 404, 405}, (path, response.status_code)


def test_A1_no_REST_address_tells_another_traders_software(victim: Victim, stranger: Software) -> None:
    for pattern in addresses():
        path = filled(pattern, victim.ids)
        if not path.startswith("/api/v1/"):
            continue
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            response = stranger.send(method, path, {} if method != "GET" else b"")
            assert response.status_code < 500, (method, path)
            assert not leaks(victim, response, path), (method, path)
            if victim.ids["declaration_id"] in path and method != "OPTIONS":
                assert response.status_code in {404, 405}, (method, path)


SEARCHES = (
    "SECRET-LRN-1",
    "SECRET",
    "MSKU2666542",
    "ZZIMP0001",
    "Zanzibar",
    "PHY-SECRET",
    "0805",
    "{mrn}",
    "{id}",
    "%25",
    "",
)


@pytest.mark.parametrize("search", SEARCHES)
def test_A1_lists_searches_and_counts_have_nothing_of_another_trader(
    victim: Victim, stranger: Software, search: str
) -> None:
    text = search.format(mrn=victim.declaration.mrn, id=victim.declaration.pk)
    assert stranger.get(f"{DECLARATIONS}?q={text}").json() == {"declarations": [], "next_cursor": ""}
    assert stranger.get(f"/api/v1/permits?q={text}").json() == {"permits": [], "next_cursor": ""}
    other = browser(accounts.user(of=stranger.organisation))
    for path in ("/declarations/", "/permits/", "/account"):
        response = other.get(path, {"q": text})
        found = leaks(victim, response, text)
        assert response.status_code == 200, path
        assert not found, (path, found)


def test_A1_feed_and_account_are_ones_own(victim: Victim, stranger: Software) -> None:
    assert stranger.feed() == ([], "")
    answer = stranger.get("/api/v1/account").json()
    assert (answer["balance"], answer["movements"]) == ("0.00", [])


def test_A1_an_answer_takes_the_same_words_whether_it_exists_or_not(victim: Victim, stranger: Software) -> None:
    there = stranger.get(f"{DECLARATIONS}/{victim.declaration.pk}").json()
    nowhere = stranger.get(f"{DECLARATIONS}/01998877-2b2b-7a6b-8f4e-7a1c2d3e4f50").json()
    there.pop("instance"), nowhere.pop("instance")
    assert there == nowhere


def test_A1_a_stored_answer_is_not_replayed_to_another_who_knows_the_key(victim: Victim, stranger: Software) -> None:
    own = Software(victim.organisation)
    body = import_json(lrn="REPLAYED-1")
    first = own.post(body, **{"Idempotency-Key": "guessed"})
    assert first.status_code == 201
    refused(stranger.post(body, **{"Idempotency-Key": "guessed"}), 403, "not_permitted")


WISHES = {
    "risk_channel": "GREEN",
    "state": "RELEASED",
    "legal_state": "RELEASED",
    "assigned_officer": "me",
    "duty": "0",
}


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
@pytest.mark.parametrize("field", WISHES)
def test_A3_a_trader_changes_nothing_that_is_the_windows_to_set(
    victim: Victim, nothing_left: Nothing, method: str, field: str
) -> None:
    software = Software(victim.organisation)
    row, case = _rows(victim)
    with nothing_left():
        for path in (f"{DECLARATIONS}/{victim.declaration.pk}", DECLARATIONS, "/api/v1/account", "/api/v1/permits"):
            refused(software.send(method, path, {field: WISHES[field]}), 405, "method_not_allowed")
    assert _rows(victim) == (row, case)


@pytest.mark.parametrize("field", WISHES)
def test_A3_nor_by_presenting_the_goods_nor_by_another_method_named_in_a_header(
    victim: Victim, nothing_left: Nothing, field: str
) -> None:
    software, path = Software(victim.organisation), f"{DECLARATIONS}/{victim.declaration.pk}"
    before = _rows(victim)
    with nothing_left():
        refused(software.post({field: WISHES[field]}, path=f"{path}/presentation"), 400, "format.fields")
        override = {"X-HTTP-Method-Override": "PATCH"}
        refused(software.send("POST", path, {field: WISHES[field]}, **override), 405, "method_not_allowed")
    assert _rows(victim) == before


@pytest.mark.parametrize(
    "act", ["claim", "conform", "finding", "lane", "second", "refuse", "detain", "query", "release"]
)
def test_A3_a_trader_does_none_of_an_officers_acts_on_the_own_declaration(
    victim: Victim, nothing_left: Nothing, act: str
) -> None:
    trader = browser(accounts.user(of=victim.organisation))
    before = _rows(victim)
    with nothing_left():
        answer = {"lane": "GREEN", "reason": "low", "outcome": "conform", "confirmed": "yes", "grant": "yes"}
        assert trader.post(f"/desk/{victim.declaration.pk}/{act}", answer).status_code == 404
    assert _rows(victim) == before


def test_A5_a_permit_of_another_trader_is_unknown_and_nothing_is_lodged(
    victim: Victim, stranger: Software, nothing_left: Nothing
) -> None:
    mine = stranger.organisation.identifier
    theirs = oranges({"documents": citing("PHY-SECRET-1")}, trader=mine).canonical()
    nobodys = oranges({"documents": citing("PHY-NOBODY-1")}, trader=mine).canonical()
    with nothing_left():
        problems = [refused(stranger.post(body), 422, "rule_violated")["errors"] for body in (theirs, nobodys)]
    told = [{name: value for name, value in errors[0].items() if name != "value"} for errors in problems]
    assert told[0] == told[1]
    assert told[0]["code"] == "AG-001"
    assert victim.organisation.name not in str(problems[0])
    assert victim.organisation.identifier not in str(problems[0])


def _rows(victim: Victim) -> tuple[dict[str, Any], dict[str, Any]]:
    pk = victim.declaration.pk
    return Declaration.objects.values().get(pk=pk), Case.objects.values().get(pk=pk)
