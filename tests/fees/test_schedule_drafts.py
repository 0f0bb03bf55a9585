"""Drafting, commenting on and publishing charges (F03, F07; FE-SCH-01 to FE-SCH-09)."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction

from fees.models import Charge, ChargeComment, ChargeDraft
from fees.rules.schedule import COMMENTS_A_DAY, COMMENTS_ON_ONE, CostPart
from fees.selectors.drafts import draft_comments, draft_for, drafts_own, drafts_public
from fees.selectors.schedule import charge_schedule, charge_versions
from fees.selectors.tariff import tariff_current
from fees.services.quotes import quote_of_facts
from fees.services.schedule import (
    charge_comment_answer,
    charge_comment_make,
    charge_comments_end,
    charge_draft_change,
    charge_draft_make,
    charge_draft_open,
    charge_draft_withdraw,
    charge_propose,
)
from fees.states import CHARGE_DRAFT, DraftState
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import VISITOR
from singlewindow.approvals.selectors import proposal_open
from singlewindow.approvals.services import proposal_decide
from singlewindow.audit.models import Event
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.errors import DomainError, NotFound, NotPermitted, RuleViolated, TransitionRefused
from tests.factories import accounts, schedule
from tests.factories import fees as fees_factory
from tests.factories.schedule import AFTER, NOW, TODAY, UNTIL

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _on_the_day(loaded):
    with clock.frozen(NOW):
        yield


def rules_of(error: pytest.ExceptionInfo[DomainError]) -> list[str]:
    return [violation.rule for violation in error.value.violations]


def granted(draft_id: UUID) -> None:
    proposal = proposal_open("fees.charge", str(draft_id))
    proposal_decide(proposal_id=proposal.id, actor=accounts.actor(Role.SUPERVISOR), grant=True, reason="In order")


def published(officer, draft_id: UUID) -> None:
    charge_propose(draft_id=draft_id, actor=officer)
    granted(draft_id)


def test_FE_SCH_01_an_authority_drafts_its_own_charges_only():
    vet = schedule.officer("VET")
    with pytest.raises(NotPermitted):
        charge_draft_make(terms=schedule.terms(), actor=vet)
    for role in (Role.TRADER, Role.OFFICER, Role.RISK_ANALYST):
        with pytest.raises(NotPermitted):
            charge_draft_make(terms=schedule.terms(), actor=accounts.actor(role))
    mine = charge_draft_make(terms=schedule.terms(), actor=schedule.officer())
    with pytest.raises(NotFound):
        draft_for(vet, mine)
    with pytest.raises(NotFound):
        charge_draft_open(draft_id=mine, comments_until=UNTIL, actor=vet)
    assert drafts_own(vet) == []
    customs = schedule.terms(code="CUS-NEW", authority="CUS", authority_name="Customs")
    assert charge_draft_make(terms=customs, actor=accounts.actor(Role.SUPERVISOR))


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"law": " "}, "FE-SCH-02"),
        ({"reason": ""}, "FE-SCH-02"),
        ({"cost_basis": ""}, "FE-SCH-02"),
        ({"percentage": Decimal(1)}, "FE-SCH-02"),
        ({"amount": None}, "FE-SCH-02"),
        ({"amount": Decimal(-1), "expected_charge": Decimal(-1)}, "FE-SCH-02"),
        ({"minimum": Decimal(1)}, "FE-SCH-02"),
        ({"prefixes": ("9",)}, "FE-SCH-02"),
        ({"prefixes": ("٠٩",)}, "FE-SCH-02"),
        ({"valid_to": date(2027, 2, 28)}, "FE-SCH-02"),
        ({"cost_parts": ()}, "FE-SCH-04"),
        ({"services_a_year": 0}, "FE-SCH-04"),
        ({"amount": None, "percentage": Decimal("0.2")}, "FE-SCH-04"),
        ({"code": "VET-INS"}, "FE-SCH-09"),
        ({"code": "PHY-INSPECTION"}, "FE-SCH-09"),
    ],
)
def test_FE_SCH_02_a_draft_that_is_not_whole_is_refused_with_its_rule(changes, rule):
    with pytest.raises(RuleViolated) as error:
        charge_draft_make(terms=schedule.terms(**changes), actor=schedule.officer())
    assert rule in rules_of(error)
    assert not ChargeDraft.objects.exists()


@pytest.mark.parametrize(("amount", "fits"), [("41", True), ("41.01", False), ("0", True)])
def test_FE_SCH_04_a_charge_is_not_above_the_cost_of_the_service(amount, fits):
    # 405,000 shared by 10,000 checks are 40.50 each: at most 41, the next whole unit.
    terms = schedule.terms(amount=Decimal(amount), expected_charge=Decimal(amount))
    if fits:
        assert charge_draft_make(terms=terms, actor=schedule.officer())
    else:
        with pytest.raises(RuleViolated) as error:
            charge_draft_make(terms=terms, actor=schedule.officer())
        assert rules_of(error) == ["FE-SCH-04"]


def test_FE_SCH_04_a_share_of_the_value_is_capped_and_its_average_is_within_the_cost():
    share = {"amount": None, "percentage": Decimal("0.2"), "minimum": Decimal(30), "maximum": Decimal(250)}
    make = lambda expected: charge_draft_make(  # noqa: E731
        terms=schedule.terms(**share, expected_charge=Decimal(expected)), actor=schedule.officer()
    )
    assert make("41")
    for expected in ("42", "29", "251"):
        with pytest.raises(RuleViolated) as error:
            make(expected)
        assert set(rules_of(error)) == {"FE-SCH-04"}


def test_FE_SCH_04_the_database_sums_the_parts_and_holds_the_cap():
    draft_id = charge_draft_make(terms=schedule.terms(), actor=schedule.officer())
    rows = ChargeDraft.objects.filter(pk=draft_id)
    for wrong in ({"cost_total": Decimal(1)}, {"amount": 42, "expected_charge": 42}, {"authority": "VET"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**wrong)


@pytest.mark.parametrize(("days", "opens"), [(29, False), (30, True)])
def test_FE_SCH_03_a_draft_is_open_for_thirty_days_or_more(days, opens):
    officer = schedule.officer()
    draft_id = charge_draft_make(terms=schedule.terms(), actor=officer)
    until = TODAY + timedelta(days=days)
    if opens:
        charge_draft_open(draft_id=draft_id, comments_until=until, actor=officer)
        assert draft_for(VISITOR, draft_id).days_left(TODAY) == 31
    else:
        with pytest.raises(RuleViolated) as error:
            charge_draft_open(draft_id=draft_id, comments_until=until, actor=officer)
        assert rules_of(error) == ["FE-SCH-03"]
        row = ChargeDraft.objects.filter(pk=draft_id)
        with pytest.raises(DatabaseError), transaction.atomic():
            row.update(state="OPEN", opened_at=NOW, opened_on=TODAY, comments_until=until)


def test_FE_SCH_03_a_draft_is_hidden_until_it_is_open_and_stays_as_it_is_from_then_on():
    officer = schedule.officer()
    draft_id = charge_draft_make(terms=schedule.terms(), actor=officer)
    charge_draft_change(draft_id=draft_id, terms=schedule.terms(title="A better title"), actor=officer)
    assert drafts_public() == []
    with pytest.raises(NotFound):
        draft_for(VISITOR, draft_id)
    with pytest.raises(NotFound):
        charge_comment_make(draft_id=draft_id, text="Early", actor=accounts.actor())
    charge_draft_open(draft_id=draft_id, comments_until=UNTIL, actor=officer)
    assert [view.terms.title for view in drafts_public()] == ["A better title"]
    with pytest.raises(TransitionRefused):
        charge_draft_change(draft_id=draft_id, terms=schedule.terms(), actor=officer)
    for wrong in ({"amount": 1, "expected_charge": 1}, {"comments_until": UNTIL + timedelta(days=1)}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ChargeDraft.objects.filter(pk=draft_id).update(**wrong)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM fees_chargedraft")


def test_F03_a_charge_is_published_after_its_comments_by_two_people_and_is_in_force_from_its_day():
    officer = schedule.officer()
    draft_id = schedule.opened(officer)
    comment = charge_comment_make(draft_id=draft_id, text="38 is <b>much</b> for tea.", actor=accounts.actor())
    before = tariff_current().version
    with clock.frozen(AFTER):
        with pytest.raises(RuleViolated) as error:
            charge_propose(draft_id=draft_id, actor=officer)
        assert rules_of(error) == ["FE-SCH-07"]
        charge_comment_answer(comment_id=comment, answer="The study is attached.", actor=officer)
        published(officer, draft_id)
        view = draft_for(VISITOR, draft_id)
    assert view.state is DraftState.PUBLISHED
    assert view.published_on == AFTER.date()
    assert tariff_current().version > before
    new, old = charge_versions("PHY-INS")
    assert (old.valid_to, old.amount) == (date(2027, 2, 28), 35)
    assert (new.valid_from, new.amount, new.published_on) == (date(2027, 3, 1), 38, AFTER.date())
    assert [row.amount for row in charge_schedule(on=date(2027, 2, 28), words="PHY-INS")] == [35]
    assert [row.amount for row in charge_schedule(on=date(2027, 3, 1), words="PHY-INS")] == [38]
    assert [one.answer for one in draft_comments(draft_id)] == ["The study is attached."]
    verbs = set(Event.objects.filter(subject_id=str(draft_id)).values_list("verb", flat=True))
    assert {"charge.drafted", "charge.opened", "charge.commented", "charge.answered", "charge.published"} <= verbs


def test_F07_what_was_published_bills_from_its_day_and_not_before():
    officer = schedule.officer()
    draft_id = schedule.opened(officer)
    with clock.frozen(AFTER):
        published(officer, draft_id)
    facts = fees_factory.facts()

    def billed(day: date) -> dict[str, Decimal]:
        at = AFTER.replace(year=day.year, month=day.month, day=day.day)
        return {line.code: line.amount for line in quote_of_facts(facts, at=at).assessment.charges}

    assert billed(date(2027, 2, 28))["PHY-INS"] == 35
    assert billed(date(2027, 3, 1))["PHY-INS"] == 38


def test_FE_SCH_08_the_author_does_not_publish_and_the_database_wants_a_grant():
    customs = accounts.actor(Role.SUPERVISOR)
    draft_id = schedule.opened(customs, code="CUS-NEW", authority="CUS", authority_name="Customs")
    with clock.frozen(AFTER):
        charge_propose(draft_id=draft_id, actor=customs)
        proposal = proposal_open("fees.charge", str(draft_id))
        with pytest.raises(NotPermitted):
            proposal_decide(proposal_id=proposal.id, actor=customs, grant=True, reason="Mine")
        analyst = accounts.actor(Role.RISK_ANALYST)
        with pytest.raises(NotPermitted):
            proposal_decide(proposal_id=proposal.id, actor=analyst, grant=True, reason="Not my trade")
    with pytest.raises(DatabaseError), transaction.atomic():
        ChargeDraft.objects.filter(pk=draft_id).update(
            state="PUBLISHED", published_on=AFTER.date(), version_id=tariff_current().version
        )
    assert not Charge.objects.filter(code="CUS-NEW").exists()


def test_FE_SCH_03_the_last_day_of_comments_is_too_early_and_an_urgent_charge_says_why():
    officer = schedule.officer()
    draft_id = schedule.opened(officer)
    with clock.frozen(NOW + timedelta(days=30)):
        with pytest.raises(RuleViolated) as error:
            charge_propose(draft_id=draft_id, actor=officer)
        assert rules_of(error) == ["FE-SCH-03"]
    with clock.frozen(NOW + timedelta(days=2)):
        charge_propose(draft_id=draft_id, actor=officer, urgent_reason="A pest has come in.")
        granted(draft_id)
        assert draft_for(VISITOR, draft_id).urgent_reason == "A pest has come in."


def test_F03_even_an_urgent_charge_is_read_by_the_public_before_it_is_published():
    officer = schedule.officer()
    draft_id = charge_draft_make(terms=schedule.terms(), actor=officer)
    with pytest.raises(TransitionRefused):
        charge_propose(draft_id=draft_id, actor=officer, urgent_reason="Now")


@pytest.mark.parametrize(("first_day", "fits"), [(AFTER.date(), False), (AFTER.date() + timedelta(days=1), True)])
def test_FE_SCH_05_a_charge_is_published_before_the_day_of_its_force(first_day, fits):
    officer = schedule.officer()
    draft_id = schedule.opened(officer, valid_from=first_day)
    with clock.frozen(AFTER):
        if fits:
            published(officer, draft_id)
        else:
            with pytest.raises(RuleViolated) as error:
                charge_propose(draft_id=draft_id, actor=officer)
            assert rules_of(error) == ["FE-SCH-05"]


def test_FE_SCH_05_a_proposal_that_waited_too_long_is_not_granted_any_more():
    officer = schedule.officer()
    draft_id = schedule.opened(officer)
    with clock.frozen(AFTER):
        charge_propose(draft_id=draft_id, actor=officer)
    with clock.frozen(AFTER.replace(year=2027, month=3, day=1)), pytest.raises(RuleViolated) as error:
        granted(draft_id)
    assert rules_of(error) == ["FE-SCH-05"]
    assert [row.amount for row in charge_versions("PHY-INS")] == [35]


def test_FE_SCH_09_a_draft_does_not_slip_under_a_later_version():
    officer = schedule.officer()
    later, earlier = schedule.opened(officer), schedule.opened(officer, valid_from=date(2027, 2, 1))
    with clock.frozen(AFTER):
        published(officer, later)
        charge_propose(draft_id=earlier, actor=officer)
        with pytest.raises(RuleViolated) as error:
            granted(earlier)
    assert rules_of(error) == ["FE-SCH-09"]


def test_FE_SCH_06_comments_end_with_their_day_and_are_counted():
    officer, trader = schedule.officer(), accounts.actor()
    draft_id = schedule.opened(officer)
    with pytest.raises(NotPermitted):
        charge_comment_make(draft_id=draft_id, text="Anonymous", actor=VISITOR)
    for text in ("", "  ", "x" * 2001):
        with pytest.raises(RuleViolated):
            charge_comment_make(draft_id=draft_id, text=text, actor=trader)
    with clock.frozen(NOW + timedelta(days=30)):
        for number in range(COMMENTS_ON_ONE):
            charge_comment_make(draft_id=draft_id, text=f"No {number}", actor=trader)
        with pytest.raises(RuleViolated) as error:
            charge_comment_make(draft_id=draft_id, text="One too many", actor=trader)
        assert rules_of(error) == ["FE-SCH-06"]
    with clock.frozen(AFTER), pytest.raises(TransitionRefused):
        charge_comment_make(draft_id=draft_id, text="Late", actor=accounts.actor())
    with pytest.raises(DatabaseError), transaction.atomic():
        ChargeComment.objects.create(draft_id=draft_id, at=AFTER, on=AFTER.date(), author="user:1", text="Late")


def test_FE_SCH_06_one_person_comments_so_often_a_day_at_most():
    officer, trader = schedule.officer(), accounts.actor()
    drafts = [schedule.opened(officer, code=f"PHY-N{n}") for n in range(COMMENTS_A_DAY // COMMENTS_ON_ONE + 1)]
    for number in range(COMMENTS_A_DAY):
        charge_comment_make(draft_id=drafts[number // COMMENTS_ON_ONE], text="Too much", actor=trader)
    with pytest.raises(RuleViolated):
        charge_comment_make(draft_id=drafts[-1], text="Too much", actor=trader)
    with clock.frozen(NOW + timedelta(days=1)):
        assert charge_comment_make(draft_id=drafts[-1], text="Too much", actor=trader)


def test_FE_SCH_07_a_comment_is_answered_once_or_a_reason_says_why_not():
    officer = schedule.officer()
    draft_id = schedule.opened(officer)
    comment = charge_comment_make(draft_id=draft_id, text="Hello", actor=accounts.actor())
    for wrong in (
        {},
        {"answer": "a", "no_answer_reason": "b"},
        {"answer": "x" * 2001},
        {"no_answer_reason": "x" * 501},
    ):
        with pytest.raises(RuleViolated) as error:
            charge_comment_answer(comment_id=comment, actor=officer, **wrong)
        assert rules_of(error) == ["FE-SCH-07"]
    with pytest.raises(NotFound):
        charge_comment_answer(comment_id=comment, answer="Not mine", actor=schedule.officer("VET"))
    charge_comment_answer(comment_id=comment, no_answer_reason="It asks nothing.", actor=officer)
    with pytest.raises(TransitionRefused):
        charge_comment_answer(comment_id=comment, answer="Again", actor=officer)
    with pytest.raises(DatabaseError), transaction.atomic():
        ChargeComment.objects.filter(pk=comment).update(text="Something else")


def test_a_withdrawn_draft_says_why_takes_its_proposal_along_and_comes_no_more():
    officer = schedule.officer()
    draft_id = schedule.opened(officer)
    with pytest.raises(RuleViolated):
        charge_draft_withdraw(draft_id=draft_id, reason=" ", actor=officer)
    with clock.frozen(AFTER):
        charge_propose(draft_id=draft_id, actor=officer)
        charge_draft_withdraw(draft_id=draft_id, reason="The study was wrong.", actor=officer)
    assert proposal_open("fees.charge", str(draft_id)) is None
    assert draft_for(VISITOR, draft_id).withdrawn_reason == "The study was wrong."
    with pytest.raises(TransitionRefused):
        charge_propose(draft_id=draft_id, actor=officer)


def test_the_timer_closes_a_draft_after_its_last_day_once():
    draft_id = schedule.opened()
    job = Job.objects.get(kind="fees.comments_end")
    # Midnight after the last day, in the country's own time (UTC+3).
    assert job.not_before.isoformat() == "2026-12-22T21:00:00+00:00"
    context = JobContext(job.id, job.kind, str(draft_id), {}, "", 1)

    def run() -> str:
        with unit_of_work() as work:
            charge_comments_end(work, context)
        return ChargeDraft.objects.get().state

    with clock.frozen(NOW + timedelta(days=30)):
        assert run() == "OPEN"
    with clock.frozen(AFTER):
        assert [run(), run()] == ["CLOSED", "CLOSED"]


def test_the_database_knows_the_life_cycle_of_drafts():
    module = __import__("fees.migrations.0008_charge_drafts_and_comments", fromlist=["PAIRS"])
    assert sorted(module.PAIRS) == sorted((str(a), str(b)) for a, b in CHARGE_DRAFT.pairs())


def test_the_costs_of_a_draft_are_parts_with_names():
    parts = (CostPart("", Decimal(1)),)
    with pytest.raises(RuleViolated):
        charge_draft_make(terms=schedule.terms(cost_parts=parts), actor=schedule.officer())
