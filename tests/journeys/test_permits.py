"""A permit is applied for, paid, asked about, issued, and used up by two declarations at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from agencies.models import ApplicationPart, Permit
from agencies.selectors import permits_out_of_balance
from agencies.services.applications import part_fee_paid
from singlewindow.accounts.permissions import Role
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.jobs.types import JobContext
from tests.factories import accounts, agencies
from tests.factories.agencies import citing, oranges
from tests.factories.clearance import jobs_do, trader_rich
from tests.factories.third_party import Software

pytestmark = pytest.mark.django_db(transaction=True)

BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(role: Role, **of: Any) -> Client:
    client = Client()
    client.force_login(accounts.user(role, **of), backend=BACKEND)
    return client


def test_a_permit_is_applied_for_issued_and_used_up_by_two_declarations_at_once(country: None) -> None:
    agencies.requirement(hs_prefix="0805", charge_code="PHY-CER")
    trader = trader_rich()
    web, officer = signed_in(Role.TRADER, of=trader), signed_in(Role.AGENCY_OFFICER, agency="PHY")

    # The trader writes one application and sends it.
    typed = {"holder": str(trader.pk), "direction": "import", "valid_from": "2026-01-01", "valid_to": "2030-12-31"}
    goods = {"commodity_code": "0805102000", "description": "Oranges", "country": "MA", "quantity": "10", "unit": "KGM"}
    typed |= {f"goods-0-{name}": value for name, value in goods.items()}
    typed |= {"goods-TOTAL_FORMS": "1", "goods-INITIAL_FORMS": "0"}
    saved = web.post("/permits/applications/new", typed)
    assert saved.status_code == 302, saved.content.decode()
    page = web.get(saved["Location"]).content.decode()
    assert "Send the application" in page
    assert web.post(f"{saved['Location']}/send", {"version": "1"}).status_code == 302
    part = ApplicationPart.objects.get()
    assert part.state == "applied"

    # Its fee is asked for from the published schedule, and paid; the agency's clock runs.
    assert Job.objects.filter(kind="fees.bill", subject_id=str(part.pk)).exists()
    told = {"demand": "d", "kind": "agency_fee", "subject_type": "lpco_part"}
    with unit_of_work() as work:
        part_fee_paid(work, JobContext(1, "agencies.fee_paid", str(part.pk), told, "", 1))

    # The officer asks, the trader answers, the officer issues.
    assert part.application.reference in officer.get("/agency/applications/").content.decode()
    desk = f"/agency/applications/{part.pk}"
    asked = {"act": "query", "query-text": "Which orchard?", "query-hours": "24", "query-consequence": "As it is"}
    assert officer.post(desk, asked).status_code == 302
    assert "Which orchard?" in web.get(saved["Location"]).content.decode()
    answered = web.post(f"{saved['Location']}/parts/{part.pk}", {"text": "Souss 12"})
    assert answered.status_code == 302
    order = {"act": "issue", "issue-valid_from": "2026-01-01", "issue-valid_to": "2030-12-31", "issue-quantity_1": "10"}
    issued = officer.post(desk, order)
    assert issued.status_code == 302, issued.content.decode()
    permit = Permit.objects.get()
    assert permit.holder_id == trader.pk
    assert permit.number in web.get(saved["Location"]).content.decode()

    # Two declarations want the whole of it at the same instant.
    bodies = [
        oranges({"documents": citing(permit.number), "net_mass_kg": "10"}, trader=trader.identifier, lrn=f"RACE-{n}")
        for n in range(2)
    ]
    ids = [Software(trader).lodged(body.canonical())["id"] for body in bodies]
    barrier = Barrier(2)

    def decide(declaration_id: str) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            jobs_do(declaration_id)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(decide, ids))
    answers = [Software(trader).get(f"/api/v1/declarations/{one}/agencies").json() for one in ids]
    said = [next(one for one in answer["agencies"] if one["agency"] == "PHY") for answer in answers]
    assert Counter(one["status"] for one in said) == {"may_proceed": 1, "hold": 1}
    waiting = [one["status"] for one in said].index("hold")
    assert (said[waiting]["code"], answers[waiting]["answer"]["who"]) == ("P02", "trader")
    permit.refresh_from_db()
    assert (permit.used, permit.state, permits_out_of_balance()) == (Decimal(10), "exhausted", [])
