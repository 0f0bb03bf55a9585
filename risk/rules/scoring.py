"""From findings to a result: contributions, score, lane and choice; pure, so that it can be computed again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from declarations.schemas import DeclarationMessage
from risk.rules.consignment import Consignment, consignment_of
from risk.rules.policy import Scale, SelectionPolicy
from risk.rules.record import Record, record_of
from risk.rules.registry import RULES, Hit, RiskRule
from risk.rules.rule_set import RULE_SET, CompiledRuleSet
from risk.rules.selection import CHOICES, OVER, Chosen, DrawInputs, Room, choose
from risk.types import Bands, Facts, Finding, Lane, RiskResult, lane_max

ZERO = Decimal(0)
SCORE_MAX = Decimal(100)
TRUST_POINTS = Decimal(-20)
"""What an authorised operator's record takes off the score (RM-TRU-01)."""
TRUST = "RM-TRU-01"
CAP = "RM-CAP-01"
FLOOR = "RM-CAP-02"
MODEL = "RM-MOD-01"
MODEL_MISSING = "RM-MOD-02"
ENDS = {
    TRUST: "The trader is an authorised operator: points are taken off, a hard profile or the sample is not touched.",
    CAP: "The score ends at 100: what lies over it is taken off.",
    FLOOR: "The score begins at 0: what lies under it is added.",
}
ADJUSTMENTS = {
    **ENDS,
    MODEL: "The model finds something odd in how the values of the declaration go together.",
    MODEL_MISSING: "The model in force could not be asked: the score stands without it.",
    **CHOICES,
}
"""The lines that are no rule: they follow from the others, the model and the choice, and are made again in a replay."""
SCREENING_SENTENCE = "A party, vessel or address matches a sanctions or denied-party list, and nobody dismissed it."
PROFILE_PREFIX = "PR-"
ALSO_MAX = 20
"""Further items that a reason lists."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a rule set makes of a declaration."""

    score: Decimal
    lane: Lane
    band_lane: Lane
    hard: bool
    reasons: tuple[Finding, ...]
    chosen: Chosen
    expected_loss_minor: int


def result_of(
    message: DeclarationMessage,
    facts: Facts,
    declaration_id: UUID,
    rules: CompiledRuleSet = RULE_SET,
    *,
    room: Room | None = None,
    more: Sequence[Finding] = (),
    probability: float | None = None,
) -> RiskResult:
    """Score a declaration: the same message, facts, id and rule set always give the same result."""
    consignment = consignment_of(message, facts)
    lines = [*findings_of(consignment, facts), *more]
    draw = draw_of(facts, declaration_id, room)
    record = record_of(consignment, facts)
    return result_from(decide(record, lines, rules, probability=probability, draw=draw), rules, facts, probability)


def draw_of(facts: Facts, declaration_id: UUID, room: Room | None = None) -> DrawInputs:
    """What the choice rests on beside the score."""
    return DrawInputs(
        declaration_id=declaration_id,
        on=facts.on,
        secret=facts.seed.secret if facts.seed else None,
        period=facts.seed.period if facts.seed else "",
        sample_rate=facts.sample_rate,
        room=room or Room(),
    )


def decide(
    record: Record,
    lines: Sequence[Finding],
    rules: CompiledRuleSet,
    *,
    probability: float | None,
    draw: DrawInputs,
) -> Decided:
    """Score, lane and choice from the record, the lines of the built-in rules, and the probability of the model."""
    reasons = [*lines, *profile_findings(record, rules, draw)]
    reasons += model_lines(probability, rules)
    reasons += adjustments(
        sum((reason.points for reason in reasons), ZERO), trusted=record.header.get("trusted") is True
    )
    score = sum((reason.points for reason in reasons), ZERO)
    band_lane = rules.bands.lane(score)
    hard_lane = max((r.lane for r in reasons if r.lane is not None), key=lambda lane: lane.rank, default=None)
    loss = expected_loss(record, rules.selection, probability if probability is not None else float(score) / 100, draw)
    chosen = choose(score, band_lane, hard_lane, loss, rules.bands.red, rules.selection, draw)
    reasons += chosen.lines
    return Decided(
        score=score,
        lane=chosen.lane,
        band_lane=band_lane,
        hard=hard_lane is not None,
        reasons=tuple(sorted(reasons, key=_weight)),
        chosen=chosen,
        expected_loss_minor=loss,
    )


def result_from(decided: Decided, rules: CompiledRuleSet, facts: Facts, probability: float | None) -> RiskResult:
    """What was decided, as a result that names the hashes it stands on."""
    chosen = decided.chosen
    return RiskResult(
        score=decided.score,
        lane=decided.lane,
        band_lane=decided.band_lane,
        reasons=decided.reasons,
        rule_set_version=rules.version,
        rule_set_hash=rules.hash,
        fact_set_version=facts.fact_set.version,
        hard=decided.hard,
        random_selected=any(line.rule == "RM-RND-01" for line in chosen.lines),
        sample_period=facts.seed.period if facts.seed else "",
        propensity=chosen.propensity,
        pick=chosen.pick,
        control=chosen.control,
        model_hash=rules.model if probability is not None else "",
        probability=probability,
        expected_loss_minor=decided.expected_loss_minor,
    )


def findings_of(consignment: Consignment, facts: Facts) -> Iterator[Finding]:
    """What each rule in force found; a rule counts once, however many items it meets."""
    for rule in RULES.values():
        if rule.in_force_from > facts.on:
            continue
        hits = list(rule.check(consignment, facts))
        if hits:
            yield _finding(rule, hits)


def _finding(rule: RiskRule, hits: Sequence[Hit]) -> Finding:
    lanes = [hit.lane or rule.lane for hit in hits]
    known = [lane for lane in lanes if lane is not None]
    lane = lane_max(*known) if known else None
    first = hits[lanes.index(lane)]
    items = dict.fromkeys(hit.item for hit in hits if hit.item is not None and hit.item != first.item)
    return Finding(
        rule=rule.id,
        points=Decimal(rule.points),
        reason=rule.says % first.figures,
        item=first.item,
        also_items=tuple(items)[:ALSO_MAX],
        lane=lane,
        trader_code=rule.step,
        figures=first.figures,
    )


def profile_findings(record: Record, rules: CompiledRuleSet, draw: DrawInputs) -> Iterator[Finding]:
    """What each live profile found that has not ended by the day of scoring."""
    for profile, hit in rules.profiles.hits(record):
        if rules.profiles_until[profile.code] < draw.on:
            continue
        yield Finding(
            rule=profile.code,
            points=profile.points,
            reason=profile.content.name,
            item=hit.item,
            also_items=hit.also_items,
            lane=profile.lane,
            trader_code=profile.step,
            figures=hit.figures,
        )


def model_lines(probability: float | None, rules: CompiledRuleSet) -> list[Finding]:
    """The line of the model, or the line that says that it could not be asked."""
    if not rules.model:
        return []
    if probability is None:
        return [Finding(MODEL_MISSING, ZERO, "the model could not be asked", figures={"model": rules.model[:12]})]
    scale: Scale = rules.scale
    figures = {"probability": f"{probability:.4f}", "model": rules.model[:12]}
    return [Finding(MODEL, scale.points(probability), f"probability {probability:.1%}", figures=figures)]


def adjustments(total: Decimal, *, trusted: bool) -> list[Finding]:
    """The lines that are no rule: trust, and the two ends of the scale; with them the reasons sum to the score."""
    lines: list[Finding] = []
    if trusted and total > 0:
        lines.append(Finding(TRUST, TRUST_POINTS, "authorised operator"))
        total += TRUST_POINTS
    if total > SCORE_MAX:
        lines.append(Finding(CAP, SCORE_MAX - total, f"the contributions sum to {total}", figures={"sum": str(total)}))
    if total < 0:
        lines.append(Finding(FLOOR, -total, f"the contributions sum to {total}", figures={"sum": str(total)}))
    return lines


def expected_loss(record: Record, policy: SelectionPolicy, probability: float, draw: DrawInputs) -> int:
    """Revenue at risk times probability, in minor units: what is owed, but at least a share of the value."""
    owed, value = record.header.get("revenue", 0.0), record.header.get("total_value", 0.0)
    at_risk = max(float(owed), float(value) * float(policy.value_share))  # type: ignore[arg-type]
    return round(at_risk * probability * float(10**draw.minor_digits))


def score_of(contributions: Decimal, *, trusted: bool) -> Decimal:
    """The score of a sum of contributions of rules, with trust and both ends of the scale."""
    if trusted and contributions > 0:
        contributions += TRUST_POINTS
    return min(max(contributions, ZERO), SCORE_MAX)


def lane_of(score: Decimal, reasons: Iterable[Finding], bands: Bands) -> Lane:
    """The lane as the maximum of its parts: the band of the score, within the capacity, and every hard lane."""
    reasons = tuple(reasons)
    band = bands.lane(score)
    if band is Lane.RED:
        band = next((Lane(reason.figures["to"]) for reason in reasons if reason.rule == OVER), band)
    return lane_max(band, *(reason.lane for reason in reasons if reason.lane is not None))


def without(
    reasons: Sequence[Finding], left_out: Iterable[Finding], bands: Bands, *, trusted: bool
) -> tuple[Decimal, Lane]:
    """Score and lane as they were if some reasons did not hold: the officer's counterfactual."""
    gone = set(map(id, left_out))
    kept = [reason for reason in reasons if id(reason) not in gone]
    contributions = sum((reason.points for reason in kept if reason.rule not in ENDS), ZERO)
    score = score_of(contributions, trusted=trusted and not any(r.rule == TRUST and id(r) in gone for r in reasons))
    return score, lane_of(score, kept, bands)


def _weight(reason: Finding) -> tuple[int, Decimal, str]:
    return (-(reason.lane.rank if reason.lane else -1), -reason.points, reason.rule)
