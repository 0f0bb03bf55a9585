"""Scoring a declaration, and the commitments that a score stands on."""

import secrets
from dataclasses import replace

import orjson

from declarations.types import DeclarationSnapshot
from risk.models import RiskAssessment
from risk.rules.consignment import consignment_of
from risk.rules.record import Record, record_of
from risk.rules.replay import finding_plain
from risk.rules.scoring import decide, draw_of, findings_of, result_from
from risk.rules.selection import DrawInputs
from risk.selectors.facts import facts_for, sample_period
from risk.services.activation import rule_set_ensure
from risk.services.selection import choice_make
from risk.types import Facts, RiskResult, SampleSeed, Stage
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work
from singlewindow.kernel import clock
from singlewindow.kernel.acting import Acting
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from singlewindow.kernel.identifiers import uuid7

COLUMNS = (
    "id",
    "declaration_id",
    "declaration_version",
    "lodged_by_id",
    "assessed_at",
    "lane",
    "band_lane",
    "score",
    "reasons",
    "hard",
    "random_selected",
    "sample_period",
    "propensity",
    "rule_set_version",
    "rule_set_hash",
    "fact_set_version",
    "stage",
    "office",
    "model_hash",
    "probability",
    "shadow",
    "expected_loss_minor",
    "pick",
    "control",
    "screening_version",
    "record",
    "room",
)


def risk_assess(
    work: Work,
    snapshot: DeclarationSnapshot,
    *,
    actor: Acting,
    stage: Stage = Stage.ACCEPTANCE,
    revenue_minor: int | None = None,
    facts: Facts | None = None,
) -> RiskResult:
    """Score a declaration, give it a lane and keep the result with its reasons and what the engine saw.

    Before arrival and at acceptance each makes a row of its own; the draws are the same in both, and an examination
    is counted once. Call it before `history_update`, else the declaration counts as its own past. The parties are
    told nothing of it: the event goes to the audit record only.

    Locks: the office's row of the day, where an examination is counted, until the transaction ends.

    Idempotent: the result; each call adds one row.

    Source: docs/rules/risk.md.

    Args:
        revenue_minor: duties and taxes that were assessed, in minor units.
    """
    facts = facts or facts_for(snapshot)
    rules = rule_set_ensure(work, facts.rule_set_hash, actor=actor)
    if facts.seed is None:
        facts = replace(facts, seed=sample_seed_make(work, sample_period(snapshot)))
    facts = replace(facts, revenue_minor=revenue_minor)
    consignment = consignment_of(snapshot.message, facts)
    record = record_of(consignment, facts)
    lines = [*findings_of(consignment, facts)]
    probability: float | None = None
    decided, draw = choice_make(
        work,
        lambda draw: decide(record, lines, rules, probability=probability, draw=draw),
        draw_of(facts, snapshot.id),
        rules=rules,
        office=snapshot.office,
    )
    result = result_from(decided, rules, facts, probability)
    _store(work, snapshot, result, actor, stage=stage, record=record, draw=draw)
    return result


def _store(
    work: Work,
    snapshot: DeclarationSnapshot,
    result: RiskResult,
    actor: Acting,
    *,
    stage: Stage,
    record: Record,
    draw: DrawInputs,
) -> None:
    at = clock.now()
    reasons = [finding_plain(reason) for reason in result.reasons]
    row = (
        uuid7(),
        snapshot.id,
        snapshot.version,
        snapshot.lodged_by,
        at,
        result.lane.value,
        result.band_lane.value,
        result.score,
        reasons,
        result.hard,
        result.random_selected,
        result.sample_period,
        result.propensity,
        result.rule_set_version,
        result.rule_set_hash,
        result.fact_set_version,
        stage.value,
        snapshot.office,
        result.model_hash,
        result.probability,
        None,
        result.expected_loss_minor,
        result.pick.value,
        result.control,
        "",
        orjson.dumps(record.plain()),
        draw.plain(),
    )
    work.insert(RiskAssessment, COLUMNS, [row])
    event_record(
        work,
        actor=actor,
        verb=Verb.RISK_ASSESSED,
        subject_type="declaration",
        subject_id=str(snapshot.id),
        data={
            "version": snapshot.version,
            "lane": result.lane.value,
            "score": str(result.score),
            "hard": result.hard,
            "random": result.random_selected,
            "rule_set": result.rule_set_hash,
            "fact_set": result.fact_set_version,
            "reasons": sha256_hex(canonical_bytes(reasons)),
        },
        at=at,
    )


def sample_seed_make(work: Work, period: str) -> SampleSeed:
    """The seed of a month, made when it is first asked for.

    Idempotent: of two makers at once the first one's seed is the seed.
    """
    secret = secrets.token_bytes(32)
    work.execute(
        "INSERT INTO risk_sampleseed (period, secret, commitment) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        [period, secret, sha256_hex(secret)],
    )
    ((kept,),) = work.fetch("SELECT secret FROM risk_sampleseed WHERE period = %s", [period])
    return SampleSeed(period, bytes(kept))
