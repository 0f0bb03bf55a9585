"""Pages and interface of guarantees and disputes: who sees what, what is refused, in how many queries."""

import re
from decimal import Decimal
from uuid import uuid4

import orjson
import pytest
from django.test import Client

from singlewindow.accounts.permissions import Role
from singlewindow.accounts.selectors import actor_of_user
from singlewindow.approvals.models import Proposal
from singlewindow.approvals.services import proposal_decide
from singlewindow.audit.models import Event
from singlewindow.guarantees.models import AccessCode, Guarantee, WrongCode
from singlewindow.kernel.errors import NotPermitted
from tests.factories import accounts
from tests.factories.guarantees import CODE, guarantee, reserve
from tests.factories.third_party import Software

pytestmark = pytest.mark.django_db


@pytest.fixture
def trader():
    return accounts.organisation()


def signed(role: Role, of=None) -> Client:
    client = Client()
    client.force_login(accounts.user(role, of=of))
    return client


@pytest.fixture
def own(trader):
    return signed(Role.TRADER, trader)


@pytest.fixture
def desk():
    return signed(Role.OFFICER)


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_asks_the_same_number_of_queries_however_many_there_are(
    own, trader, count, django_assert_max_num_queries
):
    for _ in range(count):
        guarantee(trader)
    with django_assert_max_num_queries(9):
        answer = own.get("/guarantees/")
    assert answer.status_code == 200
    assert answer.content.decode().count("26ZZT") >= count


@pytest.mark.parametrize("count", [1, 12])
def test_one_guarantee_asks_the_same_number_of_queries(own, trader, count, django_assert_max_num_queries):
    row = guarantee(trader)
    for _ in range(count):
        reserve(row, 1_000)
    with django_assert_max_num_queries(12):
        answer = own.get(f"/guarantees/{row.pk}/")
    assert answer.status_code == 200
    assert "Set aside" in answer.content.decode()


def test_a_strangers_guarantee_does_not_exist(own):
    row = guarantee(accounts.organisation())
    for path in ("", "code", "cancel"):
        assert own.get(f"/guarantees/{row.pk}/{path}").status_code == 404
    assert own.post(f"/guarantees/{row.pk}/code", {"kind": "main", "code": "ABCD"}).status_code == 404
    assert own.post(f"/guarantees/{row.pk}/cancel", {"reason": "mine"}).status_code == 404
    assert row.grn not in own.get("/guarantees/").content.decode()


@pytest.mark.parametrize("path", ["/desk/guarantees/", "/desk/guarantees/new", "/desk/disputes/"])
def test_the_desk_is_closed_to_traders_and_visitors(own, path):
    assert own.get(path).status_code == 404
    assert Client().get(path).status_code == 302


FORM = {
    "type": "1",
    "reference_amount": "50000",
    "currency": "EUR",
    "guarantor_name": "Bank of Kivana",
    "valid_from": "2026-01-01",
}


def test_applied_for_examined_granted_by_another_and_given_a_code(own, trader, desk):
    made = own.post("/guarantees/new", FORM, follow=True)
    assert made.status_code == 200
    row = Guarantee.objects.get(holder=trader)
    assert (row.state, row.limit_minor) == ("PENDING", 5_000_000)
    told = {"act": "propose", "level": "50", "criteria": ["accounts"], "reason": "Examined."}
    refused = desk.post(f"/desk/guarantees/{row.pk}/", told)
    assert refused.status_code == 422
    assert "needs more to be shown" in refused.content.decode()
    told["criteria"] = ["accounts", "internal_control", "solvency", "payments"]
    assert desk.post(f"/desk/guarantees/{row.pk}/", told).status_code == 302
    proposal = Proposal.objects.get(subject_id=str(row.pk))
    proposal_decide(proposal_id=proposal.pk, actor=accounts.actor(Role.SUPERVISOR), grant=True, reason="Agreed.")
    row.refresh_from_db()
    assert (row.state, row.level) == ("ACTIVE", 50)
    shown = own.post(f"/guarantees/{row.pk}/code", {"kind": "main", "code": ""})
    code = re.search(r'<p class="lead"><bdi dir="ltr" class="ref">([A-Z0-9]{4})</bdi>', shown.content.decode())
    assert code is not None
    assert "no-store" in shown["Cache-Control"]
    assert reserve(row, code=code[1])
    again = own.get(f"/guarantees/{row.pk}/").content.decode()
    assert code[1] not in again
    kept = AccessCode.objects.get(guarantee=row)
    assert code[1] not in kept.digest + kept.salt
    assert not any(f'"{code[1]}"'.encode() in bytes(event.canonical) for event in Event.objects.all())


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("reference_amount", "-1", ""),
        ("reference_amount", "0", "more than zero"),
        ("reference_amount", "10.001", "finer than the currency"),
        ("reference_amount", "99999999999999999", ""),
        ("currency", "XXQ", "no currency"),
        ("guarantor_name", "", "Somebody stands for it"),
        ("valid_to", "2025-12-31", "not before the first day"),
        ("offices", "ZZ999999", "no office"),
        ("commodities", "coffee", "2 to 10 digits"),
        ("countries_excluded", "KENYA", "two capital letters"),
    ],
)
def test_GU_REG_what_cannot_be_so_is_refused_beside_its_field(own, trader, field, value, rule):
    answer = own.post("/guarantees/new", FORM | {field: value})
    assert answer.status_code == 422
    assert rule in answer.content.decode()
    assert not Guarantee.objects.filter(holder=trader).exists()


def test_GU_REG_02_vouchers_come_in_numbers_of_ten_thousand_each(own, trader):
    own.post("/guarantees/new", FORM | {"type": "4", "reference_amount": "10000", "vouchers": "3"})
    rows = Guarantee.objects.filter(holder=trader).order_by("grn")
    assert [(len(row.grn), row.grn[17:], row.limit_minor) for row in rows] == [
        (24, f"A00000{number}", 1_000_000) for number in (1, 2, 3)
    ]
    assert len({row.grn[:17] for row in rows}) == 1


def test_GU_LIM_01_the_limit_never_goes_below_what_is_used(desk, trader):
    row = guarantee(trader)
    reserve(row, 60_000)
    told = {"act": "limit", "reason": "Fewer debts."}
    assert desk.post(f"/desk/guarantees/{row.pk}/", told | {"limit": "599.99"}).status_code == 422
    assert desk.post(f"/desk/guarantees/{row.pk}/", told | {"limit": "600.00"}).status_code == 302
    row.refresh_from_db()
    assert row.limit_minor == 60_000


def test_GU_LIM_02_a_higher_limit_waits_for_a_second_person(desk, trader):
    row = guarantee(trader)
    desk.post(f"/desk/guarantees/{row.pk}/", {"act": "limit", "reason": "More debts.", "limit": "2000"})
    row.refresh_from_db()
    assert row.limit_minor == 100_000
    proposal = Proposal.objects.get(subject_id=str(row.pk))
    proposal_decide(proposal_id=proposal.pk, actor=accounts.actor(Role.SUPERVISOR), grant=True, reason="Agreed.")
    row.refresh_from_db()
    assert row.limit_minor == 200_000


def test_A7_who_proposed_a_higher_limit_does_not_agree_to_it(trader):
    row, person = guarantee(trader), accounts.user(Role.SUPERVISOR)
    client = Client()
    client.force_login(person)
    asked = client.post(f"/desk/guarantees/{row.pk}/", {"act": "limit", "reason": "More debts.", "limit": "2000"})
    assert asked.status_code == 302
    proposal = Proposal.objects.get(subject_id=str(row.pk))
    with pytest.raises(NotPermitted):
        proposal_decide(
            proposal_id=proposal.pk, actor=actor_of_user(person, conversation_id="t"), grant=True, reason="Mine."
        )
    row.refresh_from_db()
    assert row.limit_minor == 100_000


@pytest.mark.parametrize(("step", "state"), [("suspend", "SUSPENDED"), ("revoke", "REVOKED"), ("cancel", "ACTIVE")])
def test_GU_LIF_steps_are_told_with_their_reason(desk, trader, step, state):
    row = guarantee(trader)
    desk.post(f"/desk/guarantees/{row.pk}/", {"act": "step", "step": step, "reason": "The bank said so."})
    row.refresh_from_db()
    assert (row.state, row.reason) == (state, "The bank said so.")
    assert (row.liability_ends_on is not None) == (step == "cancel")


def test_the_interface_lists_one_with_its_ledger_and_hides_those_of_others(trader):
    software = Software(trader, scopes="guarantees")
    row, foreign = guarantee(trader), guarantee(accounts.organisation())
    reserve(row, 12_345)
    listed = software.get("/api/v1/guarantees").json()
    assert [one["grn"] for one in listed["guarantees"]] == [row.grn]
    assert listed["guarantees"][0]["available"] == "876.55"
    one = software.get(f"/api/v1/guarantees/{row.pk}").json()
    assert [(entry["kind"], entry["amount"]) for entry in one["entries"]] == [("RESERVE", "123.45")]
    for path in ("", "/code-checks"):
        method = software.get if not path else lambda where: software.post({"access_code": CODE}, path=where)
        assert method(f"/api/v1/guarantees/{foreign.pk}{path}").status_code == 404
    assert software.get(f"/api/v1/guarantees/{uuid4()}").status_code == 404


def test_GU_COD_02_guessing_by_the_interface_ends_after_five(trader):
    software, row = Software(trader, scopes="guarantees"), guarantee(trader)
    path = f"/api/v1/guarantees/{row.pk}/code-checks"
    answers = [software.post({"access_code": f"X{number:03d}"}, path=path).json() for number in range(7)]
    assert [one["attempts_left"] for one in answers] == [4, 3, 2, 1, 0, 0, 0]
    assert software.post({"access_code": CODE}, path=path).json() == {"right": False, "attempts_left": 0}
    assert WrongCode.objects.filter(guarantee_id=row.pk).count() == 5


@pytest.mark.parametrize(
    "body",
    [b"[]", b"{}", b'{"access_code":1}', b'{"access_code":"A","more":"B"}', b"\xff", b'{"access_code":"\\u0000"}'],
)
def test_a_body_of_another_shape_is_refused(trader, body):
    software, row = Software(trader, scopes="guarantees"), guarantee(trader)
    answer = software.post(body, path=f"/api/v1/guarantees/{row.pk}/code-checks")
    assert answer.status_code == 400
    assert orjson.loads(answer.content)["code"]


def test_another_organisations_wrong_codes_do_not_lock_the_holder_out(trader):
    row = guarantee(trader)
    broker = accounts.organisation()
    software = Software(broker, scopes="guarantees")
    for number in range(7):
        software.post({"access_code": f"X{number:03d}"}, path=f"/api/v1/guarantees/{row.pk}/code-checks")
    software = Software(trader, scopes="guarantees")
    answer = software.post({"access_code": CODE}, path=f"/api/v1/guarantees/{row.pk}/code-checks")
    assert answer.json() == {"right": True, "attempts_left": 5}


def test_amounts_are_shown_at_the_cent(own, trader):
    row = guarantee(trader, limit_minor=100_001)
    assert Decimal(own.get(f"/guarantees/{row.pk}/").context["guarantee"].used_share) == 0
    assert "1,000.01" in own.get("/guarantees/").content.decode()
