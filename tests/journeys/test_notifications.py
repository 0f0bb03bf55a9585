"""What parties are told on the way, lodging to the end: each step a valid message of the WCO, with what it must say."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from lxml import etree

from clearance.services import query_answer
from clearance.services.desk import case_claim, query_send
from declarations.selectors import declaration_snapshot
from fees.services import account_credit
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.celery import app
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from tests.factories import accounts, changes, clearance
from tests.factories.declarations import import_json
from tests.factories.res_schema import response_of, schema_of
from tests.factories.third_party import Software

pytestmark = pytest.mark.django_db(transaction=True)
Jobs = Callable[[], None]


@pytest.fixture(scope="module")
def schema(shared_inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> etree.XMLSchema:
    return schema_of(shared_inputs, tmp_path_factory.mktemp("schema"))


def told(software: Software, subject: str, schema: etree.XMLSchema) -> dict[str, dict[str, Any]]:
    """The notifications about a declaration by type, each one's message checked against the schema."""
    page = software.get("/api/v1/notifications?page_size=200").json()
    found = [one for one in page["notifications"] if one["subject"] == subject]
    for one in found:
        if one["function_code"] is not None:
            body = software.get(one["links"]["xml"]).content
            assert software.get(one["links"]["xml"]).content == body
            assert schema.validate(etree.fromstring(etree.tostring(response_of(body)))), (one, schema.error_log)
            assert response_of(body).findtext("{*}FunctionCode") == one["function_code"]
    return {one["type"]: one for one in found}


def test_a_check_a_question_and_its_answer(country: None, schema: etree.XMLSchema) -> None:
    trader = clearance.trader_rich()
    software, officer = Software(trader), accounts.actor(Role.OFFICER)
    number = clearance.risky(trader)
    case_claim(declaration_id=number, actor=officer)
    query = query_send(
        declaration_id=number,
        actor=officer,
        question="Which model?",
        pointer="/items/0/description",
        consequence="Without an answer the goods stay.",
    )
    trader_actor = accounts.actor(Role.TRADER, of=trader)
    query_answer(declaration_id=number, query_id=query, actor=trader_actor, answer="Model 7.")
    found = told(software, str(number), schema)
    codes = {type_: one["function_code"] for type_, one in found.items()}
    assert codes["control.examination"] == "05"
    assert codes["hold.opened"] == "50"
    assert codes["query.sent"] == "51"
    assert codes["query.answered"] == "02"
    asked, consequence = found["query.sent"]["statements"]
    assert asked["text"] == "Which model?"
    assert asked["by"] > clock.now().isoformat()
    assert asked["wco_pointer"] == "42A/67A/68A[1]/23A/137"
    assert consequence["text"] == "Without an answer the goods stay."


def test_missing_money_is_told_reminded_of_and_told_paid(
    country: None, jobs_done: Jobs, schema: etree.XMLSchema
) -> None:
    trader = accounts.organisation(identifier="ZZIMP0009", name="Poor Foods Ltd")
    software = Software(trader)
    number = software.lodged(import_json())["id"]
    jobs_done()
    first = told(software, number, schema)
    assert first["insufficient_funds"]["function_code"] == "14"
    assert first["insufficient_funds"]["payments"][0]["amount"] == first["assessed"]["payments"][0]["amount"]
    for round_ in range(1, 4):
        (timer,) = Job.objects.filter(kind="fees.remind", subject_id=number, state="todo")
        assert timer.not_before > clock.now() + timedelta(hours=23)
        app.tasks["fees.remind"]([timer.pk])
        page = software.get("/api/v1/notifications?page_size=200").json()["notifications"]
        assert [one["function_code"] for one in page if one["type"] == "insufficient_funds.reminder"] == ["15"] * round_
    assert not Job.objects.filter(kind="fees.remind", subject_id=number, state="todo").exists()
    actor = system_actor("bank")
    account_credit(organisation_id=trader.pk, amount=Decimal(90_000), currency="EUR", reference="p1", actor=actor)
    jobs_done()
    last = told(software, number, schema)
    assert last["paid"]["status"] == [{"code": "67"}]
    assert last["cleared"]["function_code"] == "09"


def test_a_reminder_says_nothing_once_the_money_is_there(country: None, jobs_done: Jobs) -> None:
    trader = accounts.organisation(identifier="ZZIMP0009", name="Poor Foods Ltd")
    software = Software(trader)
    number = software.lodged(import_json())["id"]
    jobs_done()
    actor = system_actor("bank")
    account_credit(organisation_id=trader.pk, amount=Decimal(90_000), currency="EUR", reference="p1", actor=actor)
    jobs_done()
    (timer,) = Job.objects.filter(kind="fees.remind", subject_id=number, state="todo")
    app.tasks["fees.remind"]([timer.pk])
    page = software.get("/api/v1/notifications?page_size=200").json()["notifications"]
    assert not [one for one in page if one["type"] == "insufficient_funds.reminder"]


def test_an_amendment_is_granted_and_names_what_changed_and_its_version(
    importer: Organisation, jobs_done: Jobs, schema: etree.XMLSchema
) -> None:
    software = Software(importer)
    number = software.lodged(import_json(presented=False))["id"]
    jobs_done()
    actor = accounts.actor(Role.TRADER, of=importer)
    before = told(software, number, schema)["registered"]
    changes.amend(UUID(number), actor, changes.with_price(declaration_snapshot(UUID(number)).message, "390"))
    found = told(software, number, schema)
    assert found["change.granted"]["status"] == [{"code": "39"}]
    assert found["amended"]["declaration"]["version"] == 2
    assert "42A/67A/68A[1]/23A" in " ".join(found["amended"]["changed"])
    assert found["registered"] == before
    changes.invalidate(UUID(number), actor)
    ended = told(software, number, schema)["invalidated"]
    assert ended["function_code"] == "10"
    assert ended["cancelled_at"]


def test_goods_that_never_came_end_in_a_rejection(
    importer: Organisation, jobs_done: Jobs, schema: etree.XMLSchema
) -> None:
    software = Software(importer)
    number = software.lodged(import_json(presented=False))["id"]
    jobs_done()
    (timer,) = Job.objects.filter(kind="declarations.tasks.expire", subject_id=number, state="todo")
    with clock.frozen(timer.not_before + timedelta(seconds=1)):
        app.tasks["declarations.tasks.expire"]([timer.pk])
    ended = told(software, number, schema)["expired"]
    assert (ended["function_code"], ended["errors"][0]["code"]) == ("03", "CDS12046")
