"""F50: quotes for anyone; the account for its holder."""

from datetime import UTC, datetime
from decimal import Decimal

import orjson
import pytest

from fees.openapi import REDUCED
from fees.services import account_credit, assessment_make, quote_make
from fees.types import AssessmentKind
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from tests.factories import accounts
from tests.factories import fees as make
from tests.factories.declarations import import_json, import_message

pytestmark = pytest.mark.django_db

QUOTES, ACCOUNT = "/api/v1/quotes", "/api/v1/account"
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def post(client, body, path=QUOTES, content_type="application/json"):
    data = body if isinstance(body, bytes) else orjson.dumps(body)
    return client.generic("POST", path, data, content_type)


def test_F50_a_visitor_gets_the_bytes_that_the_assessment_will_have(client, loaded):
    body = import_json(3)
    with clock.frozen(AT):
        answer = post(client, body)
    assert answer.status_code == 200
    snapshot = make.snapshot(import_message().model_validate(body), lodged_by=accounts.organisation().pk)
    with unit_of_work() as work:
        summary = assessment_make(work, snapshot, at=AT, kind=AssessmentKind.ASSESSMENT)
    assert answer["ETag"] == f'"{summary.sha256}"'
    assert answer.content == quote_make(snapshot.message, at=AT).canonical


def test_F50_the_reduced_form_gives_the_same_figures_as_the_declaration_of_the_same_goods(client, loaded):
    body = import_json(1)
    whole = orjson.loads(post(client, body, f"{QUOTES}?date=2026-11-20").content)
    reduced = orjson.loads(post(client, REDUCED, f"{QUOTES}?date=2026-11-20").content)
    assert reduced == whole
    assert Decimal(reduced["total"]) == Decimal("25") + Decimal("2.10") + Decimal("67.20") + Decimal("145.49")


def test_F50_another_day_is_asked_for_by_its_date(client, loaded):
    shirts = {"items": [{"commodity_code": "610910", "origin": "CN", "price": {"amount": "1000", "currency": "EUR"}}]}
    rates = [
        orjson.loads(post(client, shirts, f"{QUOTES}?date={day}").content)["items"][0]["lines"][0]["rate"]
        for day in ("2025-12-31", "2026-01-01")
    ]
    assert rates == ["25 %", "20 %"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "json.malformed"),
        ({}, 400, "format.type"),
        ({"items": []}, 400, "format.fields"),
        ({"items": [{"commodity_code": "12", "price": {"amount": "1", "currency": "EUR"}}]}, 400, "format.fields"),
        ({"items": [{"commodity_code": "090121", "price": {"amount": 1, "currency": "EUR"}}]}, 400, "format.fields"),
        (
            {"items": [{"commodity_code": "090121", "price": {"amount": "1e3", "currency": "EUR"}}]},
            400,
            "format.fields",
        ),
        ({"items": [{"commodity_code": "090121", "price": {"amount": "1", "currency": "XAU"}}]}, 422, "rule_violated"),
        ({"items": [{"commodity_code": "001234", "price": {"amount": "1", "currency": "EUR"}}]}, 422, "rule_violated"),
        ({"items": [{"commodity_code": "220300", "price": {"amount": "1", "currency": "EUR"}}]}, 422, "rule_violated"),
    ],
)
def test_a_quote_that_cannot_be_made_is_a_problem_with_a_pointer_and_never_a_zero(client, loaded, body, status, code):
    answer = post(client, body)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"].startswith("application/problem+json")
    problem = orjson.loads(answer.content)
    assert problem["code"] == code


def test_a_quote_of_another_content_type_or_a_wrong_date_is_refused(client, loaded):
    assert post(client, REDUCED, content_type="text/plain").status_code == 415
    assert post(client, REDUCED, f"{QUOTES}?date=tomorrow").status_code == 400
    assert post(client, REDUCED, f"{QUOTES}?day=2026-11-20").status_code == 400
    assert client.get(QUOTES).status_code == 405


def _credit(organisation, count=1):
    for number in range(count):
        account_credit(
            organisation_id=organisation.pk,
            amount=Decimal(10),
            currency="EUR",
            reference=f"{organisation.pk}-{number}",
            actor=system_actor("tests"),
        )


def test_the_account_is_read_page_by_page_by_its_holder(client, loaded, django_assert_num_queries):
    holder = accounts.organisation()
    _credit(holder, 3)
    _credit(accounts.organisation())
    headers = {"Authorization": f"Bearer {accounts.token(of=holder)}"}
    with django_assert_num_queries(3):
        answer = client.get(f"{ACCOUNT}?page_size=2", headers=headers)
    first = orjson.loads(answer.content)
    assert (first["balance"], len(first["movements"])) == ("30.00", 2)
    second = orjson.loads(client.get(f"{ACCOUNT}?cursor={first['next_cursor']}", headers=headers).content)
    assert len(second["movements"]) == 1
    assert second["next_cursor"] == ""


def test_the_account_of_nobody_yet_is_empty_and_a_stranger_is_sent_away(client, loaded):
    holder = accounts.organisation()
    token = accounts.token(of=holder)
    answer = orjson.loads(client.get(ACCOUNT, headers={"Authorization": f"Bearer {token}"}).content)
    assert (answer["balance"], answer["movements"]) == ("0.00", [])
    assert client.get(ACCOUNT).status_code == 401
    narrow = accounts.token(of=holder, scopes="declarations")
    assert client.get(ACCOUNT, headers={"Authorization": f"Bearer {narrow}"}).status_code == 403
