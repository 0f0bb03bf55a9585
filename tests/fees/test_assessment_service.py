"""FE-ID and FE-FX: what is stored, that quotes equal assessments, and what waits."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from declarations.selectors import declaration_snapshot
from declarations.services import declaration_accept, declaration_lodge
from declarations.types import Channel
from fees.models import Assessment, AssessmentLine, FiscalStatus
from fees.selectors import assessment_explain, assessment_for, fiscal_state, fiscal_status
from fees.services import account_credit, account_debit, assessment_make, quote_make
from fees.states import FiscalState
from fees.tasks import assess_again
from fees.types import AssessmentKind
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import sha256_hex
from singlewindow.kernel.errors import NotFound, RuleViolated, TransitionRefused
from tests.declarations.conftest import filer
from tests.factories import accounts
from tests.factories import fees as make
from tests.factories.declarations import import_message, item_json
from tests.factories.tariff import changed, files, tariff_small_load

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ASSESSMENT, ESTIMATE = AssessmentKind.ASSESSMENT, AssessmentKind.ESTIMATE


def assess(snapshot, *, at=AT, kind=ASSESSMENT):
    with unit_of_work() as work:
        return assessment_make(work, snapshot, at=at, kind=kind)


def declared(message=None, **changes):
    changes.setdefault("lodged_by", accounts.organisation().pk)
    return make.snapshot(message or import_message(), **changes)


def test_an_assessment_is_kept_with_its_lines_its_bytes_and_what_it_was_made_from(loaded):
    snapshot = declared(import_message(2))
    summary = assess(snapshot)
    view = assessment_for(snapshot.id)
    assert view.sha256 == summary.sha256 == sha256_hex(view.canonical)
    made_of = {
        "tariff": loaded.label,
        "profile": view.notice["snapshot"]["profile"],
        "exchange_rates": [],
        "quotas": [],
    }
    assert view.notice["snapshot"] == made_of
    lines = AssessmentLine.objects.filter(assessment_id=view.id)
    assert sum(line.amount_minor for line in lines) == summary.total_minor == view.total_minor
    assert {line.tax_type for line in lines} >= {"A00", "B00", "CUS-IMP", "ENV-EEE"}
    assert fiscal_state(snapshot.id) is FiscalState.ASSESSED
    assert Event.objects.filter(verb="assessment.made", subject_id=str(snapshot.id)).count() == 1
    assert PartyEvent.objects.filter(type="assessed", organisation_id=snapshot.lodged_by).count() == 1


def test_an_estimate_before_arrival_leaves_the_fiscal_state_alone(loaded):
    snapshot = declared()
    assert assess(snapshot, kind=ESTIMATE).state is FiscalState.NOT_ASSESSED
    assert fiscal_state(snapshot.id) is FiscalState.NOT_ASSESSED
    assert assess(snapshot).version == 2
    assert assessment_for(snapshot.id).kind is ASSESSMENT
    assert assessment_for(snapshot.id, version=1).kind is ESTIMATE


def test_an_open_debt_is_assessed_again_and_a_paid_one_is_not(loaded):
    snapshot = declared()
    first = assess(snapshot)
    amended = declared(import_message(3), id=snapshot.id, lodged_by=snapshot.lodged_by, version=2)
    second = assess(amended)
    assert second.total_minor > first.total_minor
    assert fiscal_status(snapshot.id).total_minor == second.total_minor
    account_credit(
        organisation_id=snapshot.lodged_by,
        amount=Decimal(99999),
        currency="EUR",
        reference="x",
        actor=system_actor("tests"),
    )
    with unit_of_work() as work:
        account_debit(work, declaration_id=snapshot.id, organisation_id=snapshot.lodged_by)
    with pytest.raises(TransitionRefused):
        assess(amended)


def test_assessment_and_debit_may_stand_in_one_transaction(loaded):
    snapshot = declared()
    account_credit(
        organisation_id=snapshot.lodged_by,
        amount=Decimal(99999),
        currency="EUR",
        reference="y",
        actor=system_actor("tests"),
    )
    with unit_of_work() as work:
        assessment_make(work, snapshot, at=AT, kind=ASSESSMENT)
        assert account_debit(work, declaration_id=snapshot.id, organisation_id=snapshot.lodged_by, at=AT).covered
    assert fiscal_state(snapshot.id) is FiscalState.PAID


def test_FE_FX_01_without_a_rate_the_assessment_waits_says_so_once_and_tries_again(loaded):
    items = [item_json(1, price={"amount": "385", "currency": "XAU"})]
    snapshot = declared(import_message(items=1).model_validate(import_message().canonical() | {"items": items}))
    assess(snapshot)
    summary = assess(snapshot)
    assert (summary.state, summary.assessment_id) == (FiscalState.NOT_ASSESSED, None)
    assert [(found.rule, found.pointer) for found in summary.waiting_for] == [("FE-FX-01", "/items/0/price")]
    assert [found.rule for found in fiscal_status(snapshot.id).waiting_for] == ["FE-FX-01"]
    assert Assessment.objects.count() == 0
    job = Job.objects.get(kind="fees.assess_again")
    assert timedelta(minutes=14) < job.not_before - clock.now() <= timedelta(minutes=15)
    assert PartyEvent.objects.get(type="assessment_waits").data["rules"] == ["FE-FX-01"]
    with pytest.raises(RuleViolated) as error:
        quote_make(snapshot.message, at=AT)
    assert error.value.violations == summary.waiting_for
    repaired = declared(id=snapshot.id, lodged_by=snapshot.lodged_by, version=2)
    assert assess(repaired).state is FiscalState.ASSESSED
    assert fiscal_status(snapshot.id).waiting_for == ()


@pytest.mark.django_db(transaction=True)
def test_FE_FX_01_an_accepted_declaration_is_assessed_when_what_was_missing_is_there():
    tariff_small_load()
    by = filer()
    items = [item_json(1, commodity_code="2203000000")]
    items[0].pop("supplementary_quantity")
    message = import_message().model_validate(import_message().canonical() | {"items": items})
    lodged = declaration_lodge(message=message, actor=by.actor, channel=Channel.JSON)
    with unit_of_work() as work:
        declaration_accept(work, lodged.id, system_actor("clearance"))
    snapshot = declaration_snapshot(lodged.id)
    waits = assess(snapshot, at=snapshot.accepted_at)
    assert [found.rule for found in waits.waiting_for] == ["FE-QTY-01"]
    again = Job.objects.get(kind="fees.assess_again")
    assess_again([again.pk])
    assert fiscal_state(lodged.id) is FiscalState.NOT_ASSESSED
    assert PartyEvent.objects.filter(type="assessment_waits").count() == 1
    excise = "excise,1EX,2203,1011,import,,0.35 EUR/{},"  # law changes to a quantity that is declared
    changed(files(("measures.csv", excise.format("l"), excise.format("kg"))))
    assess_again([Job.objects.get(kind="fees.assess_again", state="todo").pk])
    assert fiscal_state(lodged.id) is FiscalState.ASSESSED
    assert Job.objects.filter(kind="clearance.decide", subject_id=str(lodged.id)).count() == 2
    assert Job.objects.filter(kind="fees.assess_again", state="todo").count() == 0


def test_the_notice_explains_why_each_rate_was_taken_or_not(loaded):
    coffee = item_json(1, commodity_code="0901210000", origin="KE")
    snapshot = declared(import_message().model_validate(import_message().canonical() | {"items": [coffee]}))
    assess(snapshot)
    candidates = assessment_explain(snapshot.id)["items"][0]["candidates"]
    assert [candidate["reason"] for candidate in candidates] == ["applied", "not_claimed"]
    assert "does not claim it" in candidates[1]["because"]
    with pytest.raises(NotFound):
        assessment_explain(declared().id)


def test_the_day_is_the_countrys_own(loaded):
    before_midnight = assess(declared(), at=datetime(2026, 11, 20, 20, 59, tzinfo=UTC))
    after_midnight = assess(declared(), at=datetime(2026, 11, 20, 21, 0, tzinfo=UTC))
    days = {row.sha256: str(row.on) for row in Assessment.objects.all()}
    assert days == {before_midnight.sha256: "2026-11-20", after_midnight.sha256: "2026-11-21"}


def test_FE_CHG_01_the_database_refuses_a_line_of_a_charge_published_after_the_event(loaded):
    summary = assess(declared())
    line = AssessmentLine.objects.get(assessment_id=summary.assessment_id, tax_type="CUS-IMP")
    values = {field.attname: getattr(line, field.attname) for field in line._meta.concrete_fields if field.name != "id"}
    AssessmentLine.objects.create(**values)
    for change in (
        {"event_on": line.published_on - timedelta(days=1)},
        {"published_on": line.event_on + timedelta(days=1)},
        {"published_on": None},
        {"tax_type": "MADE-UP"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            AssessmentLine.objects.create(**(values | change))


@pytest.mark.parametrize("table", ["fees_assessment", "fees_assessmentline"])
@pytest.mark.parametrize("act", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_was_assessed_is_never_changed(loaded, table, act):
    assess(declared())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(act.format(table))


def test_an_assessment_costs_one_read_and_one_write(loaded):
    assess(declared())
    snapshot = declared(import_message(10))
    with (
        CaptureQueriesContext(
            connection,
        ) as queries,
        unit_of_work() as work,
    ):
        assessment_make(work, snapshot, at=AT, kind=ASSESSMENT)
    statements = [q["sql"][:40] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) == 2, statements
    assert FiscalStatus.objects.get(pk=snapshot.id).version == 1
