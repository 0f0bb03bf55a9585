"""One application, several agencies: parts, clocks, questions, fees, issue by one officer or two (K10, F40, A7)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from agencies.models import ApplicationPart, PartEntry, Permit
from agencies.selectors.applications import application_read, part_page
from agencies.services import (
    application_apply,
    application_draft,
    content_from,
    part_agree,
    part_answer,
    part_claim,
    part_issue,
    part_query,
    part_refuse,
    part_withdraw,
)
from agencies.services.applications import part_clock_told, part_fee_paid, part_query_lapse
from agencies.states import PartState
from fees.models import Demand
from fees.selectors import account_of, ledger_total
from fees.services import account_credit
from fees.services.demands import charge_bill, charge_end, demands_lock, demands_pay
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import ROLE_PERMISSIONS, Permission, Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.errors import (
    NotFound,
    NotPermitted,
    PreconditionFailed,
    RuleViolated,
    TransitionRefused,
)
from tests.factories import accounts, agencies
from tests.factories.agencies import AT, application_json, applied, goods_json, issue_order
from tests.factories.tariff import tariff_small_load

pytestmark = pytest.mark.django_db

SYSTEM = system_actor("tests")


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


def officer(agency: str = "PHY") -> Actor:
    return accounts.actor(Role.AGENCY_OFFICER, agency=agency)


def done(kind: str, **payload) -> None:
    """Do the jobs of a kind that are in the queue, due or not, as a worker would."""
    handlers = {
        "agencies.fee_paid": part_fee_paid,
        "agencies.clock": part_clock_told,
        "agencies.lapse": part_query_lapse,
    }
    for job in Job.objects.filter(kind=kind, state="todo").order_by("id"):
        context = JobContext(job.pk, kind, job.subject_id, job.payload | payload, "", 1)
        with unit_of_work() as work:
            handlers[kind](work, context)
        Job.objects.filter(pk=job.pk).update(state="done", done_at=clock.now())


def paid(part: ApplicationPart) -> None:
    """The fee of a part was paid."""
    told = {"demand": "d-1", "kind": "agency_fee", "subject_type": "lpco_part"}
    with unit_of_work() as work:
        part_fee_paid(work, JobContext(1, "agencies.fee_paid", str(part.pk), told, "", 1))


def test_AG_061_one_application_has_a_part_for_each_agency_that_its_goods_need(trader):
    agencies.requirement()
    agencies.requirement("VET", hs_prefix="0207", lpco_code="7P02")
    sent = applied(trader, goods_json(), goods_json(2, commodity_code="0207140000", country="BR"), goods_json(3))
    assert [(part.agency, part.code, part.goods) for part in sent.parts] == [
        ("PHY", "7P01", (1, 3)),
        ("VET", "7P02", (2,)),
    ]
    assert {part.state for part in sent.parts} == {PartState.UNDER_REVIEW}
    entries = PartEntry.objects.filter(part_id=sent.parts[0].id).order_by("id")
    assert list(entries.values_list("kind", flat=True)) == ["applied", "begun"]


def test_AG_061_goods_that_need_no_permit_are_not_applied_for(trader):
    agencies.requirement()
    actor = accounts.actor(of=trader)
    content = application_json(goods_json(commodity_code="8517130000"))
    draft = application_draft(actor=actor, holder_id=trader.pk, content=content)
    with pytest.raises(RuleViolated) as refused:
        application_apply(actor=actor, application_id=draft.id)
    assert [found.rule for found in refused.value.violations] == ["AG-061"]
    assert not ApplicationPart.objects.exists()


@pytest.mark.parametrize(
    ("line", "pointer"),
    [
        ({"quantity": "0"}, "/goods/0/quantity"),
        ({"quantity": "-1"}, "/goods/0/quantity"),
        ({"quantity": "1e-7"}, "/goods/0/quantity"),
        ({"quantity": "NaN"}, "/goods/0/quantity"),
        ({"country": "Morocco"}, "/goods/0/country"),
        ({"commodity_code": "08o5"}, "/goods/0/commodity_code"),
        ({"unit": ""}, "/goods/0/unit"),
        ({"colour": "red"}, "/goods/0/colour"),
    ],
)
def test_AG_060_an_application_that_cannot_be_read_is_refused_with_the_place(trader, line, pointer):
    agencies.requirement()
    actor = accounts.actor(of=trader)
    draft = application_draft(actor=actor, holder_id=trader.pk, content=application_json(goods_json(**line)))
    with pytest.raises(RuleViolated) as refused:
        application_apply(actor=actor, application_id=draft.id)
    assert [(found.rule, found.pointer) for found in refused.value.violations] == [("AG-060", pointer)]


def test_a_draft_that_someone_saved_in_the_meantime_is_neither_overwritten_nor_sent(trader):
    agencies.requirement()
    actor = accounts.actor(of=trader)
    draft = application_draft(actor=actor, holder_id=trader.pk, content=application_json())
    saved = {"actor": actor, "holder_id": trader.pk, "content": application_json(), "application_id": draft.id}
    application_draft(**saved, version=1)
    with pytest.raises(PreconditionFailed):
        application_draft(**saved, version=1)
    with pytest.raises(PreconditionFailed):
        application_apply(actor=actor, application_id=draft.id, version=1)


def test_strangers_neither_see_nor_send_nor_apply_for_others(trader):
    agencies.requirement()
    actor, stranger = accounts.actor(of=trader), accounts.actor()
    draft = application_draft(actor=actor, holder_id=trader.pk, content=application_json())
    with pytest.raises(NotFound):
        application_apply(actor=stranger, application_id=draft.id)
    with pytest.raises(NotFound):
        application_read(stranger, draft.id)
    with pytest.raises(NotPermitted):
        application_draft(actor=stranger, holder_id=trader.pk, content=application_json())
    sent = applied(trader)
    with pytest.raises(NotFound):
        part_answer(actor=stranger, part_id=sent.parts[0].id, text="x")
    with pytest.raises(NotFound):
        part_claim(actor=officer("VET"), part_id=sent.parts[0].id)


def test_what_was_sent_stays_as_it_was_sent(trader):
    from django.db import DatabaseError, transaction

    from agencies.models import Application

    agencies.requirement()
    sent = applied(trader)
    with pytest.raises(DatabaseError, match="stays as it was sent"), transaction.atomic():
        Application.objects.filter(pk=sent.id).update(content={})


def test_AG_062_an_application_is_prefilled_from_a_declaration_and_from_an_earlier_application(trader):
    from declarations.services import declaration_lodge
    from declarations.types import Channel
    from tests.factories.agencies import oranges

    actor = accounts.actor(of=trader)
    lodged = declaration_lodge(message=oranges(trader=trader.identifier), actor=actor, channel=Channel.JSON)
    content, _holder = content_from(actor, "declaration", lodged.id)
    (line,) = content["goods"]
    assert (line["commodity_code"], line["country"], line["quantity"], line["unit"]) == (
        "0805102000",
        "MA",
        "10",
        "KGM",
    )
    agencies.requirement()
    sent = applied(trader)
    again, holder = content_from(actor, "application", sent.id)
    assert (again["goods"], holder) == (sent.content["goods"], trader.pk)
    with pytest.raises(NotFound):
        content_from(accounts.actor(), "declaration", lodged.id)
    with pytest.raises(NotFound):
        content_from(accounts.actor(), "application", sent.id)


# --- fees -------------------------------------------------------------------------------------------------------


def test_AG_068_review_begins_when_the_published_fee_is_paid_and_the_clock_with_it(trader):
    agencies.requirement(charge_code="PHY-CER")
    with clock.frozen(AT):
        part = ApplicationPart.objects.get(application_id=applied(trader).id)
    job = Job.objects.get(kind="fees.bill", subject_id=str(part.pk))
    assert (job.payload["charge"], job.payload["subject_type"]) == ("PHY-CER", "lpco_part")
    assert (part.state, part.fee_state, part.due_at) == ("applied", "due", None)
    with pytest.raises(TransitionRefused):
        part_issue(actor=officer(), part_id=part.pk, order=issue_order())
    later = AT + timedelta(days=2)
    with clock.frozen(later):
        paid(part)
        paid(part)
    part.refresh_from_db()
    assert (part.state, part.fee_state) == ("under_review", "paid")
    assert part.due_at == later + timedelta(hours=12)
    assert PartEntry.objects.filter(part=part, kind="begun").count() == 1


def test_a_fee_of_something_else_begins_no_review(trader):
    agencies.requirement(charge_code="PHY-CER")
    part = ApplicationPart.objects.get(application_id=applied(trader).id)
    told = {"demand": "d-1", "kind": "agency_fee", "subject_type": "penalty"}
    with unit_of_work() as work:
        part_fee_paid(work, JobContext(1, "agencies.fee_paid", str(part.pk), told, "", 1))
    part.refresh_from_db()
    assert part.state == "applied"


@pytest.mark.parametrize("crossed", ["billed", "not billed yet", "paid"])
def test_AG_079_a_part_that_is_taken_back_before_its_review_owes_no_fee(trader, crossed):
    tariff_small_load()
    agencies.requirement(charge_code="PHY-CER")
    actor = accounts.actor(of=trader)
    part = ApplicationPart.objects.get(application_id=applied(trader).id)
    if crossed != "not billed yet":
        effect("fees.bill", charge_bill, part)
    if crossed == "paid":
        account_credit(organisation_id=trader.pk, amount=Decimal(500), currency="EUR", reference="R", actor=SYSTEM)
        with unit_of_work() as work:
            asked = demands_lock(work, Demand.objects.values_list("pk", flat=True))
            assert demands_pay(work, asked, payer_id=trader.pk, actor=actor) == 0
    part_withdraw(actor=actor, part_id=part.pk)
    for _ in range(2):
        effect("fees.unbill", charge_end, part)
    effect("fees.bill", charge_bill, part)  # a bill that comes late asks for nothing
    demand = Demand.objects.get()
    assert demand.state == ("paid" if crossed == "paid" else "cancelled")
    held = account_of(trader.pk, currency="EUR")
    assert (held.balance_minor if held else 0) == (50_000 if crossed == "paid" else 0)
    assert ledger_total() == 0


def test_AG_079_a_fee_of_a_review_that_has_begun_stays(trader):
    agencies.requirement(charge_code="PHY-CER")
    part = ApplicationPart.objects.get(application_id=applied(trader).id)
    paid(part)
    part_withdraw(actor=accounts.actor(of=trader), part_id=part.pk)
    assert not Job.objects.filter(kind="fees.unbill").exists()


def effect(kind: str, handler: Any, part: ApplicationPart) -> None:
    """The effect of a queued job, whether or not it was done before."""
    job = Job.objects.get(kind=kind, subject_id=str(part.pk))
    with unit_of_work() as work:
        handler(work, JobContext(job.pk, job.kind, job.subject_id, job.payload, "", 1))


# --- clocks and questions ---------------------------------------------------------------------------------------


def test_AG_063_the_clock_stands_while_the_agency_waits_for_an_answer(trader):
    agencies.requirement(sla_hours=10)
    with clock.frozen(AT):
        part_id = applied(trader).parts[0].id
    with clock.frozen(AT + timedelta(hours=4)):
        part_query(actor=officer(), part_id=part_id, text="Which orchard?", consequence="Decided without it", hours=48)
    part = ApplicationPart.objects.get(pk=part_id)
    assert (part.state, part.spent_s, part.due_at) == ("queried", 4 * 3600, None)
    with clock.frozen(AT + timedelta(hours=34)):
        part_answer(actor=accounts.actor(of=trader), part_id=part_id, text="Souss 12")
    part.refresh_from_db()
    assert (part.state, part.due_at) == ("under_review", AT + timedelta(hours=40))
    with pytest.raises(TransitionRefused):
        part_answer(actor=accounts.actor(of=trader), part_id=part_id, text="Again")


def test_AG_063_after_the_deadline_of_a_question_the_clock_runs_on_and_old_timers_do_nothing(trader):
    agencies.requirement(sla_hours=10)
    with clock.frozen(AT):
        part_id = applied(trader).parts[0].id
        part_query(actor=officer(), part_id=part_id, text="?", consequence="Decided without it", hours=24)
    with clock.frozen(AT + timedelta(hours=24)):
        done("agencies.lapse")
    part = ApplicationPart.objects.get(pk=part_id)
    assert (part.state, part.due_at) == ("under_review", AT + timedelta(hours=34))
    done("agencies.clock", clock=1)
    part.refresh_from_db()
    assert part.warned == 0, "timers of the run before the question"


@pytest.mark.parametrize(
    "change", [{"text": " "}, {"consequence": ""}, {"hours": 0}, {"hours": 721}, {"text": "x" * 1001}]
)
def test_AG_069_a_question_names_what_is_asked_its_deadline_and_the_consequence(trader, change):
    agencies.requirement()
    part_id = applied(trader).parts[0].id
    with pytest.raises(RuleViolated) as refused:
        part_query(**({"actor": officer(), "part_id": part_id, "text": "?", "consequence": "x", "hours": 1} | change))
    assert [found.rule for found in refused.value.violations] == ["AG-069"]


def test_AG_064_an_agency_is_told_at_three_quarters_and_at_the_whole_of_its_time_once_each(trader):
    agencies.requirement(sla_hours=8)
    with clock.frozen(AT):
        part_id = applied(trader).parts[0].id
    jobs = Job.objects.filter(kind="agencies.clock", subject_id=str(part_id)).order_by("not_before")
    assert [job.not_before for job in jobs] == [AT + timedelta(hours=6), AT + timedelta(hours=8)]
    done("agencies.clock")
    part = ApplicationPart.objects.get(pk=part_id)
    assert part.warned == 100
    assert list(PartEntry.objects.filter(part=part, kind="late").values_list("text", flat=True)) == ["75", "100"]
    Job.objects.filter(kind="agencies.clock").update(state="todo", done_at=None)
    done("agencies.clock")
    assert PartEntry.objects.filter(part=part, kind="late").count() == 2


def test_the_queue_of_an_agency_has_the_nearest_deadline_first_and_standing_clocks_last(trader):
    agencies.requirement(sla_hours=10)
    ids = []
    for hours in (3, 1, 2):
        with clock.frozen(AT + timedelta(hours=hours)):
            ids.append(applied(trader).parts[0].id)
    part_query(actor=officer(), part_id=ids[1], text="?", consequence="x", hours=5)
    rows, cursor = [], ""
    while True:
        page = part_page(officer(), cursor=cursor, size=1)
        rows += [row.id for row in page.rows]
        if not page.next_cursor:
            break
        cursor = page.next_cursor
    assert rows == [ids[2], ids[0], ids[1]]
    assert not part_page(officer("VET")).rows


# --- decisions --------------------------------------------------------------------------------------------------


def test_a_part_is_issued_with_the_goods_that_were_applied_for_and_may_be_used(trader):
    agencies.requirement()
    part_id = applied(trader, goods_json(), goods_json(2, commodity_code="0805501000", country="ES")).parts[0].id
    order = issue_order((1, "80"), (2, "20.5"), tolerance=Decimal("0.05"))
    first, second = part_issue(actor=officer(), part_id=part_id, order=order)
    assert (first.lpco, first.number, second.number) == (first.lpco, f"{first.lpco}/1", f"{first.lpco}/2")
    assert (second.hs_prefix, second.origin, second.quantity) == ("0805501000", "ES", Decimal("20.5"))
    part = ApplicationPart.objects.get(pk=part_id)
    assert (part.state, part.lpco, part.clock_from) == ("issued", first.lpco, None)
    with pytest.raises(TransitionRefused):
        part_issue(actor=officer(), part_id=part_id, order=order)
    assert Permit.objects.count() == 2


def test_AG_040_nothing_is_issued_that_was_not_applied_for_or_cannot_be(trader):
    agencies.requirement()
    part_id = applied(trader).parts[0].id
    for order in (issue_order((2, "1")), issue_order((1, "0")), issue_order((1, "-1")), issue_order(lines=())):
        with pytest.raises(RuleViolated) as refused:
            part_issue(actor=officer(), part_id=part_id, order=order)
        assert {found.rule for found in refused.value.violations} == {"AG-040"}
    assert not Permit.objects.exists()


def test_a_refusal_names_reason_and_law_and_ends_the_part(trader):
    agencies.requirement()
    part_id = applied(trader).parts[0].id
    with pytest.raises(RuleViolated):
        part_refuse(actor=officer(), part_id=part_id, reason="Pest in the orchard", law=" ")
    part_refuse(actor=officer(), part_id=part_id, reason="Pest in the orchard", law="Plant Protection Act, section 9")
    with pytest.raises(TransitionRefused):
        part_withdraw(actor=accounts.actor(of=trader), part_id=part_id)


def test_a_part_is_withdrawn_while_the_others_go_on(trader):
    agencies.requirement()
    agencies.requirement("VET", hs_prefix="0207", lpco_code="7P02")
    sent = applied(trader, goods_json(), goods_json(2, commodity_code="0207140000"))
    part_withdraw(actor=accounts.actor(of=trader), part_id=sent.parts[0].id, reason="Sold elsewhere")
    assert [part.state.value for part in application_read(accounts.actor(of=trader), sent.id).parts] == [
        "withdrawn",
        "under_review",
    ]


def test_A7_who_applied_neither_issues_nor_refuses(trader):
    """One person who is a trader here and an officer there."""
    agencies.requirement()
    both = accounts.actor(Role.AGENCY_OFFICER, agency="PHY")
    actor = accounts.actor(of=trader)
    applicant = Actor(
        **{name: getattr(actor, name) for name in Actor.__dataclass_fields__} | {"id": both.id, "name": both.name}
    )
    part_id = applied(trader, by=applicant).parts[0].id
    with pytest.raises(NotPermitted, match="AG-065"):
        part_issue(actor=both, part_id=part_id, order=issue_order())
    with pytest.raises(NotPermitted, match="AG-065"):
        part_refuse(actor=both, part_id=part_id, reason="x", law="y")
    assert part_issue(actor=officer(), part_id=part_id, order=issue_order())


@pytest.mark.parametrize(("quantity", "officers"), [("50", 1), ("50.000001", 2)], ids=["at the limit", "above it"])
def test_A7_more_than_the_agencys_limit_needs_a_second_officer_who_is_another(trader, quantity, officers):
    agencies.requirement(second_above=Decimal(50))
    part_id = applied(trader).parts[0].id
    first, second = officer(), officer()
    issued = part_issue(actor=first, part_id=part_id, order=issue_order((1, quantity)))
    assert bool(issued) == (officers == 1)
    if officers == 1:
        return
    with pytest.raises(NotPermitted):
        part_agree(actor=first, part_id=part_id, grant=True, reason="I am sure")
    with pytest.raises(NotFound):
        part_agree(actor=officer("VET"), part_id=part_id, grant=True, reason="Not mine")
    with pytest.raises(NotPermitted):
        part_agree(actor=accounts.actor(Role.SUPERVISOR), part_id=part_id, grant=True, reason="Customs")
    part_agree(actor=second, part_id=part_id, grant=True, reason="Seen")
    assert Permit.objects.get().quantity == Decimal(quantity)
    assert ApplicationPart.objects.get(pk=part_id).state == "issued"


def test_A7_who_set_the_limit_may_not_use_it(trader):
    from agencies.models import RequirementSet

    agencies.requirement(second_above=Decimal(50))
    setter = officer()
    RequirementSet.objects.create(sha256="3" * 64, loaded_by=setter.label)
    part_id = applied(trader).parts[0].id
    with pytest.raises(NotPermitted, match="AG-067"):
        part_issue(actor=setter, part_id=part_id, order=issue_order((1, "10")))
    assert part_issue(actor=officer(), part_id=part_id, order=issue_order((1, "10")))
    for role, permissions in ROLE_PERMISSIONS.items():
        assert not {Permission.MANAGE_PERMIT, Permission.MANAGE_REFERENCE} <= permissions, role


def test_a_refused_proposal_goes_back_to_review(trader):
    agencies.requirement(second_above=Decimal(50))
    part_id = applied(trader).parts[0].id
    first, second = officer(), officer()
    part_issue(actor=first, part_id=part_id, order=issue_order())
    part_agree(actor=second, part_id=part_id, grant=False, reason="Too much for one season")
    part = ApplicationPart.objects.get(pk=part_id)
    assert (part.state, part.proposed_by, part.order) == ("under_review", "", None)
    with pytest.raises(NotFound):
        part_agree(actor=second, part_id=part_id, grant=True, reason="After all")


def test_a_question_makes_what_was_proposed_void(trader):
    agencies.requirement(second_above=Decimal(50))
    part_id = applied(trader).parts[0].id
    part_issue(actor=officer(), part_id=part_id, order=issue_order())
    part_query(actor=officer(), part_id=part_id, text="?", consequence="x", hours=5)
    with pytest.raises(NotFound):
        part_agree(actor=officer(), part_id=part_id, grant=True, reason="Seen")
    assert not Permit.objects.exists()
