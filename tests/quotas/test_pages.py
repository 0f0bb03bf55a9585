"""Pages and API of quotas: for everybody what is left; for who manages them the changes; for nobody else those."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from singlewindow.accounts.permissions import Role
from singlewindow.kernel import clock
from singlewindow.quotas.models import Change, Quota
from tests.factories import accounts, quotas
from tests.factories.quotas import FRIDAY, claimed, settle

pytestmark = pytest.mark.django_db


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(accounts.user(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def quota() -> Quota:
    """A quota with two settled days."""
    made = quotas.quota()
    claimed("600")
    settle(made, FRIDAY.date())
    claimed("700", at=FRIDAY + timedelta(days=1))
    settle(made, FRIDAY.date() + timedelta(days=1))
    return made


def test_everybody_sees_what_is_left_of_each_quota(quota):
    quotas.quota("090002", title="Bananas")
    page = Client().get("/quotas/?on=2026-06-10").content.decode()
    assert "Beef" in page
    assert "Bananas" in page
    assert "Used up" in page
    assert "Bananas" not in Client().get("/quotas/?on=2026-06-10&q=090001").content.decode()
    assert "No quota answers this" in Client().get("/quotas/?on=2027-06-10").content.decode()


def test_a_quota_shows_its_settled_days_and_how_it_stood_on_a_day(quota):
    with clock.frozen(FRIDAY + timedelta(days=5)):
        page = Client().get("/quotas/090001").content.decode()
        assert "57.1" in page, "the share of the second day"
        before = Client().get("/quotas/090001?on=2026-06-04").content.decode()
    assert "Left at the end of that day" in before
    assert "1,000" in before


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/quotas/?on=2026-13-01", 400),
        ("/quotas/?on=1e9", 400),
        ("/quotas/099999", 404),
        ("/quotas/%00", 404),
        ("/quotas/090001/manage", 302),
        ("/api/v1/quotas?on=yesterday", 400),
        ("/api/v1/quotas?unknown=1", 400),
        ("/api/v1/quotas/099999", 404),
    ],
)
def test_what_a_stranger_asks_is_answered_plainly(quota, path, status):
    assert Client().get(path).status_code == status


def test_lists_ask_few_questions_however_many_quotas_there_are(quota):
    def asked(path: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert Client().get(path).status_code == 200
        return len(queries)

    few = asked("/quotas/?on=2026-06-10")
    for number in range(20):
        quotas.quota(f"0901{number:02d}")
    assert asked("/quotas/?on=2026-06-10") == few <= 2
    assert asked("/quotas/090001?on=2026-06-10") <= 6
    assert asked("/api/v1/quotas?on=2026-06-10") <= 2


def test_the_api_tells_the_same(quota):
    listed = Client().get("/api/v1/quotas?on=2026-06-10").json()
    (one,) = listed["quotas"]
    assert (one["order_number"], one["balance"], one["state"]) == ("090001", "0", "exhausted")
    detail = Client().get("/api/v1/quotas/090001?on=2026-06-10").json()
    assert [day["granted"] for day in detail["settled"]] == ["400", "600"]
    assert detail["waiting"] == []


def test_who_manages_quotas_proposes_a_change_and_sees_it_waiting(quota):
    client = signed_in(Role.SUPERVISOR)
    address = "/quotas/090001/manage?on=2026-06-10"
    assert client.get(address).status_code == 200
    wrong = client.post(address, {"kind": "volume", "quantity": "-1", "reason": "Less"})
    assert wrong.status_code == 422
    assert "QU-CHG-02" in wrong.content.decode()
    assert client.post(address, {"kind": "volume", "quantity": "5"}).status_code == 422
    done = client.post(address, {"kind": "volume", "quantity": "5", "reason": "Decision 9"})
    assert done.status_code == 302
    assert done.headers["Location"].startswith("/approvals/")
    assert Change.objects.get().state == "proposed"
    assert "waits for a second person" in client.get(address).content.decode()


@pytest.mark.parametrize("role", [Role.TRADER, Role.OFFICER, Role.AGENCY_OFFICER, Role.AUDITOR])
def test_for_everybody_else_the_page_of_changes_is_not_there(quota, role):
    client = signed_in(role)
    assert client.get("/quotas/090001/manage").status_code == 404
    assert client.post("/quotas/090001/manage", {"kind": "volume", "quantity": "5", "reason": "x"}).status_code == 404
    assert Change.objects.count() == 0
