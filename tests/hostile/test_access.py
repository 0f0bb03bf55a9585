"""A1, A3, A5: what belongs to one trader is to another as if it did not exist, on every address that there is."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from agencies.models import Hold
from clearance.models import Case, EarlyWarning
from clearance.rules.disputes import Alternative
from clearance.services.disputes.opening import dispute_open
from declarations.models import Declaration
from declarations.selectors import declaration_head
from singlewindow.accounts.models import Organisation, User
from singlewindow.accounts.permissions import ROLE_PERMISSIONS, SCOPE_PERMISSIONS, Permission, Role
from singlewindow.accounts.types import Actor
from singlewindow.audit.models import PartyEvent
from singlewindow.cargo.models import Bill
from singlewindow.guarantees.services.codes import code_set
from singlewindow.guarantees.types import CodeKind
from singlewindow.kernel import clock
from singlewindow.payments.models import ProviderPayment
from singlewindow.revenue.models import Statement
from singlewindow.revenue.services import remission_file
from tests.factories import accounts, agencies, capture, cargo, documents, guarantees, payments, penalties, revenue
from tests.factories.agencies import citing, oranges
from tests.factories.clearance import jobs_do, risky, trader_rich
from tests.factories.declarations import import_json
from tests.factories.ens import entry_xml
from tests.factories.lowvalue import as_csv, cells
from tests.factories.third_party import DECLARATIONS, Software
from tests.hostile.conftest import Nothing, refused

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
SECRETS = (
    *("SECRET-INVOICE", "Zanzibar Undisclosed", "SECRET-LRN", "PHY-SECRET", "MSKU2666542"),
    *("SECRET-GOODS",),
    *("SECRET-BILL", "SECRET-VOY", "SECRET-ENS", "SECRET-PK", "SECRET-SEAL"),
    *("SECRET-DEMAND", "SECRET-CLAIM", "SECRET-BANK", "SECRET-LABEL", "SECRET-TERMS"),
    *("SECRET-ERROR", "SECRET-CHARGE", "SECRET-DISPUTE"),
)
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
    agencies.requirement("ENV", hs_prefix="9601", lpco_code="7P05")
    sent = agencies.applied(trader, agencies.goods_json(commodity_code="960110", description="SECRET-GOODS"), by=actor)
    paper, upload = documents.document(actor, reference="SECRET-INVOICE-1"), documents.uploaded(actor, b"%PDF-1.7")
    ids = {"declaration_id": receipt["id"], "permit_id": str(permit.pk), "hold_id": str(hold.pk)}
    ids |= {"application_id": str(sent.id), "part_id": str(sent.parts[0].id)}
    ids |= {"document_id": str(paper.id), "upload_id": str(upload.id)}
    ids["event_id"] = str(PartyEvent.objects.filter(subject_id=receipt["id"])[0].event_id)
    hooks = Software(trader, scopes="webhooks").post({"url": "https://victim.example.org/"}, path="/api/v1/webhooks")
    ids["endpoint_id"] = hooks.json()["id"]
    ids |= _of_payments(actor) | _of_revenue(trader, actor) | _of_guarantees(trader)
    ids |= _of_penalties(receipt["id"], actor) | _of_disputes(receipt["id"])
    ids |= _of_carriers(trader) | {"file_id": _list_of(trader)} | _of_the_border(trader)
    return Victim(trader, Declaration.objects.get(pk=receipt["id"]), ids)


def _of_payments(actor: Actor) -> dict[str, str]:
    """A basket that is being paid with a provider."""
    own = payments.basket(actor, top_up=100)
    payments.sent(actor, own)
    return {"basket_id": str(own.pk), "payment_id": str(ProviderPayment.objects.get(basket=own).pk)}


def _of_revenue(trader: Organisation, actor: Actor) -> dict[str, str]:
    """A demand with a claim that it is waived, and a deferment with the statement of a month."""
    asked = payments.demand(actor, text="SECRET-DEMAND of interest")
    claim = remission_file(demand_id=asked, reason_code="equity", text="SECRET-CLAIM: the port burned.", actor=actor)
    trader.trusted_since = date(2020, 1, 1)
    trader.save(update_fields=["trusted_since"])
    given = revenue.deferment(trader, conditions="SECRET-TERMS", limit_minor=100_000_000)
    snapshot, _ = revenue.assessed(trader)
    assert revenue.deferred(snapshot, clock.now()) is not None
    statement = Statement.objects.get(deferment=given)
    ids = {"demand_id": asked, "claim_id": claim, "deferment_id": given.pk, "statement_id": statement.pk}
    return {name: str(value) for name, value in ids.items()}


def _of_guarantees(trader: Organisation) -> dict[str, str]:
    """A guarantee with a code for a broker."""
    own = guarantees.guarantee(trader, guarantor_name="SECRET-BANK")
    code_set(own, "Z9Z9", CodeKind.ADDITIONAL, at=clock.now(), label="SECRET-LABEL")
    return {"guarantee_id": str(own.pk)}


def _of_penalties(declaration_id: str, actor: Actor) -> dict[str, str]:
    """An error that was disclosed, and what an officer holds against the trader."""
    head = declaration_head(UUID(declaration_id))
    told = penalties.disclosed(head, actor, facts="SECRET-ERROR of origin")
    held = penalties.notified(head, facts="SECRET-CHARGE of origin")
    return {"disclosure_id": str(told.pk), "penalty_id": str(held.pk)}


def _of_disputes(declaration_id: str) -> dict[str, str]:
    """What customs disputes of the declaration."""
    row = dispute_open(
        actor=accounts.actor(Role.OFFICER),
        declaration_id=UUID(declaration_id),
        alternatives=[Alternative(item=1, price=Decimal("90000"))],
        statement="SECRET-DISPUTE of the price",
        law="Customs Act, 30",
    )
    return {"dispute_id": str(row.pk)}


def _of_carriers(trader: Organisation) -> dict[str, str]:
    """A manifest with a bill, and an entry summary declaration, of the same organisation."""
    manifest = cargo.filed(cargo.carrier_of(trader), cargo.bill_json("SECRET-BILL-1"), reference="SECRET-VOY-1")
    bill = Bill.objects.get(manifest_id=manifest.id)
    sent = Software(trader, scopes="entries").post(
        entry_xml(header__lrn="SECRET-ENS-1"), path="/api/v1/entry-summaries", content_type="application/xml"
    )
    assert sent.status_code == 201, sent.content
    return {"manifest_id": str(manifest.id), "bill_id": str(bill.pk), "entry_id": sent.json()["id"]}


def _of_the_border(trader: Organisation) -> dict[str, str]:
    """A reading of a device about the same container, and a warning on goods of the same trader on their way."""
    seal = {"number": "SECRET-SEAL", "state": "broken"}
    seen = capture.told(capture.gate(), capture.event_json("seal", seal=seal, about={"container": "MSKU2666542"}))
    warning = EarlyWarning.objects.get(declaration_id=risky(trader, type_code="IMD", lrn="SECRET-LRN-2"))
    return {"seen_id": str(seen.events[0].id), "warning_id": str(warning.pk)}


def _list_of(trader: Organisation) -> str:
    """A list of low value."""
    software = Software(trader, role=Role.OPERATOR)
    sent = software.post(as_csv([cells(lrn="SECRET-PK-1")]), path="/api/v1/bulk-files", content_type="text/csv")
    assert sent.status_code == 202, sent.content
    return str(sent.json()["id"])


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


OTHERS = {
    "act": "claim",
    "number": "1",
    "version": "1",
    "code_id": "1",
    "place": "1",
    "slug": "parties",
    "code": "state",
    "name": "ping",
    "form": "csv",
    "suffix": "json",
    "key": "key",
    "provider": "simulator",
}
UNSEEN = {
    "certificate_id",
    "query_id",
    "delivery_id",
    "original_id",
    "device_id",
    "proposal_id",
    "profile_id",
    "simulation_id",
    "version_id",
    "alert_id",
    "model_hash",
    "suspense_id",
    "payfile_id",
    "draft_id",
    "comment_id",
    "change_id",
}
"""Behind the id of a declaration or an endpoint, whatever they name is that one's; originals are of agencies alone,
devices are managed by customs, whosever they are, and profiles, models, simulations, proposals, alerts and lists of
sanctioned parties are of the risk unit; suspense and files for the bank are of the treasury, changes of the tariff
of customs, and drafts of charges with what was said of them are public."""


def filled(pattern: str, ids: dict[str, str]) -> str:
    """An address with the ids of somebody; other parts of it get a plausible value."""
    for part in re.findall(r"<(?:\w+:)?(\w+)>", pattern):
        value = (ids | OTHERS).get(part) or str(uuid4())
        pattern = re.sub(rf"<(?:\w+:)?{part}>", value, pattern)
    return pattern


def test_A1_every_address_is_asked_for_with_ids_of_the_victim(victim: Victim) -> None:
    """A new kind of id in an address must be given to the victim before these cases pass again."""
    for pattern in addresses():
        parts = set(re.findall(r"<(?:\w+:)?(\w+)>", pattern))
        assert parts <= victim.ids.keys() | OTHERS.keys() | UNSEEN, pattern
        resolve(filled(pattern, victim.ids))  # the values fit the address, so what answers is the view


def browser(person: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(person, backend=BACKEND)
    return client


def leaks(victim: Victim, response: Any, asked: str) -> list[str]:
    """Secrets in an answer that were not in the question."""
    text = response.content.decode(errors="replace") + str(response.headers)
    return [secret for secret in victim.secrets if secret in text and secret not in asked]


@pytest.mark.parametrize(
    "role",
    [
        *(Role.TRADER, Role.BROKER, Role.OPERATOR, Role.CARRIER, Role.TERMINAL, Role.DEVICE),
        *(Role.ADMINISTRATOR, Role.AGENCY_OFFICER),
    ],
)
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
        for method in ("get", "head", "post", "put", "patch", "delete"):
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


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ALL_SCOPES = " ".join(SCOPE_PERMISSIONS)
CALLERS = {
    "another trader": (Role.TRADER, ALL_SCOPES),
    "a broker without a mandate": (Role.BROKER, ALL_SCOPES),
    "another operator": (Role.OPERATOR, ALL_SCOPES),
    "another carrier": (Role.CARRIER, ALL_SCOPES),
    "a terminal": (Role.TERMINAL, ALL_SCOPES),
    "a device": (Role.DEVICE, ALL_SCOPES),
    "another agency": (Role.AGENCY_OFFICER, ALL_SCOPES),
    "a wrong scope": (Role.TRADER, "quotes"),
    "no scope": (Role.TRADER, ""),
}
BODIES: tuple[tuple[object, str], ...] = (({}, "application/json"), (b"\xff<", "text/plain"))
"""One that can be read, and one that cannot: a stranger's is not looked at."""


@pytest.mark.parametrize("caller", CALLERS)
def test_A1_no_REST_address_tells_the_software_of_others(victim: Victim, caller: str) -> None:
    """Each address, each method: 404 to whoever may do such a thing at all, 403 to whoever may not, nothing told."""
    role, scopes = CALLERS[caller]
    other = Software(accounts.organisation(name="Nosy"), scopes=scopes, role=role)
    permissions = _permissions(role, scopes)
    before = Declaration.objects.values().get(pk=victim.declaration.pk)
    for path, view in _rest(victim):
        own_ids = any(value in path for value in victim.ids.values())
        required = getattr(view, "permission_required", Permission.SYSTEM)
        allowed = {404, 405} if required in permissions else {403, 404, 405}
        for method, (body, media) in product(METHODS, BODIES):
            response = other.send(method, path, b"" if method in {"GET", "HEAD"} else body, media)
            assert response.status_code < 500, (method, path)
            assert not leaks(victim, response, path), (method, path)
            if method == "OPTIONS":
                continue
            if own_ids:
                assert response.status_code in allowed, (method, path, response.status_code, response.content[:300])
            elif required is not None and required not in permissions:
                assert response.status_code in {403, 405}, (method, path, response.status_code)
    assert Declaration.objects.values().get(pk=victim.declaration.pk) == before


def test_A1_nor_a_visitor(victim: Victim) -> None:
    visitor = Client(raise_request_exception=False)
    for path, view in _rest(victim):
        public = getattr(view, "permission_required", Permission.SYSTEM) is None
        for method in METHODS:
            status = visitor.generic(method, path, b"{}", "application/json").status_code
            assert status < 500, (method, path)
            assert public or method == "OPTIONS" or status in {401, 405}, (method, path, status)


def test_A1_the_same_addresses_are_there_for_whom_they_belong_to(victim: Victim) -> None:
    """So that the cases above cannot pass because the ids are of nothing."""
    owners = [Software(victim.organisation, scopes=ALL_SCOPES, role=role) for role in (Role.OPERATOR, Role.CARRIER)]
    for path, view in _rest(victim):
        public = getattr(view, "permission_required", Permission.SYSTEM) is None
        if hasattr(view, "get") and not public and not {"changes/1", "queries/1"} & {path[-9:]}:
            statuses = {owner.get(path).status_code for owner in owners}
            assert 200 in statuses, (path, statuses)


def _rest(victim: Victim) -> list[tuple[str, Any]]:
    """Every REST address with the victim's ids, and the view that answers there."""
    paths = [path for path in (filled(pattern, victim.ids) for pattern in addresses()) if path.startswith("/api/v1/")]
    return [(path, resolve(path).func.view_class) for path in paths]  # type: ignore[attr-defined]


def _permissions(role: Role, scopes: str) -> frozenset[Permission]:
    scoped = frozenset[Permission]().union(*(SCOPE_PERMISSIONS[scope] for scope in scopes.split()))
    return scoped & ROLE_PERMISSIONS[role]


LISTS = {
    "documents": Role.TRADER,
    "webhooks": Role.TRADER,
    "notifications": Role.TRADER,
    "events": Role.TRADER,
    "entry-summaries": Role.CARRIER,
    "manifests": Role.CARRIER,
    "payments": Role.TRADER,
    "payments/payable": Role.TRADER,
    "deferments": Role.TRADER,
    "claims": Role.TRADER,
    "guarantees": Role.TRADER,
    "penalties": Role.TRADER,
    "permit-applications": Role.TRADER,
    "bulk-files": Role.OPERATOR,
}


@pytest.mark.parametrize("name", LISTS)
def test_A1_lists_of_all_that_can_be_filed_begin_empty(victim: Victim, name: str) -> None:
    other = Software(accounts.organisation(), scopes=ALL_SCOPES, role=LISTS[name])
    answer = other.get(f"/api/v1/{name}")
    assert answer.status_code == 200
    lists = [value for value in answer.json().values() if isinstance(value, list)]
    assert lists
    assert not any(lists)


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
