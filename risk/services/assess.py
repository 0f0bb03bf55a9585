"""Scoring a declaration, and the commitments that a score stands on."""

import secrets
from dataclasses import replace

from declarations.types import DeclarationSnapshot
from risk.models import RiskAssessment
from risk.rules.rule_set import RULE_SET
from risk.rules.scoring import result_of
from risk.selectors.facts import facts_for, sample_period
from risk.selectors.results import finding_plain
from risk.types import Facts, RiskResult, SampleSeed
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
)


def risk_assess(work: Work, snapshot: DeclarationSnapshot, *, actor: Acting, facts: Facts | None = None) -> RiskResult:
    """Score a declaration, give it a lane and keep the result with its reasons.

    Before arrival and at acceptance each makes a row of its own; the draw of the control sample is the same in
    both. Call it before `history_update`, else the declaration counts as its own past. The parties are told
    nothing of it: the event goes to the audit record only.

    Idempotent: the result; each call adds one row.

    Source: docs/rules/risk.md.
    """
    facts = facts or facts_for(snapshot)
    if not facts.rule_set_committed:
        rule_set_commit(work, actor=actor)
    if facts.seed is None:
        facts = replace(facts, seed=sample_seed_make(work, sample_period(snapshot)))
    result = result_of(snapshot.message, facts, snapshot.id)
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
            "score": result.score,
            "hard": result.hard,
            "random": result.random_selected,
            "rule_set": result.rule_set_hash,
            "fact_set": result.fact_set_version,
            "reasons": sha256_hex(canonical_bytes(reasons)),
        },
        at=at,
    )
    return result


def rule_set_commit(work: Work, *, actor: Acting) -> bool:
    """Record the rule set in force, with its hash, before it is used; true when it was not recorded yet.

    Idempotent: a rule set that is committed stays as it is.

    Source: domain rule N02: nobody can say later that a rule was written for a consignment.
    """
    added = work.execute(
        "INSERT INTO risk_ruleset (hash, version, document) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        [RULE_SET.hash, RULE_SET.version, canonical_bytes(RULE_SET.document).decode()],
    )
    if added:
        event_record(
            work,
            actor=actor,
            verb=Verb.RULE_SET_COMMITTED,
            subject_type="rule_set",
            subject_id=RULE_SET.hash,
            data={"version": RULE_SET.version, "rules": len(RULE_SET.rules)},
        )
    return bool(added)


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
