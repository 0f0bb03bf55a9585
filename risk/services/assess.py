"""Scoring a declaration, and the commitments that a score stands on."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import orjson

from declarations.types import DeclarationSnapshot
from risk.models import RiskAssessment
from risk.rules.replay import finding_plain
from risk.rules.rule_set import CompiledRuleSet
from risk.rules.scoring import decide, draw_of, result_from
from risk.rules.selection import DrawInputs
from risk.selectors.engine import Looked, looked_up, prepared, shares_or_none
from risk.selectors.facts import facts_for, facts_for_many, sample_period
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

SILENT_AGAIN = timedelta(minutes=10)
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
    "shares",
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
    known = facts or facts_for(snapshot)
    (result,) = _assess(work, [(snapshot, replace(known, revenue_minor=revenue_minor))], actor=actor, stage=stage)
    return result


def risk_assess_many(
    work: Work, asked: Sequence[tuple[DeclarationSnapshot, int | None]], *, actor: Acting, stage: Stage
) -> list[RiskResult]:
    """Score many declarations at once, each with its assessed revenue: facts, models and screening in one go each.

    None counts as the past of another.

    Locks: as `risk_assess`, of every office that examines one of them.
    """
    facts = facts_for_many([snapshot for snapshot, _ in asked])
    pairs = [(of, replace(known, revenue_minor=owed)) for (of, owed), known in zip(asked, facts, strict=True)]
    return _assess(work, pairs, actor=actor, stage=stage)


def _assess(
    work: Work, asked: Sequence[tuple[DeclarationSnapshot, Facts]], *, actor: Acting, stage: Stage
) -> list[RiskResult]:
    if not asked:
        return []
    rules = rule_set_ensure(work, asked[0][1].rule_set_hash, actor=actor)
    seeds: dict[str, SampleSeed] = {}
    ready = [prepared(of, _seeded(work, of, known, seeds)) for of, known in asked]
    return [_one(work, looked, rules, actor, stage) for looked in looked_up(ready, rules)]


def _seeded(work: Work, of: DeclarationSnapshot, known: Facts, seeds: dict[str, SampleSeed]) -> Facts:
    if known.seed is not None:
        return known
    period = sample_period(of)
    if period not in seeds:
        seeds[period] = sample_seed_make(work, period)
    return replace(known, seed=seeds[period])


def _one(work: Work, looked: Looked, rules: CompiledRuleSet, actor: Acting, stage: Stage) -> RiskResult:
    of, facts, record = looked.prepared.snapshot, looked.prepared.facts, looked.prepared.record
    decided, draw = choice_make(
        work,
        lambda draw: decide(record, looked.lines, rules, probability=looked.probability, draw=draw),
        draw_of(facts, of.id),
        rules=rules,
        office=of.office,
    )
    result = result_from(decided, rules, facts, looked.probability)
    _store(work, looked, result, rules, actor, stage=stage, draw=draw)
    if rules.model and looked.probability is None:
        model_silent_tell(work, rules.model, actor)
    return result


def _store(
    work: Work,
    looked: Looked,
    result: RiskResult,
    rules: CompiledRuleSet,
    actor: Acting,
    *,
    stage: Stage,
    draw: DrawInputs,
) -> None:
    snapshot, at = looked.prepared.snapshot, clock.now()
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
        dict(looked.shadow) or None,
        result.expected_loss_minor,
        result.pick.value,
        result.control,
        looked.screening_version,
        orjson.dumps(looked.prepared.record.plain()),
        draw.plain(),
        shares_or_none(looked, rules) if result.lane.needs_officer else None,
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
            "stage": stage.value,
            "lane": result.lane.value,
            "score": str(result.score),
            "hard": result.hard,
            "random": result.random_selected,
            "rule_set": result.rule_set_hash,
            "fact_set": result.fact_set_version,
            "model": result.model_hash,
            "screening": looked.screening_version,
            "reasons": sha256_hex(canonical_bytes(reasons)),
        },
        at=at,
    )


_silent_told: dict[str, datetime] = {}
"""When this process last told of a model that cannot be asked: an alarm, not one a declaration."""


def model_silent_tell(work: Work, model_hash: str, actor: Acting) -> None:
    """Record that the model in force could not be asked, at most every ten minutes of a process."""
    now, told = clock.now(), _silent_told.get(model_hash)
    if told is not None and timedelta() <= now - told < SILENT_AGAIN:
        return
    _silent_told[model_hash] = now
    event_record(
        work, actor=actor, verb=Verb.MODEL_SILENT, subject_type="model", subject_id=model_hash, data={}, at=now
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
