"""The pages of an agency's officer and of a trader, and the REST list of permits."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agencies.models import Hold, Permit
from agencies.services import holds_open, permits_reserve
from agencies.types import HoldReason
from declarations.services import declaration_lodge
from declarations.types import Channel
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from tests.factories import accounts, agencies
from tests.factories.agencies import oranges, snapshot

pytestmark = pytest.mark.django_db

SYSTEM = system_actor("clearance")


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


def signed_in(role: Role, **of: Any) -> Client:
    client = Client()
    client.force_login(accounts.user(role, **of), backend="django.contrib.auth.backends.ModelBackend")
    return client


def held(trader: Organisation, *, at=None) -> Hold:
    at = at or clock.now()
    declaration = snapshot(oranges(trader=trader.identifier), of=trader, at=at)
    with unit_of_work() as work:
        outcomes = permits_reserve(work, declaration, actor=SYSTEM, at=at)
        (hold,) = holds_open(work, declaration, actor=SYSTEM, at=at, outcomes=outcomes)
    return Hold.objects.get(pk=hold.id)


def lodged_and_held(trader: Organisation) -> Hold:
    """A hold whose declaration is really there, for the page that shows its goods."""
    from declarations.selectors import declaration_snapshot

    message = oranges(trader=trader.identifier)
    lodged = declaration_lodge(message=message, actor=accounts.actor(of=trader), channel=Channel.JSON)
    declaration = declaration_snapshot(lodged.id)
    with unit_of_work() as work:
        outcomes = permits_reserve(work, declaration, actor=SYSTEM, at=clock.now())
        (hold,) = holds_open(work, declaration, actor=SYSTEM, at=clock.now(), outcomes=outcomes)
    return Hold.objects.get(pk=hold.id)


def test_the_list_shows_the_agencys_holds_with_the_nearest_deadline_first(trader):
    agencies.requirement()
    late, early = held(trader), held(trader, at=clock.now() - timedelta(hours=13))
    page = signed_in(Role.AGENCY_OFFICER).get("/agency/").content.decode()
    assert page.index(early.mrn) < page.index(late.mrn)
    overdue = signed_in(Role.AGENCY_OFFICER).get("/agency/?late=on").content.decode()
    assert early.mrn in overdue
    assert late.mrn not in overdue


def test_A2_another_agency_sees_neither_the_row_nor_the_page(trader):
    agencies.requirement()
    hold = held(trader)
    other = signed_in(Role.AGENCY_OFFICER, agency="VET")
    assert hold.mrn not in other.get("/agency/").content.decode()
    assert other.get(f"/agency/holds/{hold.pk}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/agency/",
        "/agency/permits/",
        "/agency/permits/new",
        "/permits/",
        "/permits/01a205a4-059e-70a9-8274-4b99d93acf27",
    ],
)
def test_a_visitor_is_asked_to_sign_in(client, path):
    response = client.get(path)
    assert response.status_code == 302
    assert "/sign-in" in response["Location"]


@pytest.mark.parametrize("path", ["/agency/", "/agency/permits/", "/agency/permits/new"])
def test_a_trader_is_refused_the_pages_of_agencies(path):
    assert signed_in(Role.TRADER).get(path).status_code == 403


@pytest.mark.parametrize("rows", [1, 20])
def test_the_list_asks_the_same_few_questions_for_any_number_of_holds(trader, rows, django_assert_num_queries):
    agencies.requirement()
    for _ in range(rows):
        held(trader)
    client = signed_in(Role.AGENCY_OFFICER)
    client.get("/agency/")
    with django_assert_num_queries(5):  # session, user, membership, version of the requirements, holds
        client.get("/agency/")


def test_pages_follow_each_other_without_a_row_twice_or_missing(trader):
    agencies.requirement()
    at = clock.now()
    everything = {held(trader, at=at).mrn for _ in range(120)}
    client, seen, address = signed_in(Role.AGENCY_OFFICER), [], "/agency/"
    while address:
        response = client.get(address)
        seen += [hold.mrn for hold in response.context["page"].rows]
        cursor = response.context["page"].next_cursor
        address = f"/agency/?cursor={cursor}" if cursor else ""
    assert len(seen) == 120
    assert set(seen) == everything


@pytest.mark.parametrize("cursor", ["x", "WzFd", "WyJhIiwiYiJd", "WzEsImIiXQ", "%00"])
def test_a_cursor_that_was_not_made_here_is_refused_and_never_a_500(cursor):
    assert signed_in(Role.AGENCY_OFFICER).get(f"/agency/?cursor={cursor}").status_code == 400


def test_AG_031_an_officer_lifts_a_hold_on_its_page(trader):
    agencies.requirement()
    hold = lodged_and_held(trader)
    client, address = signed_in(Role.AGENCY_OFFICER), f"/agency/holds/{hold.pk}"
    page = client.get(address).content.decode()
    assert "Sweet oranges, fresh" in page
    assert HoldReason.PERMIT_MISSING.sentence in page
    assert client.post(address, {"decision": "lift"}).status_code == 422
    response = client.post(address, {"decision": "lift", "reason": "Certificate shown"}, follow=True)
    assert hold.mrn in response.content.decode()
    hold.refresh_from_db()
    assert (hold.state, hold.decision_reason) == ("lifted", "Certificate shown")
    assert client.post(address, {"decision": "uphold", "reason": "Changed my mind"}).status_code == 409


@pytest.mark.parametrize(
    ("language", "why", "then"),
    [
        ("fr", "Ces marchandises exigent une licence", "Demandez la licence à l’organisme"),
        ("ar", "تحتاج هذه البضائع إلى ترخيص", "اطلب الترخيص من الجهة"),
    ],
)
def test_AG_031_a_hold_says_why_in_the_language_of_who_reads_it(trader, language, why, then):
    agencies.requirement()
    hold = lodged_and_held(trader)
    readers = {
        f"/agency/holds/{hold.pk}": signed_in(Role.AGENCY_OFFICER),
        f"/declarations/{hold.declaration_id}/": signed_in(Role.TRADER, of=trader),
    }
    for address, client in readers.items():
        page = client.get(address, headers={"accept-language": language}).content.decode()
        assert why in page
        assert then in page
        assert HoldReason.PERMIT_MISSING.sentence not in page


def test_AG_040_an_officer_issues_a_permit_and_its_holder_sees_it(trader):
    agencies.agency()
    client = signed_in(Role.AGENCY_OFFICER)
    typed = {
        "holder": trader.identifier,
        "code": "7P01",
        "number": "PHY-9",
        "direction": "import",
        "hs_prefix": "0805",
        "quantity": "1200.5",
        "unit": "kgm",
        "tolerance": "5",
        "valid_from": "2026-01-01",
        "valid_to": "2099-12-31",
    }
    response = client.post("/agency/permits/new", typed)
    permit = Permit.objects.get(number="PHY-9")
    assert response["Location"] == reverse("agencies:permit", args=[permit.pk])
    assert (str(permit.tolerance), permit.unit, permit.agency_id) == ("0.0500", "KGM", "PHY")
    own = signed_in(Role.TRADER, of=trader)
    assert "PHY-9" in own.get("/permits/").content.decode()
    assert own.get(f"/permits/{permit.pk}").status_code == 200
    assert client.post("/agency/permits/new", typed).status_code == 422


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quantity", "0"),
        ("quantity", "１２３"),
        ("quantity", "1e3"),
        ("quantity", "-1"),
        ("tolerance", "101"),
        ("code", "N853"),
        ("hs_prefix", "080"),
        ("holder", "ZZNOBODY"),
        ("valid_to", "2025-12-31"),
        ("origin", "ma"),
        ("direction", "both"),
        ("number", "a\x00b"),
    ],
)
def test_AG_040_a_permit_that_cannot_be_is_refused_at_its_field(trader, field, value):
    agencies.agency()
    typed = {
        "holder": trader.identifier,
        "code": "7P01",
        "number": "PHY-9",
        "direction": "import",
        "hs_prefix": "0805",
        "quantity": "1200.5",
        "unit": "KGM",
        "valid_from": "2026-01-01",
        "valid_to": "2026-12-31",
    }
    response = signed_in(Role.AGENCY_OFFICER).post("/agency/permits/new", typed | {field: value})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert not Permit.objects.exists()


def test_A1_a_permit_of_another_trader_is_not_there(trader):
    permit = agencies.permit(accounts.organisation())
    client = signed_in(Role.TRADER, of=trader)
    assert permit.number not in client.get("/permits/").content.decode()
    assert client.get(f"/permits/{permit.pk}").status_code == 404


def test_an_agency_neither_sees_nor_changes_the_permit_of_another(trader):
    permit = agencies.permit(trader)
    client = signed_in(Role.AGENCY_OFFICER, agency="VET")
    assert client.get(f"/permits/{permit.pk}").status_code == 404
    assert client.post(f"/permits/{permit.pk}", {"step": "revoke", "reason": "x"}).status_code == 404


def test_an_officer_suspends_and_reinstates_a_permit(trader):
    permit = agencies.permit(trader)
    client, address = signed_in(Role.AGENCY_OFFICER), f"/agency/permits/{permit.pk}"
    client.post(address, {"step": "suspend", "reason": "Outbreak at the grower"})
    permit.refresh_from_db()
    assert permit.state == "suspended"
    assert client.post(address, {"step": "suspend", "reason": "Again"}).status_code == 422
    client.post(address, {"step": "reinstate", "reason": "Outbreak over"})
    permit.refresh_from_db()
    assert permit.state == "issued"


def test_a_trader_cannot_post_to_the_page_of_a_permit(trader):
    permit = agencies.permit(trader)
    client = signed_in(Role.TRADER, of=trader)
    client.post(f"/permits/{permit.pk}", {"step": "revoke", "reason": "x"})
    permit.refresh_from_db()
    assert permit.state == "issued"


def test_anyone_may_ask_what_goods_need(client):
    agencies.requirement(hs_prefix="0805")
    page = client.get("/requirements?hs=080510&direction=import&country=MA").content.decode()
    assert "Citrus fruit" in page
    assert "No permit is needed" in client.get("/requirements?hs=8516&direction=import&country=MA").content.decode()
    assert client.get("/requirements?hs=08x&direction=import&country=MA").status_code == 422
    assert client.get("/requirements").status_code == 200


def test_the_rest_list_gives_a_client_its_permits_and_no_others(client, trader):
    own, foreign = agencies.permit(trader), agencies.permit(accounts.organisation())
    headers = {"Authorization": f"Bearer {accounts.token(of=trader)}"}
    answer = client.get("/api/v1/permits", headers=headers)
    assert answer.status_code == 200
    (row,) = answer.json()["permits"]
    assert (row["number"], row["remaining"]) == (own.number, "100")
    assert foreign.number not in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "status"),
    [("?state=issued", 200), ("?state=nope", 400), ("?colour=red", 400), ("?cursor=x", 400), ("?q=%00", 400)],
)
def test_the_rest_list_refuses_what_it_does_not_know(client, trader, query, status):
    headers = {"Authorization": f"Bearer {accounts.token(of=trader)}"}
    assert client.get(f"/api/v1/permits{query}", headers=headers).status_code == status


def test_A15_the_rest_list_needs_the_scope(client, trader):
    assert client.get("/api/v1/permits").status_code == 401
    headers = {"Authorization": f"Bearer {accounts.token(of=trader, scopes='quotes')}"}
    assert client.get("/api/v1/permits", headers=headers).status_code == 403
