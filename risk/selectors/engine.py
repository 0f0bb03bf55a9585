"""What scoring asks beside facts: rules, screening and models, in one call each for one declaration or a thousand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import structlog
from django.db import DatabaseError

from declarations.types import DeclarationSnapshot
from risk.rules.consignment import Consignment, consignment_of
from risk.rules.explanation import Share, shares_of, shares_plain
from risk.rules.frame import frame_of_records
from risk.rules.policy import Scale
from risk.rules.record import Record, record_of
from risk.rules.rule_set import CompiledRuleSet
from risk.rules.scoring import findings_of
from risk.rules.screened import screen_queries, screening_finding
from risk.types import Facts, Finding
from singlewindow.learning.selectors import model_load
from singlewindow.screening.selectors import matches_of, set_version_now
from singlewindow.screening.types import Match

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A declaration as the engine sees it."""

    snapshot: DeclarationSnapshot
    facts: Facts
    consignment: Consignment
    record: Record


@dataclass(frozen=True, slots=True)
class Looked:
    """A declaration with all that its score is made of."""

    prepared: Prepared
    lines: tuple[Finding, ...]
    """Of the built-in rules and of screening."""
    probability: float | None
    shadow: Mapping[str, float | None]
    screening_version: str


def prepared(snapshot: DeclarationSnapshot, facts: Facts) -> Prepared:
    """A declaration and its facts, made ready to be asked."""
    consignment = consignment_of(snapshot.message, facts)
    return Prepared(snapshot, facts, consignment, record_of(consignment, facts))


def looked_up(ready: Sequence[Prepared], rules: CompiledRuleSet) -> list[Looked]:
    """Ask the rules, screening and every model for some declarations."""
    version, screened = _screened(ready, rules)
    records, days = [one.record for one in ready], [one.facts.on for one in ready]
    probabilities: Sequence[float | None] = [None] * len(ready)
    if rules.model:
        probabilities = probabilities_or_none(rules.model, records, days)
    shadows = {one: probabilities_or_none(one, records, days) for one in rules.shadow}
    return [
        Looked(
            prepared=one,
            lines=(*findings_of(one.consignment, one.facts), *screened[place]),
            probability=probabilities[place],
            shadow={of: found[place] for of, found in shadows.items()},
            screening_version=version,
        )
        for place, one in enumerate(ready)
    ]


def _screened(ready: Sequence[Prepared], rules: CompiledRuleSet) -> tuple[str, list[tuple[Finding, ...]]]:
    """The version of the lists and the finding of each declaration; where no list is live, nothing is asked."""
    version = set_version_now()
    if not version:
        return version, [() for _ in ready]
    asked = [screen_queries(one.snapshot.message) for one in ready]
    distinct = list(dict.fromkeys(query for queries in asked for query in queries))
    by_query: dict[object, list[Match]] = {}
    for match in matches_of(distinct, set_version=version):
        by_query.setdefault(match.query, []).append(match)
    findings: list[tuple[Finding, ...]] = []
    for queries in asked:
        matches = [match for query in queries for match in by_query.get(query, ())] if by_query else []
        finding = screening_finding(matches, rules.screening_threshold) if matches else None
        findings.append((finding,) if finding is not None else ())
    return version, findings


def probabilities_or_none(model_hash: str, records: Sequence[Record], days: Sequence[date]) -> Sequence[float | None]:
    """The probability of each declaration; none for all where the model cannot be asked, which is logged."""
    try:
        return probabilities_of(model_hash, records, days)
    except DatabaseError:
        raise  # the transaction is lost; the job is tried again
    except Exception:  # whatever is wrong with a model, goods must not wait for it
        log.exception("model_silent", model=model_hash)
        return [None] * len(records)


def probabilities_of(model_hash: str, records: Sequence[Record], days: Sequence[date]) -> list[float]:
    """The probability of each declaration, that of its worst item, by one call of a registered model.

    Raises:
        NotFound: no such model is registered.
        FrameRefused: what is stored of it is not the model of that hash.
    """
    model = model_load(model_hash)
    scores = model.score(frame_of_records(records, days, model.spec.numbers))
    ends = [0]
    for record in records:
        ends.append(ends[-1] + len(record.items))
    return [float(scores[begin:end].max()) for begin, end in pairwise(ends)]


def explained(
    model_hash: str, record: Record, on: date, scale: Scale, points: Decimal
) -> tuple[int, tuple[Share, ...]]:
    """The points of the model's line by feature, of the item that is worst; its number from 1.

    Raises:
        NotFound, FrameRefused: as `probabilities_of`.
    """
    model = model_load(model_hash)
    matrix = model.matrix(frame_of_records([record], [on], model.spec.numbers))
    worst = int(model.raw(matrix).argmax())
    (explanation,) = model.contributions(matrix[worst : worst + 1])
    return worst + 1, shares_of(explanation, scale, points)


def shares_or_none(looked: Looked, rules: CompiledRuleSet) -> dict[str, Any] | None:
    """The shares of the model's line as they are stored; none where the model was not asked or says nothing."""
    if looked.probability is None:
        return None
    try:
        record, on = looked.prepared.record, looked.prepared.facts.on
        points = rules.scale.points(looked.probability)
        return shares_plain(*explained(rules.model, record, on, rules.scale, points))
    except DatabaseError:
        raise
    except Exception:  # an explanation can be asked for again later; the decision cannot wait
        log.exception("model_not_explained", model=rules.model)
        return None
