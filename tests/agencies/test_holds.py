"""Holds: opened once, seen and decided by their own agency only, and what follows (AG-012, AG-030 to AG-034, A2)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from agencies.models import Hold
from agencies.selectors import holds_for, holds_open_for, lpco_status
from agencies.services import hold_decide, hold_open, hold_read, holds_open, holds_withdraw, permits_reserve
from agencies.services.holds import Decision
from agencies.types import CUSTOMS, HoldReason
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.kernel.errors import NotFound, RuleViolated, TransitionRefused
from tests.factories import accounts, agencies
from tests.factories.agencies import AT, citing, oranges, snapshot

pytestmark = pytest.mark.django_db

SYSTEM = system_actor("clearance")


@pytest.fixture(autouse=True)
def reaction(settings):
    settings.REACTIONS = {**settings.REACTIONS, "HoldDecided": ["clearance.hold_decided"]}


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


def accept(message, trader):
    declaration = snapshot(message, of=trader)
    with unit_of_work() as work:
        outcomes = permits_reserve(work, declaration, actor=SYSTEM, at=AT)
        holds = holds_open(work, declaration, actor=SYSTEM, at=AT, outcomes=outcomes)
    return declaration, holds


@pytest.fixture
def held(trader):
    agencies.requirement()
    declaration, (hold,) = accept(oranges(trader=trader.identifier), trader)
    return declaration, hold


def officer(agency="PHY"):
    return accounts.actor(Role.AGENCY_OFFICER, agency=agency)


def test_AG_021_goods_without_their_permit_are_held_with_reason_and_deadline(trader, held):
    declaration, hold = held
    assert (hold.agency, hold.reason, hold.items) == ("PHY", HoldReason.PERMIT_MISSING, (1,))
    assert hold.deadline == AT + timedelta(hours=12)
    assert holds_open_for(declaration.id) == (hold,)
    told = PartyEvent.objects.get(organisation=trader, type="hold.opened")
    assert told.data["text"] == HoldReason.PERMIT_MISSING.sentence
    assert told.subject_id == str(declaration.id)


def test_AG_021_a_permit_used_up_holds_the_goods_and_says_what_is_left(trader):
    permit = agencies.permit(trader, quantity=25)
    _, (hold,) = accept(oranges({"documents": citing(permit.number, quantity="26")}, trader=trader.identifier), trader)
    assert hold.reason is HoldReason.PERMIT_EXHAUSTED
    assert hold.details[0]["needed"] == "26"
    assert hold.details[0]["remaining"] == "25"


def test_AG_012_goods_that_an_agency_always_checks_are_held_even_with_their_permit(trader):
    agencies.requirement(check_reason="A03")
    permit = agencies.permit(trader)
    declaration, (hold,) = accept(oranges({"documents": citing(permit.number)}, trader=trader.identifier), trader)
    assert hold.reason is HoldReason.EXAMINATION
    assert lpco_status(declaration.id).satisfied


def test_outcomes_that_were_left_out_are_read_again(trader):
    agencies.requirement()
    declaration = snapshot(oranges(trader=trader.identifier), of=trader)
    with unit_of_work() as work:
        permits_reserve(work, declaration, actor=SYSTEM, at=AT)
        (hold,) = holds_open(work, declaration, actor=SYSTEM, at=AT)
    assert hold.reason is HoldReason.PERMIT_MISSING


def test_AG_030_one_hold_for_each_agency_and_reason(trader, held):
    declaration, hold = held
    with unit_of_work() as work:
        again = hold_open(work, declaration, agency="PHY", reason=hold.reason, actor=SYSTEM, at=AT + timedelta(hours=1))
        other = hold_open(work, declaration, agency=CUSTOMS, reason=HoldReason.CUSTOMS_DOCUMENTS, actor=SYSTEM, at=AT)
    assert again.id == hold.id
    assert {h.id for h in holds_open_for(declaration.id)} == {hold.id, other.id}
    assert Event.objects.filter(verb="hold.opened").count() == 2


def test_AG_031_the_agency_lifts_its_hold_and_the_reaction_is_queued(trader, held):
    declaration, hold = held
    actor = officer()
    done = hold_decide(hold_id=hold.id, actor=actor, decision=Decision.LIFT, reason="Certificate shown at the border")
    assert (done.state, done.decided_by) == ("lifted", actor.label)
    assert holds_open_for(declaration.id) == ()
    assert lpco_status(declaration.id).satisfied
    job = Job.objects.get(kind="clearance.hold_decided")
    assert (job.subject_id, job.payload["decision"]) == (str(declaration.id), "lift")
    assert PartyEvent.objects.filter(organisation=trader, type="hold.decided").count() == 1


def test_AG_031_an_upheld_hold_keeps_the_goods_until_the_agency_lifts_it_after_all(held):
    declaration, hold = held
    hold_decide(hold_id=hold.id, actor=officer(), decision=Decision.UPHOLD, reason="Pest found")
    assert [h.state for h in holds_open_for(declaration.id)] == ["upheld"]
    assert not lpco_status(declaration.id).satisfied
    hold_decide(hold_id=hold.id, actor=officer(), decision=Decision.LIFT, reason="Treated and tested")
    assert holds_open_for(declaration.id) == ()


def test_AG_031_a_hold_is_decided_once(held):
    _, hold = held
    hold_decide(hold_id=hold.id, actor=officer(), decision=Decision.LIFT, reason="Fine")
    with pytest.raises(TransitionRefused):
        hold_decide(hold_id=hold.id, actor=officer(), decision=Decision.UPHOLD, reason="Not fine")
    assert Job.objects.filter(kind="clearance.hold_decided").count() == 1


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_AG_032_a_decision_has_a_reason(held, reason):
    _, hold = held
    with pytest.raises(RuleViolated) as refused:
        hold_decide(hold_id=hold.id, actor=officer(), decision=Decision.LIFT, reason=reason)
    assert refused.value.violations[0].rule == "AG-032"
    assert Hold.objects.get(pk=hold.id).state == "open"


@pytest.mark.parametrize(
    "stranger",
    [
        lambda: officer("VET"),
        lambda: accounts.actor(Role.TRADER),
        lambda: accounts.actor(Role.OFFICER),
        lambda: accounts.actor(Role.SUPERVISOR),
        lambda: accounts.actor(Role.AUDITOR),
    ],
    ids=["another agency", "a trader", "customs", "customs supervisor", "auditor"],
)
def test_A2_nobody_but_the_agency_reads_or_decides_its_hold_and_trying_leaves_an_event(held, stranger):
    _, hold = held
    actor = stranger()
    for attempt in (
        lambda: hold_read(hold_id=hold.id, actor=actor),
        lambda: hold_decide(hold_id=hold.id, actor=actor, decision=Decision.LIFT, reason="Let it go"),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert Hold.objects.get(pk=hold.id).state == "open"
    assert Event.objects.filter(verb="request.denied", actor=actor.label).count() == 2


def test_A2_an_agency_does_not_decide_a_hold_of_customs_and_customs_does(held):
    declaration, _ = held
    with unit_of_work() as work:
        hold = hold_open(work, declaration, agency=CUSTOMS, reason=HoldReason.CUSTOMS_EXAMINATION, actor=SYSTEM, at=AT)
    with pytest.raises(NotFound):
        hold_decide(hold_id=hold.id, actor=officer(), decision=Decision.LIFT, reason="Fine with us")
    customs = accounts.actor(Role.OFFICER)
    assert hold_decide(hold_id=hold.id, actor=customs, decision=Decision.LIFT, reason="Conform").state == "lifted"


def test_AG_034_holds_end_with_their_declaration(held):
    declaration, _ = held
    with unit_of_work() as work:
        assert holds_withdraw(work, declaration.id, actor=SYSTEM, reason="Declaration refused", at=AT) == 1
        assert holds_withdraw(work, declaration.id, actor=SYSTEM, reason="Declaration refused", at=AT) == 0
    assert [h.state for h in holds_for(declaration.id)] == ["withdrawn"]


def test_the_database_refuses_a_step_that_the_table_does_not_have(held):
    _, hold = held
    hold_decide(hold_id=hold.id, actor=officer(), decision=Decision.LIFT, reason="Fine")
    with pytest.raises(IntegrityError, match="no transition"), transaction.atomic():
        Hold.objects.filter(pk=hold.id).update(state="open", decided_at=None)
