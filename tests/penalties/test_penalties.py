"""Penalties and disclosures: notice, answer, another officer, money (PN-*; domain.md F08; TFA 6.3)."""

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, connection, connections, transaction

from declarations.selectors import declaration_head
from fees.models import Demand, Posting
from fees.services.demands import demands_lock, demands_pay
from singlewindow.accounts.permissions import Role
from singlewindow.audit.models import Event
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated, TransitionRefused
from singlewindow.penalties.models import Disclosure, Penalty
from singlewindow.penalties.services import (
    disclosure_settle,
    penalty_answer,
    penalty_cancel,
    penalty_decide,
)
from singlewindow.penalties.states import DISCLOSURE, PENALTY
from singlewindow.penalties.tasks import paid as paid_task
from tests.factories import accounts
from tests.factories.clearance import country_load, jobs_do, lodged, risky, trader_rich
from tests.factories.penalties import disclosed, notified

pytestmark = pytest.mark.django_db


@pytest.fixture
def trader(db):
    country_load()
    return trader_rich()


@pytest.fixture
def released(trader):
    """Goods that were released without a check."""
    declaration_id = lodged(trader)
    jobs_do(declaration_id)
    head = declaration_head(declaration_id)
    assert head.legal_state in ("RELEASED", "CLEARED")
    return head


def party(trader):
    return accounts.actor(Role.TRADER, of=trader)


def rules_of(error):
    return [violation.rule for violation in error.value.violations]


def test_an_error_disclosed_before_notice_costs_a_fifth_at_most__F08(trader, released):
    early = disclosed(released, party(trader))
    assert early.noticed_at is None
    row = notified(released)
    assert row.disclosure_id == early.pk
    assert {one["code"] for one in row.mitigations} == {"DISC", "FIRST"}
    assert row.amount_minor == 5_250  # 525.00 less 90 %
    assert (row.least_minor, row.most_minor) == (20_000, 150_000)
    assert row.law == "Customs Act 2021, section 91"


def test_after_notice_a_disclosure_counts_little__PN_DIS_01(trader, released):
    notified(released, offence="VAL")
    late = disclosed(released, party(trader))
    assert late.noticed_at is not None
    assert {one["code"] for one in notified(released).mitigations} == {"LATED", "FIRST"}


def test_goods_under_check_are_noticed__PN_DIS_01(trader):
    declaration_id = risky(trader)
    jobs_do(declaration_id)
    head = declaration_head(declaration_id)
    assert disclosed(head, party(trader)).noticed_at is not None


def test_no_officer_grants_or_withholds_what_is_on_record__PN_MIT_01(trader, released):
    assert "DISC" not in {one["code"] for one in notified(released, mitigations=("DISC",)).mitigations}


def test_who_gave_the_notice_does_not_decide__PN_TWO_01(trader, released):
    supervisor = accounts.actor(Role.SUPERVISOR)
    row = notified(released, officer=supervisor)
    penalty_answer(actor=party(trader), penalty_id=row.pk, text="It was our supplier's error.")
    with pytest.raises(NotPermitted):
        penalty_decide(actor=supervisor, penalty_id=row.pk, issue=True, reason="As stated.")
    with pytest.raises(DatabaseError), transaction.atomic():
        Penalty.objects.filter(pk=row.pk).update(
            state="dropped", decided_by=supervisor.label, decided_at=clock.now(), decision_reason="x"
        )
    with pytest.raises(NotPermitted):
        penalty_decide(actor=accounts.actor(Role.OFFICER), penalty_id=row.pk, issue=True, reason="As stated.")


def test_the_person_is_heard_first__PN_HRD_01(trader, released):
    row = notified(released)
    other = accounts.actor(Role.SUPERVISOR)
    with pytest.raises(RuleViolated) as early:
        penalty_decide(actor=other, penalty_id=row.pk, issue=True, reason="As stated.")
    assert rules_of(early) == ["PN-HRD-01"]
    penalty_decide(actor=other, penalty_id=row.pk, issue=True, reason="As stated.", at=row.heard_until)
    row.refresh_from_db()
    assert row.state == "issued"


def test_one_answer_and_only_by_the_person__PN_HRD_02(trader, released):
    row = notified(released)
    with pytest.raises(NotFound):
        penalty_answer(actor=accounts.actor(Role.TRADER), penalty_id=row.pk, text="Not mine.")
    penalty_answer(actor=party(trader), penalty_id=row.pk, text="It was our supplier's error.")
    with pytest.raises(RuleViolated) as second:
        penalty_answer(actor=party(trader), penalty_id=row.pk, text="And another thing.")
    assert rules_of(second) == ["PN-HRD-02"]


def issued(trader, head):
    row = notified(head)
    penalty_answer(actor=party(trader), penalty_id=row.pk, text="It was our supplier's error.")
    penalty_decide(actor=accounts.actor(Role.SUPERVISOR), penalty_id=row.pk, issue=True, reason="As stated.")
    row.refresh_from_db()
    return row


def test_an_issued_penalty_is_a_demand_and_is_paid_once(trader, released):
    row = issued(trader, released)
    demand = Demand.objects.get(pk=row.demand_id)
    assert (demand.kind, demand.amount_minor, demand.organisation_id) == ("penalty", row.amount_minor, trader.pk)
    with unit_of_work() as work:
        missing = demands_pay(work, demands_lock(work, [demand.pk]), payer_id=trader.pk, actor=party(trader))
    assert missing == 0
    jobs = list(Job.objects.filter(subject_id=str(row.pk), kind="penalties.paid").values_list("pk", flat=True))
    for _ in range(2):
        paid_task(jobs)
    row.refresh_from_db()
    assert row.state == "paid"
    assert Event.objects.filter(verb="penalty.paid").count() == 1
    assert sum(Posting.objects.values_list("amount_minor", flat=True)) == 0
    with pytest.raises(TransitionRefused):
        penalty_cancel(actor=accounts.actor(Role.SUPERVISOR), penalty_id=row.pk, reason="Too late.")


def test_taken_back_before_it_is_paid_nothing_is_owed(trader, released):
    row = issued(trader, released)
    penalty_cancel(actor=accounts.actor(Role.SUPERVISOR), penalty_id=row.pk, reason="The ruling was misread.")
    row.refresh_from_db()
    assert row.state == "cancelled"
    assert Demand.objects.get(pk=row.demand_id).state == "cancelled"


def test_a_second_breach_is_no_first_one__PN_MIT_01(trader, released):
    issued(trader, released)
    assert notified(released, offence="VAL").mitigations == []


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"facts": "  "}, "/facts"),
        ({"offence": "XXX"}, "/offence"),
        ({"evaded": Decimal("-1")}, "/evaded"),
        ({"evaded": Decimal("0.001")}, "/evaded"),
        ({"evaded": Decimal("1e30")}, "/evaded"),
        ({"evaded": Decimal("NaN")}, "/evaded"),
        ({"element": "/" * 251}, "/element"),
        ({"facts": "a\x00b"}, "/facts"),
    ],
)
def test_what_is_told_wrongly_is_refused_and_nothing_stays__PN_DIS_03(trader, released, changes, pointer):
    with pytest.raises(RuleViolated) as refused:
        disclosed(released, party(trader), **changes)
    assert [one.pointer for one in refused.value.violations] == [pointer]
    assert Disclosure.objects.count() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"facts": ""},
        {"offence": "XXX"},
        {"degree": "evil"},
        {"base_minor": 0},
        {"base_minor": -1},
        {"base_minor": 10**16},
        {"mitigations": ("XX",)},
    ],
)
def test_a_notice_without_its_parts_is_refused__PN_NOT_01(trader, released, changes):
    with pytest.raises(RuleViolated) as refused:
        notified(released, **changes)
    assert rules_of(refused) == ["PN-NOT-01"]
    assert Penalty.objects.count() == 0


def test_nobody_but_a_party_is_held_responsible__PN_WHO_01(released):
    with pytest.raises(RuleViolated):
        notified(released, organisation=accounts.organisation())


def test_the_same_error_waits_once__PN_DIS_04(trader, released):
    first = disclosed(released, party(trader))
    with pytest.raises(Conflict):
        disclosed(released, party(trader))
    disclosure_settle(actor=accounts.actor(Role.SUPERVISOR), disclosure_id=first.pk, outcome="No revenue was at stake.")
    disclosed(released, party(trader))


def test_before_acceptance_one_amends__PN_DIS_02(trader):
    head = declaration_head(lodged(trader, presented=False))
    with pytest.raises(TransitionRefused):
        disclosed(head, party(trader))


def test_the_declaration_of_another_is_not_there(released):
    with pytest.raises(NotFound):
        disclosed(released, accounts.actor(Role.TRADER))


@pytest.mark.parametrize("change", ["facts = 'x'", "filed_at = now()", "noticed_at = NULL, evaded_minor = 1"])
def test_the_database_keeps_what_was_disclosed(trader, released, change):
    row = disclosed(released, party(trader))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE penalties_disclosure SET {change} WHERE id = %s", [row.pk])


@pytest.mark.parametrize(("table", "machine"), [("penalties_penalty", PENALTY), ("penalties_disclosure", DISCLOSURE)])
def test_the_life_cycle_in_the_database_is_that_of_the_table(table, machine):
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [f"{table}_state_life_cycle"])
        source = cursor.fetchone()[0]
    for before, after in machine.pairs():
        assert f"('{before}', '{after}')" in source


@pytest.mark.django_db(transaction=True)
def test_a_notice_and_a_disclosure_that_race_are_never_both_first__PN_DIS_01(trader, released):
    person, officer = party(trader), accounts.actor(Role.OFFICER)
    for round_ in range(6):
        gate = Barrier(2)

        def run(act, gate=gate):
            try:
                gate.wait()
                act()
            finally:
                connections.close_all()

        offence = ["ORG", "VAL", "INC"][round_ % 3]
        acts = (
            lambda offence=offence, n=round_: disclosed(released, person, offence=offence, element=f"/items/{n}"),
            lambda offence=offence: notified(released, officer=officer, offence=offence),
        )
        threads = [Thread(target=run, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if round_ == 0:
            disclosure, penalty = Disclosure.objects.get(), Penalty.objects.get()
            first_told = disclosure.noticed_at is None
            assert first_told == (penalty.disclosure_id == disclosure.pk)
            assert first_told == ("DISC" in {one["code"] for one in penalty.mitigations})
    assert Disclosure.objects.filter(noticed_at=None).count() <= 1
    assert not Penalty.objects.filter(notified_at__gt=clock.now() + timedelta(days=1)).exists()
