"""Pages and REST of revenue: who sees what, what an act does, and how many queries a page takes."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fees.models import FiscalStatus
from fees.selectors.lines import tax_lines
from fees.services import debt_secure
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.identifiers import uuid7
from singlewindow.revenue.models import Claim, Deferment, Determination, Statement
from singlewindow.revenue.services import debt_defer, statement_close
from tests.factories import accounts
from tests.factories import revenue as make
from tests.factories.declarations import import_message

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(role: Role, **of: Any) -> Client:
    client = Client()
    client.force_login(accounts.user(role, **of), backend=BACKEND)
    return client


def read(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def closed(statement: Statement) -> Statement:
    with clock.frozen(datetime(2026, 11, 30, 23, 0, tzinfo=UTC)), unit_of_work() as work:
        statement_close(work, JobContext(1, "revenue.close", str(statement.pk), {}, "", 1))
    statement.refresh_from_db()
    return statement


@pytest.fixture
def month(loaded):
    """A holder with two deferred debts on a closed statement."""
    holder = make.trusted(name="Amari Foods Ltd")
    make.deferment(holder)
    for _ in range(2):
        snapshot, _total = make.assessed(holder)
        make.deferred(snapshot, datetime(2026, 11, 20, 9, tzinfo=UTC))
    return holder, closed(Statement.objects.get())


def test_a_trader_sees_the_month_by_tax_and_by_declaration_and_pays_it(month):
    holder, statement = month
    client = signed_in(Role.TRADER, of=holder)
    page = read(client, "revenue:own")
    assert "2026-11" in page
    assert "To be paid" in page
    page = read(client, "revenue:own-statement", statement.pk)
    for text in ("A00", "CUS", "By declaration", "Pay the month"):
        assert text in page
    address = reverse("revenue:own-statement", args=[statement.pk])
    refused = client.post(address)
    assert refused.status_code == 422
    assert "lacks" in refused.content.decode()
    make.credited(holder, f"{(statement.closed_minor or 0) / 100:.2f}")
    assert "its debts are final" in client.post(address, follow=True).content.decode()
    assert Statement.objects.get().state == "paid"


def test_a_month_goes_out_as_csv_and_as_an_accessible_pdf(month):
    holder, statement = month
    client = signed_in(Role.TRADER, of=holder)
    sheet = client.get(reverse("revenue:own-statement-file", args=[statement.pk, "csv"])).content.decode()
    assert sheet.splitlines()[0] == '"mrn","authority","tax_type","amount","currency"'
    assert f'"{(statement.closed_minor or 0) / 100:.2f}"' in sheet.splitlines()[-1]
    paper = client.get(reverse("revenue:own-statement-file", args=[statement.pk, "pdf"]))
    assert paper.content.startswith(b"%PDF")
    assert b"pdfuaid" in paper.content
    assert client.get(reverse("revenue:own-statement-file", args=[statement.pk, "exe"])).status_code == 404


@pytest.mark.parametrize("name", ["revenue:own-statement", "revenue:own-statement-file"])
def test_another_traders_month_does_not_exist(month, name):
    _, statement = month
    args = [statement.pk, "csv"] if name.endswith("file") else [statement.pk]
    assert signed_in(Role.TRADER).get(reverse(name, args=args)).status_code == 404


def test_a_supervisor_proposes_and_changes_a_deferment_and_an_officer_only_reads(loaded):
    holder = make.trusted()
    supervisor = signed_in(Role.SUPERVISOR)
    form = {
        "identifier": holder.identifier,
        "limit": "5000",
        "valid_from": "2026-01-01",
        "basis": "aeo",
        "conditions": "No arrears",
    }
    wrong = supervisor.post(reverse("revenue:deferment-new"), form | {"limit": "0"})
    assert wrong.status_code == 422
    assert "RV-DEF-01" in wrong.content.decode() or "more than nothing" in wrong.content.decode()
    answer = supervisor.post(reverse("revenue:deferment-new"), form, follow=True)
    assert "another person must agree" in answer.content.decode()
    row = Deferment.objects.get()
    make.granted(row.pk)
    officer = signed_in(Role.OFFICER)
    assert row.number in read(officer, "revenue:deferments")
    assert "Suspend" not in read(officer, "revenue:deferment", row.pk)
    address = reverse("revenue:deferment", args=[row.pk])
    assert officer.post(address, {"action": "suspend", "reason": "x"}).status_code == 403
    assert supervisor.post(address, {"action": "suspend", "reason": ""}).status_code == 422
    supervisor.post(address, {"action": "suspend", "reason": "Arrears"})
    row.refresh_from_db()
    assert row.state == "suspended"
    assert officer.get(reverse("revenue:deferment-new")).status_code == 404


def test_a_claim_from_filing_to_payment_by_pages(importer, jobs_done):
    declaration = make.released(importer, jobs_done)
    trader = signed_in(Role.TRADER, of=importer)
    new = reverse("revenue:claim-new")
    assert "MRN of the import declaration" in read(trader, "revenue:claim-new")
    assert trader.get(new, {"mrn": "26ZZ00000000000000"}).status_code == 404
    line = tax_lines([declaration.pk])[0]
    address = f"{new}?mrn={declaration.mrn}"
    form = {"reason_code": "overcharged", "text": "Credit note 4711"}
    assert trader.post(address, form).status_code == 422  # nothing is named
    name = f"amount_{line.item}_{line.tax_type}"
    answer = trader.post(address, form | {name: "1.50"}, follow=True)
    assert "The claim is filed." in answer.content.decode()
    claim = Claim.objects.get()
    assert claim.claimed_minor == 150
    officer, supervisor = signed_in(Role.OFFICER), signed_in(Role.SUPERVISOR)
    desk = reverse("revenue:claim-desk", args=[claim.pk])
    assert claim.number in read(officer, "revenue:claims-desk")
    officer.post(desk, {"act": "accept"})
    field = f"amount_{claim.lines.get().pk}"
    assert officer.post(desk, {"act": "verify", "reason": "", field: "1.00"}).status_code == 422
    officer.post(desk, {"act": "verify", "reason": "The papers agree.", field: "1.00"})
    assert officer.post(desk, {"act": "approve"}).status_code == 403
    supervisor.post(desk, {"act": "approve"})
    claim.refresh_from_db()
    assert (claim.state, claim.approved_minor) == ("paid", 100)
    assert "1.00" in read(trader, "revenue:claim", claim.pk)
    assert signed_in(Role.TRADER).get(reverse("revenue:claim", args=[claim.pk])).status_code == 404


def test_a_provisional_debt_is_listed_with_its_age_and_determined(loaded):
    holder = accounts.organisation(name="Kito Electronics")
    snapshot, total = make.assessed(holder, import_message(5))
    make.credited(holder, f"{total / 100:.2f}")
    with unit_of_work() as work:
        debt_secure(work, declaration_id=snapshot.id, organisation_id=holder.pk)
    officer = signed_in(Role.OFFICER)
    page = read(officer, "revenue:provisional")
    assert "Kito Electronics" in page
    assert "0 to 7 days" in page
    address = reverse("revenue:provisional-debt", args=[snapshot.id])
    assert "Set aside in money" in read(officer, "revenue:provisional-debt", snapshot.id)
    due = {f"due_{name}": f"{minor / 100:.2f}" for name, minor in FiscalStatus.objects.get(pk=snapshot.id).due.items()}
    assert officer.post(address, due | {"reason": ""}).status_code == 422
    assert signed_in(Role.AUDITOR).post(address, due | {"reason": "x"}).status_code == 403
    answer = officer.post(address, due | {"reason": "Value settled", "interest": "on"}, follow=True)
    assert "the parties were told" in answer.content.decode()
    assert "How it was covered" in answer.content.decode()
    assert Determination.objects.get().final_minor == total


def test_yields_are_set_on_a_page_row_by_row(loaded):
    holder, supervisor = accounts.organisation(), signed_in(Role.SUPERVISOR)
    form = {
        "identifier": holder.identifier,
        "authorisation": "ZZIPO0001",
        "valid_from": "2026-01-01",
        "rows": "0901 210111 2.5\n090111;210112;2",
        "reason": "Audit of recipes",
    }
    address = reverse("revenue:yields")
    assert supervisor.post(address, form | {"rows": "coffee"}).status_code == 422
    assert "ZZIPO0001" in supervisor.post(address, form, follow=True).content.decode()
    assert signed_in(Role.OFFICER).get(address).status_code == 404


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("revenue:own", {Role.TRADER, Role.BROKER}),
        ("revenue:claims", {Role.TRADER, Role.BROKER}),
        ("revenue:deferments", {Role.OFFICER, Role.SUPERVISOR, Role.AUDITOR}),
        ("revenue:claims-desk", {Role.OFFICER, Role.SUPERVISOR, Role.AUDITOR}),
        ("revenue:provisional", {Role.OFFICER, Role.SUPERVISOR, Role.AUDITOR}),
        ("revenue:yields", {Role.SUPERVISOR}),
        ("revenue:deferment-new", {Role.SUPERVISOR}),
    ],
)
def test_a_page_exists_only_for_whom_it_is(name, roles):
    asked = (Role.TRADER, Role.BROKER, Role.OFFICER, Role.SUPERVISOR, Role.AUDITOR, Role.AGENCY_OFFICER, Role.CARRIER)
    opened = {role for role in asked if signed_in(role).get(reverse(name)).status_code == 200}
    assert opened == roles
    assert Client().get(reverse(name)).status_code == 302


@pytest.mark.parametrize(("name", "most"), [("revenue:own", 12), ("revenue:own-statement", 12), ("revenue:claims", 12)])
def test_a_traders_pages_take_few_queries_however_much_there_is(month, name, most):
    holder, statement = month
    client = signed_in(Role.TRADER, of=holder)
    args = [statement.pk] if name.endswith("statement") else []
    client.get(reverse(name, args=args))
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(reverse(name, args=args))
    for _ in range(3):
        snapshot, _total = make.assessed(holder)
        make.deferred(snapshot, datetime(2026, 11, 20, 9, tzinfo=UTC))
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(name, args=args))
    assert len(many) <= len(few) + 1 <= most + 1


def test_lists_of_officers_take_few_queries(loaded):
    for _ in range(4):
        holder = make.trusted()
        make.deferment(holder)
        snapshot, total = make.assessed(holder)
        make.credited(holder, f"{total / 100:.2f}")
        with unit_of_work() as work:
            debt_secure(work, declaration_id=snapshot.id, organisation_id=holder.pk)
    officer = signed_in(Role.OFFICER)
    for name in ("revenue:deferments", "revenue:provisional", "revenue:claims-desk"):
        officer.get(reverse(name))
        with CaptureQueriesContext(connection) as asked:
            officer.get(reverse(name))
        assert len(asked) <= 10, (name, len(asked))


def api(client: Client, token: str, method: str, address: str, body: Any = None, key: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
    if method == "GET":
        return client.get(address, headers=headers)
    return client.post(address, json.dumps(body), content_type="application/json", headers=headers)


def test_REST_a_month_is_read_and_paid_once(month):
    holder, statement = month
    token = accounts.token(of=holder, scopes="account payments claims")
    client, address = Client(), f"/api/v1/deferments/statements/{statement.pk}"
    (row,) = api(client, token, "GET", "/api/v1/deferments").json()["deferments"]
    assert row["statements"][0]["month"] == "2026-11"
    assert api(client, token, "GET", address).json()["state"] == "due"
    make.credited(holder, "5000")
    first = api(client, token, "POST", f"{address}/payment", {}, key="pay-1")
    assert first.status_code == 200, first.content
    assert first.json()["state"] == "paid"
    again = api(client, token, "POST", f"{address}/payment", {}, key="pay-1")
    assert again.content == first.content
    stranger = accounts.token(of=accounts.organisation(), scopes="account payments")
    assert api(client, stranger, "GET", address).status_code == 404
    assert api(client, stranger, "POST", f"{address}/payment", {}, key="x").status_code == 404


def test_REST_a_claim_is_filed_once_and_hostile_bodies_leave_nothing(importer, jobs_done):
    declaration = make.released(importer, jobs_done)
    line = tax_lines([declaration.pk])[0]
    token, client = accounts.token(of=importer, scopes="claims"), Client()
    body = {
        "kind": "repayment",
        "mrn": declaration.mrn,
        "reason_code": "overcharged",
        "text": "Credit note",
        "lines": [{"item": line.item, "tax_type": line.tax_type, "amount": "1.50"}],
    }
    for change, status in (
        ({"lines": [{"item": 1, "tax_type": "A00", "amount": "-1"}]}, 400),
        ({"lines": [{"item": 1, "tax_type": "A00", "amount": "1e9"}]}, 400),
        ({"lines": [{"item": 1, "tax_type": "A00", "amount": "NaN"}]}, 400),
        ({"lines": [{"item": True, "tax_type": "A00", "amount": "1"}]}, 400),
        ({"lines": [{"item": 1, "tax_type": line.tax_type, "amount": "1.505"}]}, 422),
        ({"approved": "1.50"}, 400),
        ({"kind": "gift"}, 400),
        ({"kind": "remission"}, 400),
        ({"kind": "remission", "demand_id": str(uuid7())}, 404),
        ({"mrn": "26ZZ00000000000000"}, 404),
    ):
        answer = api(client, token, "POST", "/api/v1/claims", body | change, key=str(uuid7()))
        assert answer.status_code in (status, 422), (change, answer.status_code, answer.content)
        assert Claim.objects.count() == 0
    first = api(client, token, "POST", "/api/v1/claims", body, key="claim-1")
    assert first.status_code == 201, first.content
    assert api(client, token, "POST", "/api/v1/claims", body, key="claim-1").content == first.content
    assert Claim.objects.count() == 1
    assert api(client, token, "GET", f"/api/v1/claims/{first.json()['id']}").json()["claimed"] == "1.50"
    assert len(api(client, token, "GET", "/api/v1/claims").json()["claims"]) == 1
    stranger = accounts.token(of=accounts.organisation(), scopes="claims")
    assert api(client, stranger, "GET", f"/api/v1/claims/{first.json()['id']}").status_code == 404
    without = accounts.token(of=importer, scopes="declarations")
    assert api(client, without, "POST", "/api/v1/claims", body, key="claim-2").status_code == 403


def test_a_debt_of_nobody_is_not_deferred():
    from singlewindow.kernel.errors import NotFound

    with pytest.raises(NotFound), unit_of_work() as work:
        debt_defer(
            work,
            declaration_id=UUID(int=1),
            organisation_id=accounts.organisation().pk,
            at=clock.now(),
            actor=system_actor("tests"),
        )
