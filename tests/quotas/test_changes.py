"""Changes of quotas by two people: volume, transfer, stops, critical by decision; the database asks for the second."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError

from singlewindow.accounts.permissions import Role
from singlewindow.approvals.services import proposal_decide, proposal_withdraw
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotPermitted, RuleViolated
from singlewindow.quotas.models import Change, Entry, Quota, Stop
from singlewindow.quotas.selectors import quota_standings, quotas_out_of_balance
from singlewindow.quotas.services import QuotaChange, quota_change_propose, quota_turn
from singlewindow.quotas.types import ChangeKind, StandingState, StopKind
from tests.factories import accounts, quotas
from tests.factories.quotas import FRIDAY, claimed, settle

pytestmark = pytest.mark.django_db


def propose(quota: Quota, kind: ChangeKind, *, reason: str = "Decision 7 of the ministry.", **changes):
    actor = accounts.actor(Role.SUPERVISOR)
    return quota_change_propose(quota_id=quota.pk, change=QuotaChange(kind=kind, reason=reason, **changes), actor=actor)


def agree(proposal_id):
    return proposal_decide(
        proposal_id=proposal_id, actor=accounts.actor(Role.SUPERVISOR), grant=True, reason="As decided."
    )


def rules(act):
    with pytest.raises(RuleViolated) as refused:
        act()
    return [one.rule for one in refused.value.violations]


def test_QU_CHG_01_nothing_changes_before_a_second_person_agrees():
    quota = quotas.quota()
    proposal = propose(quota, ChangeKind.VOLUME, quantity=Decimal(500))
    quota.refresh_from_db()
    assert (quota.volume, quota.balance) == (1000, 1000)
    agree(proposal)
    quota.refresh_from_db()
    assert (quota.initial, quota.volume, quota.balance) == (1000, 1500, 1500)
    assert Entry.objects.get(kind="adjust").quantity == 500
    assert quotas_out_of_balance() == []


def test_QU_CHG_01_who_proposed_it_cannot_agree_and_a_reason_is_needed():
    quota = quotas.quota()
    supervisor = accounts.actor(Role.SUPERVISOR)
    change = QuotaChange(kind=ChangeKind.VOLUME, reason="More", quantity=Decimal(1))
    made = quota_change_propose(quota_id=quota.pk, change=change, actor=supervisor)
    with pytest.raises(NotPermitted):
        proposal_decide(proposal_id=made, actor=supervisor, grant=True, reason="Mine.")
    assert rules(lambda: propose(quota, ChangeKind.VOLUME, reason=" ", quantity=Decimal(1))) == ["QU-CHG-01"]
    with pytest.raises(NotPermitted):
        quota_change_propose(quota_id=quota.pk, change=change, actor=accounts.actor(Role.OFFICER))


def test_the_database_refuses_an_applied_change_that_nobody_granted():
    quota = quotas.quota()
    propose(quota, ChangeKind.VOLUME, quantity=Decimal(1))
    with pytest.raises(IntegrityError), unit_of_work() as work:
        work.execute("UPDATE quotas_change SET state = 'applied'")


@pytest.mark.parametrize(("quantity", "found"), [("-900", []), ("-900.001", ["QU-CHG-02"]), ("0", ["QU-CHG-02"])])
def test_QU_CHG_02_no_more_is_taken_than_open_claims_leave(quantity, found):
    quota = quotas.quota()
    claimed("100")
    if found:
        assert rules(lambda: propose(quota, ChangeKind.VOLUME, quantity=Decimal(quantity))) == found
        return
    agree(propose(quota, ChangeKind.VOLUME, quantity=Decimal(quantity)))
    quota.refresh_from_db()
    assert (quota.volume, quota.balance, quota.pending) == (100, 100, 100)


def test_QU_CHG_02_what_was_claimed_in_between_is_asked_for_again_when_it_is_granted():
    quota = quotas.quota()
    proposal = propose(quota, ChangeKind.VOLUME, quantity=Decimal(-900))
    claimed("200")
    assert rules(lambda: agree(proposal)) == ["QU-CHG-02"]
    assert Change.objects.get().state == "proposed"


def test_QU_CHG_03_a_transfer_takes_from_one_what_it_gives_to_the_other():
    quota, other, pieces = quotas.quota(), quotas.quota("090002"), quotas.quota("090003", unit="NAR")
    agree(propose(quota, ChangeKind.TRANSFER, quantity=Decimal(300), to_quota=other.pk))
    quota.refresh_from_db()
    other.refresh_from_db()
    assert (quota.balance, other.balance) == (700, 1300)
    assert sum(Entry.objects.filter(kind="adjust").values_list("quantity", flat=True)) == 0
    assert quotas_out_of_balance() == []
    for to in (quota.pk, pieces.pk, None):
        refused = rules(lambda to=to: propose(quota, ChangeKind.TRANSFER, quantity=Decimal(1), to_quota=to))
        assert refused == ["QU-CHG-03"]


def test_QU_CHG_03_the_database_refuses_a_transfer_with_one_side():
    quota, other = quotas.quota(), quotas.quota("090002")
    agree(propose(quota, ChangeKind.TRANSFER, quantity=Decimal(300), to_quota=other.pk))
    third = quotas.quota("090003")
    source = Entry.objects.filter(kind="adjust")[0].source

    def third_side() -> None:
        with unit_of_work() as work:
            work.execute(
                "INSERT INTO quotas_entry (quota_id, kind, quantity, at, actor, source, reason) "
                "VALUES (%s, 'adjust', 5, now(), 'x', %s, '')",
                [third.pk, source],
            )
            work.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError):
        third_side()


@pytest.mark.parametrize("kind", list(StopKind))
def test_QU_STA_05_a_stop_holds_on_its_days_and_only_a_block_halts_the_settlement(kind):
    with clock.frozen(FRIDAY):
        quota = quotas.quota()
        declaration = claimed("100")
        agree(
            propose(quota, ChangeKind.STOP, stop=kind, day_from=FRIDAY.date(), day_to=FRIDAY.date() + timedelta(days=9))
        )
        quota.refresh_from_db()
        assert quota.state == "blocked"
        assert quota_standings(["090001"], FRIDAY.date())["090001"].state is StandingState.BLOCKED
        assert quota_standings(["090001"], FRIDAY.date() - timedelta(days=1))["090001"].state is StandingState.OPEN
        own = quota_standings(["090001"], FRIDAY.date(), declaration_id=declaration.id)
        assert own["090001"].state is StandingState.CRITICAL
    settle(quota, FRIDAY.date())
    assert Entry.objects.filter(kind="allocate").count() == (0 if kind is StopKind.BLOCK else 1)
    over = FRIDAY + timedelta(days=11)
    with clock.frozen(over):
        with unit_of_work() as work:
            quota_turn(work, JobContext(1, "quotas.turn", str(quota.pk), {}, "", 1))
        quota.refresh_from_db()
        assert quota.state == "open"
    settle(quota, FRIDAY.date(), at=over)
    assert Entry.objects.filter(kind="allocate").count() == 1


def test_QU_CHG_04_a_stop_ends_earlier_and_never_later():
    with clock.frozen(FRIDAY):
        quota = quotas.quota()
        day = FRIDAY.date()
        assert rules(lambda: propose(quota, ChangeKind.STOP, stop=StopKind.BLOCK)) == ["QU-CHG-04"]
        agree(propose(quota, ChangeKind.STOP, stop=StopKind.BLOCK, day_from=day))
        stop = Stop.objects.get()
        agree(propose(quota, ChangeKind.LIFT, stop_id=stop.pk, day_to=day - timedelta(days=1)))
        quota.refresh_from_db()
        assert quota.state == "open"
        late = rules(lambda: propose(quota, ChangeKind.LIFT, stop_id=stop.pk, day_to=day + timedelta(days=5)))
        assert late == ["QU-CHG-04"]


def test_QU_CHG_05_a_quota_is_declared_critical_and_not_any_more():
    quota = quotas.quota()
    agree(propose(quota, ChangeKind.CRITICAL, critical=True))
    quota.refresh_from_db()
    assert quota.state == "critical"
    assert rules(lambda: propose(quota, ChangeKind.CRITICAL, critical=True)) == ["QU-CHG-05"]
    agree(propose(quota, ChangeKind.CRITICAL, critical=False))
    quota.refresh_from_db()
    assert quota.state == "open"


def test_QU_STA_01_a_period_that_is_over_and_settled_is_closed():
    quota = quotas.quota(period_to=FRIDAY.date())
    claimed("10")
    over = FRIDAY + timedelta(days=3)

    def turn():
        with clock.frozen(over), unit_of_work() as work:
            quota_turn(work, JobContext(1, "quotas.turn", str(quota.pk), {}, "", 1))
        quota.refresh_from_db()
        return quota.state

    assert turn() == "open", "a claim waits for its settlement"
    settle(quota, FRIDAY.date())
    assert turn() == "closed"
    assert rules(lambda: propose(quota, ChangeKind.VOLUME, quantity=Decimal(1))) == ["QU-CHG-06"]
    following = quotas.quota(period_from=date(2026, 6, 6), period_to=date(2026, 12, 31))
    agree(propose(quota, ChangeKind.TRANSFER, quantity=Decimal(990), to_quota=following.pk))
    following.refresh_from_db()
    assert following.balance == 1990
    assert quotas_out_of_balance() == []


def test_a_change_that_is_taken_back_is_declined():
    quota = quotas.quota()
    supervisor = accounts.actor(Role.SUPERVISOR)
    change = QuotaChange(kind=ChangeKind.VOLUME, reason="More", quantity=Decimal(1))
    made = quota_change_propose(quota_id=quota.pk, change=change, actor=supervisor)
    proposal_withdraw(proposal_id=made, actor=supervisor)
    assert Change.objects.get().state == "declined"
