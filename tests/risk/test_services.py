"""What is stored and remembered, on a real database."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from risk.models import AlertEntry, FactTables, PartyMonth, RiskAssessment, RuleSet, SampleSeed
from risk.rules.rule_set import RULE_SET
from risk.selectors import facts_for, risk_result_for, rule_hits, sample_seed_published, trader_steps_for
from risk.services import alert_propose, history_forget, history_update, risk_assess
from risk.types import AlertKind, HistoryEvent, Lane, Outcome
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.approvals.models import Proposal
from singlewindow.audit.models import Event, PartyEvent
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, NotPermitted
from tests.factories import accounts
from tests.factories.governance import agree, risk_live
from tests.factories.risk import NOW, facts, item, message, snapshot

ACTOR = system_actor("tests")
pytestmark = pytest.mark.django_db


def assess(of: Any, **changes: Any) -> Any:
    with unit_of_work() as work:
        return risk_assess(work, of, actor=ACTOR, facts=facts(**changes) if changes else None)


def remember(of: Any, event: HistoryEvent = HistoryEvent.ACCEPTED, **changes: Any) -> None:
    with unit_of_work() as work:
        history_update(work, of, event=event, **changes)


def test_a_result_is_stored_with_reasons_hashes_and_an_event() -> None:
    of = snapshot(message(item(price={"amount": "100", "currency": "EUR"})))
    result = assess(of, rule_set_hash="")
    row = RiskAssessment.objects.get(declaration_id=of.id)
    assert (row.score, row.lane, row.rule_set_hash) == (65, "YELLOW", RULE_SET.hash)
    assert sum(Decimal(reason["points"]) for reason in row.reasons) == row.score == result.score
    verbs = list(Event.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == [Verb.RULE_SET_COMMITTED.value, Verb.RULE_SET_IN_FORCE.value, Verb.RISK_ASSESSED.value]
    assert not PartyEvent.objects.exists()


def test_N02_the_rule_set_is_committed_once_before_its_first_use() -> None:
    for _ in range(2):
        assess(snapshot(), rule_set_hash="")
    committed = RuleSet.objects.get()
    assert (committed.hash, committed.document) == (RULE_SET.hash, RULE_SET.document)
    assert Event.objects.filter(verb=Verb.RULE_SET_COMMITTED.value).count() == 1


@pytest.mark.parametrize("table", ["risk_riskassessment", "risk_ruleset", "risk_sampleseed"])
def test_results_rule_sets_and_seeds_can_be_neither_changed_nor_removed(table: str) -> None:
    assess(snapshot(), rule_set_hash="", seed=None)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_RM_RND_01_a_second_scoring_draws_the_same(loaded: None) -> None:
    of = snapshot()
    first, second = assess(of), assess(of)
    assert first.random_selected == second.random_selected
    seed = SampleSeed.objects.get()
    assert seed.period == "2026-11"
    assert RiskAssessment.objects.filter(declaration_id=of.id).count() == 2


def test_the_seed_is_secret_until_its_month_has_ended(loaded: None) -> None:
    assess(snapshot())
    with pytest.raises(NotFound):
        sample_seed_published("2026-11")
    with clock.frozen(datetime(2026, 12, 1, tzinfo=UTC)):
        assert bytes.fromhex(sample_seed_published("2026-11")) == bytes(SampleSeed.objects.get().secret)


def test_facts_come_in_two_queries_however_long_the_history(loaded: None) -> None:
    risk_live()
    for _ in range(30):
        remember(snapshot())
    facts_for(snapshot())
    with CaptureQueriesContext(connection) as queries:
        known = facts_for(snapshot())
    assert len(queries) <= 3
    assert known.trader.declarations_quarter == 30


def test_a_party_is_known_once_a_declaration_was_accepted(loaded: None) -> None:
    before = facts_for(snapshot())
    assert (before.trader.first_seen, before.pair_seen, before.chapters_seen) == (None, False, frozenset())
    remember(snapshot())
    after = facts_for(snapshot())
    assert (after.trader.first_seen, after.pair_seen, after.chapters_seen) == (NOW.date(), True, {"84"})
    other = facts_for(snapshot(message(exporter={"name": "Someone else"})))
    assert (other.trader.first_seen, other.pair_seen) == (NOW.date(), False)


def test_amendments_and_findings_are_counted_by_month(loaded: None) -> None:
    of = snapshot()
    remember(of, at=NOW - timedelta(days=200))
    remember(of, HistoryEvent.AMENDED)
    remember(of, HistoryEvent.INVALIDATED)
    remember(of, HistoryEvent.INSPECTED, outcome=Outcome.VALUE)
    remember(of, HistoryEvent.INSPECTED, outcome=Outcome.CLERICAL)
    trader = facts_for(snapshot()).trader
    assert (trader.declarations_year, trader.declarations_quarter, trader.changes_quarter) == (1, 0, 2)
    assert (trader.inspections_year, trader.findings_year) == (2, 1)
    assert PartyMonth.objects.filter(side="import").count() == 2


def test_an_inspection_needs_an_outcome() -> None:
    with pytest.raises(ValueError, match="outcome"), unit_of_work() as work:
        history_update(work, snapshot(), event=HistoryEvent.INSPECTED)


def test_RM_PAR_08_sees_small_consignments_of_the_last_seven_days(loaded: None) -> None:
    small = message(item(price={"amount": "900", "currency": "EUR"}))
    for days in (1, 2, 6, 8):
        remember(snapshot(small), at=NOW - timedelta(days=days))
    remember(snapshot(message(item(price={"amount": "1000", "currency": "EUR"}))), at=NOW)
    assert facts_for(snapshot(small)).small_consignments == {"847130": 3}
    result = assess(snapshot(small))
    assert "RM-PAR-08" in {reason.rule for reason in result.reasons}


def test_RM_PAR_08_does_not_count_the_declaration_itself(loaded: None) -> None:
    of = snapshot(message(item(price={"amount": "900", "currency": "EUR"})))
    remember(of)
    assert facts_for(of).small_consignments == {}


def test_RM_TRA_04_counts_other_consignees_of_a_container(loaded: None) -> None:
    for number in range(3):
        remember(snapshot(message(importer={"id": f"ZZOTHER{number}"})))
    remember(snapshot())
    assert facts_for(snapshot()).container_users == {"CSQU3054383": 3}


def test_what_is_too_old_for_any_rule_is_dropped(loaded: None) -> None:
    small = message(item(price={"amount": "900", "currency": "EUR"}))
    remember(snapshot(small), at=NOW - timedelta(days=40))
    remember(snapshot(small))
    with unit_of_work() as work:
        old = NOW - timedelta(days=30)
        assert history_forget(work, recent=old, quarter=old, year=old) == 2 + 3 + 3


def test_load_risk_proposes_once_and_nothing_is_in_force_before_a_second_person_agreed(
    loaded: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    analyst = accounts.user(Role.RISK_ANALYST)
    monkeypatch.setenv("CSW_PASSWORD", accounts.PASSWORD)
    out = StringIO()
    call_command("load_risk", by=analyst.username, stdout=out)
    alerts = AlertEntry.objects.count()
    assert facts_for(snapshot()).fact_set.version == ""
    agree(*Proposal.objects.values_list("id", flat=True))
    call_command("load_risk", by=analyst.username, stdout=out)
    assert (FactTables.objects.count(), AlertEntry.objects.count()) == (1, alerts)
    assert f"{1 + alerts} proposed" in out.getvalue()
    assert "0 proposed" in out.getvalue()
    known = facts_for(snapshot())
    assert known.fact_set.band("847130", "CN").median_value_per_kg == Decimal(235)
    assert known.rule_set_hash


def test_load_risk_refuses_a_table_with_other_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    analyst = accounts.user(Role.RISK_ANALYST)
    monkeypatch.setenv("CSW_PASSWORD", accounts.PASSWORD)
    (tmp_path / "bands.csv").write_text("hs6,price\n")
    with pytest.raises(CommandError, match="columns must be"):
        call_command("load_risk", by=analyst.username, folder=tmp_path)
    assert not FactTables.objects.exists()


@pytest.mark.parametrize(
    ("kind", "value", "rule"),
    [
        (AlertKind.PARTY, "cn 12345", "RM-ALE-01"),
        (AlertKind.NAME, "Computers, SHENZHEN", "RM-ALE-01"),
        (AlertKind.CONTAINER, "CSQU3054383", "RM-ALE-02"),
        (AlertKind.GOODS, "8471", "RM-ALE-03"),
    ],
)
def test_an_alert_makes_the_next_declaration_red(kind: AlertKind, value: str, rule: str, loaded: None) -> None:
    analyst = accounts.actor(Role.RISK_ANALYST)
    assert assess(snapshot()).lane is not Lane.RED or assess(snapshot()).random_selected
    last = clock.today() + timedelta(days=10)
    entry = {"kind": kind, "value": value, "reason": "seen", "basis": "act", "owner": "desk", "valid_to": last}
    proposal = alert_propose(actor=analyst, **entry)  # type: ignore[arg-type]
    assert not assess(snapshot()).hard
    agree(proposal)
    result = assess(snapshot())
    assert (result.lane, result.hard) == (Lane.RED, True)
    assert rule in {reason.rule for reason in result.reasons}
    with clock.frozen(NOW + timedelta(days=10)):
        assert assess(snapshot()).hard
    with clock.frozen(NOW + timedelta(days=11)):
        assert not assess(snapshot()).hard


def test_only_risk_analysts_change_the_alert_list() -> None:
    officer = accounts.actor(Role.OFFICER)
    with pytest.raises(NotPermitted):
        alert_propose(
            actor=officer,
            kind=AlertKind.PARTY,
            value="X",
            reason="r",
            basis="b",
            owner="o",
            valid_to=clock.today() + timedelta(days=1),
        )


def test_officers_see_reasons_by_contribution_with_counterfactuals() -> None:
    of = snapshot(message(item(price={"amount": "100", "currency": "EUR"})))
    assess(of, pair_seen=False)
    shown = risk_result_for(of.id, accounts.actor(Role.OFFICER))
    assert (shown.score, shown.lane) == (70, Lane.RED)
    assert [(r.rule, r.points, r.share) for r in shown.reasons] == [
        ("RM-VAL-01", 40, 100),
        ("RM-VAL-02", 25, 62),
        ("RM-PAR-02", 5, 12),
    ]
    assert (shown.reasons[2].score_without, shown.reasons[2].lane_without) == (65, Lane.YELLOW)
    assert "5.00 EUR per kg against a median of 100.00" in shown.reasons[0].text


@pytest.mark.parametrize("role", [Role.TRADER, Role.BROKER, Role.AGENCY_OFFICER, Role.ADMINISTRATOR])
def test_nobody_else_sees_a_result(role: Role) -> None:
    of = snapshot()
    assess(of, pair_seen=False)
    with pytest.raises(NotFound):
        risk_result_for(of.id, accounts.actor(role))


def test_a_trader_gets_no_steps_of_a_declaration_it_may_not_see() -> None:
    of = snapshot()
    assess(of, pair_seen=False)
    with pytest.raises(NotFound):
        trader_steps_for(of.id, accounts.actor(Role.TRADER))


def test_the_hits_of_each_rule_are_counted() -> None:
    assess(snapshot(), pair_seen=False)
    assess(snapshot(lodged_by=UUID(int=8)), pair_seen=False)
    hits = {rule.id: count for rule, count in rule_hits(accounts.actor(Role.RISK_ANALYST))}
    assert (hits["RM-PAR-02"], hits["RM-VAL-01"]) == (2, 0)
    with pytest.raises(NotPermitted):
        rule_hits(accounts.actor(Role.TRADER))
