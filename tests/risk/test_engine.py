"""A model in force: its points and what they are made of; a silent one; models that are only watched; one or many."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from risk.models import RiskAssessment
from risk.rules.policy import Scale
from risk.rules.record import record_from
from risk.rules.replay import draw_inputs_of, replay_one, rule_lines_of
from risk.selectors import rule_set_of
from risk.selectors.engine import probabilities_of
from risk.selectors.explanations import explanation_for
from risk.selectors.neighbours import neighbours_for
from risk.selectors.rule_sets import rule_set_hash_in_force
from risk.services import risk_assess, risk_assess_many
from risk.services.outcomes import outcome_record
from risk.types import Outcome, RiskResult, RuleChange, RuleChangeKind, Stage
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.approvals.services import proposal_make
from singlewindow.audit.models import Event
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import NotFound
from tests.factories.governance import ANALYST, agree, change_live, model_registered, person, tried
from tests.factories.risk import facts, item, message, snapshot

ACTOR = system_actor("tests")
OFFICER = person("officer", Role.OFFICER)
TWO = message(item(price={"amount": "900", "currency": "EUR"}), item(2, origin="VN"))
pytestmark = pytest.mark.django_db


def assess(of: Any = None, **changes: Any) -> RiskResult:
    known = facts(rule_set_hash=rule_set_hash_in_force(), **changes)
    with unit_of_work() as work:
        return risk_assess(work, of or snapshot(TWO), actor=ACTOR, facts=known, revenue_minor=50_000)


def model_live(**scale: str) -> str:
    made = model_registered()
    plain = Scale().plain() | {"double": "20", "base": "0.001", "most": "100"} | scale
    change_live(RuleChange(RuleChangeKind.MODEL, {"hash": made, "scale": plain}))
    return made


def test_RM_MOD_01_the_line_of_the_model_is_explained_exactly_by_its_features() -> None:
    made = model_live()
    of = snapshot(TWO)
    result = assess(of)
    (line,) = [reason for reason in result.reasons if reason.rule == "RM-MOD-01"]
    assert (result.model_hash, sum(r.points for r in result.reasons)) == (made, result.score)
    row = RiskAssessment.objects.get()
    assert row.probability == result.probability is not None
    assert result.lane.needs_officer
    assert row.shares is not None
    shown = explanation_for(OFFICER, of.id).model
    assert shown is not None
    assert (shown.points, sum(share.points for share in shown.shares)) == (line.points, line.points)
    assert shown.shares[0].width == 100 or max(share.width for share in shown.shares) == 100
    assert len(shown.shares) > 2


def test_an_explanation_that_was_not_stored_is_worked_out_when_it_is_asked_for() -> None:
    model_live(most="1")
    of = snapshot()
    result = assess(of)
    assert not result.lane.needs_officer
    assert RiskAssessment.objects.get().shares is None
    shown = explanation_for(OFFICER, of.id).model
    assert shown is not None
    assert sum(share.points for share in shown.shares) == shown.points


def test_RM_MOD_02_a_model_that_cannot_be_loaded_stops_nothing_and_is_told_of_once() -> None:
    change = RuleChange(RuleChangeKind.MODEL, {"hash": "d" * 64})
    tried(change)
    with unit_of_work() as work:
        proposal = proposal_make(
            work,
            actor=ANALYST,
            kind="risk.model",
            subject_id="model",
            title="a model that is gone",
            content_sha256=change.sha256,
            evidence={"change": change.plain()},
        )
    agree(proposal)
    results = [assess() for _ in range(2)]
    assert {reason.rule for reason in results[0].reasons} >= {"RM-MOD-02"}
    assert (results[0].probability, results[0].model_hash) == (None, "")
    assert Event.objects.filter(verb="risk.model_silent", subject_id="d" * 64).count() == 1


def test_models_that_are_only_watched_are_scored_and_change_nothing() -> None:
    made = model_registered()
    before = assess()
    change_live(RuleChange(RuleChangeKind.SHADOW, {"hashes": [made]}))
    after = assess()
    assert (after.score, after.lane) == (before.score, before.lane)
    stored = RiskAssessment.objects.order_by("-id")[0].shadow
    assert stored is not None
    assert 0 < stored[made] < 1


def test_N04_a_stored_result_is_replayed_exactly_from_its_row() -> None:
    model_live()
    assess()
    row = RiskAssessment.objects.get()
    assert row.record is not None
    assert row.room is not None
    import orjson

    record, rules = record_from(orjson.loads(bytes(row.record))), rule_set_of(row.rule_set_hash)
    draw = draw_inputs_of(row.room, row.declaration_id, b"s" * 32, row.sample_period)
    assert probabilities_of(rules.model, [record], [draw.on]) == [row.probability]
    again = replay_one(record, rule_lines_of(row.reasons), rules, probability=row.probability, draw_inputs=draw)
    assert (again.score, again.lane, again.pick) == (row.score, row.lane, row.pick)
    assert (again.propensity, again.expected_loss_minor) == (row.propensity, row.expected_loss_minor)


def test_many_are_scored_as_one_by_one_in_as_many_queries_as_a_few(loaded: None) -> None:
    model_live()
    snapshots = [snapshot(TWO) for _ in range(6)]
    single = []
    for of in snapshots:
        with unit_of_work() as work:
            single.append(risk_assess(work, of, actor=ACTOR, revenue_minor=7))
    counts = []
    for some in (snapshots[:2], snapshots):
        with CaptureQueriesContext(connection) as queries, unit_of_work() as work:
            many = risk_assess_many(work, [(of, 7) for of in some], actor=ACTOR, stage=Stage.ACCEPTANCE)
        counts.append(len([q for q in queries if "risk_inspectionday" not in q["sql"]]))
    assert counts[0] == counts[1]
    assert [(r.score, r.lane, r.probability) for r in many] == [(r.score, r.lane, r.probability) for r in single]


def test_what_would_have_made_it_green_is_told_to_officers_only() -> None:
    of = snapshot(message(item(price={"amount": "100", "currency": "EUR"})))
    assess(of, pair_seen=False)
    green = explanation_for(OFFICER, of.id).green
    assert green is not None
    assert len(green.points) == 2
    assert "median" in green.text
    assert not green.hard
    for actor in (person("trader", Role.TRADER), person("plant", Role.AGENCY_OFFICER)):
        with pytest.raises(NotFound):
            explanation_for(actor, of.id)
        with pytest.raises(NotFound):
            neighbours_for(actor, of.id)


def checked(of: Any, outcome: Outcome) -> UUID:
    assess(of)
    with unit_of_work() as work:
        outcome_record(work, of, outcome=outcome, revenue_delta_minor=100, actor=ACTOR)
    return of.id  # type: ignore[no-any-return]


def test_the_nearest_earlier_cases_come_first_with_how_they_ended() -> None:
    same = checked(snapshot(), Outcome.VALUE)
    other_origin = checked(snapshot(message(item(origin="VN"))), Outcome.CONFORM)
    other_goods = checked(snapshot(message(item(commodity_code="0901110000", origin="BR"))), Outcome.ORIGIN)
    of = snapshot()
    assess(of)
    checked(snapshot(), Outcome.SECURITY)  # later: the officer of this one could not know
    with CaptureQueriesContext(connection) as queries:
        found = neighbours_for(OFFICER, of.id)
    assert len(queries) == 2
    assert [one.declaration_id for one in found] == [same, other_origin, other_goods]
    assert found[0].outcome is Outcome.VALUE
    assert found[0].alike > 90 > found[1].alike > found[2].alike
    assert "hs6" in found[0].same
    assert found[0].revenue_delta_minor == Decimal(100)
