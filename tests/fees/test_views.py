"""Pages of fees, as their readers open them."""

import csv
import io
from datetime import date
from decimal import Decimal

import orjson
import pytest
from django.urls import reverse

from fees.asked import cell
from fees.models import Charge, TariffVersion
from fees.selectors import account_of
from fees.services import account_credit
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from tests.factories import accounts

pytestmark = pytest.mark.django_db


def test_F07_anyone_reads_the_schedule_with_law_and_publication(client, loaded, django_assert_num_queries):
    with django_assert_num_queries(3):
        page = client.get(reverse("fees:schedule"))
    text = page.content.decode()
    assert page.status_code == 200
    for words in ("Plant Health Service", "Customs Services (Fees) Regulations 2025, item 1", "Not billed yet"):
        assert words in text


@pytest.mark.parametrize(("on", "amount"), [("2025-12-31", "20"), ("2026-01-01", "25")])
def test_F07_the_schedule_is_that_of_the_day_asked_for(client, loaded, on, amount):
    rows = orjson.loads(client.get(f"/fees.json?on={on}&authority=CUS&q=import+declaration").content)["charges"]
    assert [(row["code"], row["amount"]) for row in rows] == [("CUS-IMP", amount)]


def test_F07_filters_narrow_the_schedule_and_nothing_found_says_so(client, loaded):
    assert b"Wharfage" not in client.get("/fees?authority=PHY").content
    assert b"No fee or charge answers this" in client.get("/fees?q=unicorn").content
    assert client.get("/fees?on=soon").status_code == 400


def test_FE_CHG_01_the_schedule_says_from_which_day_a_late_charge_binds(client, loaded):
    rows = orjson.loads(client.get("/fees.json?on=2026-11-22&q=plastic").content)["charges"]
    assert [(row["valid_from"], row["published_on"], row["billable_from"]) for row in rows] == [
        ("2026-11-01", "2027-01-04", "2027-01-04")
    ]


def test_the_csv_holds_the_same_rows_and_no_cell_acts_as_a_formula(client, loaded):
    Charge.objects.create(
        version_from=TariffVersion.objects.get(),
        code="X",
        title='=HYPERLINK("http://x","y")',
        authority="CUS",
        authority_name="+Customs",
        law="@SUM(A1)",
        event="ruling",
        unit="each",
        amount=Decimal("-1"),
        valid_from=date(2026, 1, 1),
        published_on=date(2025, 1, 1),
    )
    answer = client.get("/fees.csv?on=2026-11-22")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert len(rows) == len(orjson.loads(client.get("/fees.json?on=2026-11-22").content)["charges"])
    planted = next(row for row in rows if row["code"] == "X")
    assert planted["title"].startswith("'=")
    assert planted["authority_name"] == "'+Customs"
    assert planted["law"] == "'@SUM(A1)"
    assert planted["amount"] == "'-1"
    assert [cell(start + "x")[0] for start in ("=", "\t", "\r", "＝", "＠")] == ["'"] * 5
    assert cell("plain") == "plain"


ASKED = {"code": "8516710000", "origin": "CN", "value": "385", "currency": "EUR", "freight": "420", "insurance": "35"}


def test_the_calculator_gives_the_notice_without_sign_in_or_script(client, loaded, django_assert_num_queries):
    client.get("/calculator")  # the first reader of a process builds what all later ones use
    client.get("/calculator", ASKED)
    with django_assert_num_queries(1):
        page = client.get("/calculator", ASKED | {"net_mass_kg": "42"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "239.79" in text
    assert "How this was worked out" in text


def test_the_calculator_claims_a_preference_and_says_why_not_without_one(client, loaded):
    coffee = ASKED | {"code": "0901 21", "origin": "KE"}
    without = client.get("/calculator", coffee).content.decode()
    assert "does not claim this preference" in without
    assert "a lower rate can be claimed" in client.get("/calculator", coffee | {"proof": "on"}).content.decode()


def test_the_calculator_looks_goods_up_by_words_and_keeps_the_other_answers(client, loaded):
    text = client.get("/calculator", ASKED | {"code": "coffee"}).content.decode()
    assert "value=385" in text
    assert "code=0901" in text
    assert "No goods answer" in client.get("/calculator", ASKED | {"code": "qzxqzx"}).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"value": "1,000"}, "type digits with a point"),
        ({"value": "-1"}, "type digits with a point"),
        ({"value": "１２"}, "type digits with a point"),
        ({"origin": "A1"}, "Error:"),
        ({"code": "220300"}, "State the quantity in l."),
        ({"code": "001234"}, "no rate in force"),
    ],
)
def test_the_calculator_says_what_to_mend(client, loaded, changes, words):
    assert words in client.get("/calculator", ASKED | changes).content.decode()


def _sign_in(client, role, of=None):
    person = accounts.user(role, of=of)
    client.force_login(person)
    return person


def test_a_trader_sees_balance_and_movements_of_their_own_account(client, loaded, django_assert_max_num_queries):
    holder = accounts.organisation()
    for number in range(30):
        account_credit(
            organisation_id=holder.pk,
            amount=Decimal("1.50"),
            currency="EUR",
            reference=f"R{number}",
            actor=system_actor("tests"),
        )
    _sign_in(client, Role.TRADER, holder)
    with django_assert_max_num_queries(6):
        page = client.get("/account")
    text = page.content.decode()
    assert "45.00" in text
    assert "reference R29" in text
    assert "reference R4<" not in text
    assert 'rel="next"' in text


def test_an_account_without_money_says_how_to_pay_in(client, loaded):
    _sign_in(client, Role.TRADER)
    assert "No movements yet" in client.get("/account").content.decode()


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        (None, "/account", 302),
        (None, "/account/credit", 302),
        (Role.OFFICER, "/account", 404),
        (Role.TRADER, "/account/credit", 404),
        (Role.OFFICER, "/account/credit", 404),
        (Role.SUPERVISOR, "/account/credit", 200),
    ],
)
def test_pages_of_money_open_only_for_their_readers(client, loaded, role, path, status):
    if role:
        _sign_in(client, role)
    assert client.get(path).status_code == status


def test_a_supervisor_books_a_payment_once(client, loaded):
    holder = accounts.organisation()
    _sign_in(client, Role.SUPERVISOR)
    form = {"identifier": holder.identifier, "amount": "250.00", "reference": "BANK-7"}
    assert client.post("/account/credit", form).status_code == 302
    again = client.post("/account/credit", form)
    assert again.status_code == 422
    assert "was booked before" in again.content.decode()
    assert account_of(holder.pk, currency="EUR").balance_minor == 25000


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"identifier": "ZZNOBODY"}, "No organisation"),
        ({"amount": "0"}, "must be positive"),
        ({"amount": "1.005"}, "must be positive"),
        ({"amount": "ten"}, "type digits"),
    ],
)
def test_a_payment_that_cannot_be_booked_says_why(client, loaded, changes, words):
    form = {"identifier": accounts.organisation().identifier, "amount": "5", "reference": "B"} | changes
    _sign_in(client, Role.SUPERVISOR)
    answer = client.post("/account/credit", form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
