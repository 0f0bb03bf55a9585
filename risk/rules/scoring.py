"""From rules to a result: contributions, score, lane and control sample; pure, so that it can be computed again."""

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from decimal import Decimal
from uuid import UUID

from declarations.schemas import DeclarationMessage
from risk.rules.consignment import Consignment, consignment_of
from risk.rules.registry import RULES, Hit, RiskRule
from risk.rules.rule_set import RULE_SET
from risk.types import Bands, Facts, Finding, Lane, RiskResult, TraderStep, lane_max

SCORE_MAX = 100
TRUST_POINTS = -20
"""What an authorised operator's record takes off the score (RM-TRU-01)."""
TRUST = "RM-TRU-01"
CAP = "RM-CAP-01"
FLOOR = "RM-CAP-02"
SAMPLE = "RM-RND-01"
ADJUSTMENTS = {
    TRUST: "The trader is an authorised operator: points are taken off, a hard profile or the sample is not touched.",
    CAP: "The score ends at 100: what lies over it is taken off.",
    FLOOR: "The score begins at 0: what lies under it is added.",
    SAMPLE: "Drawn for the random control sample from what would have been green.",
}
ALSO_MAX = 20
"""Further items that a reason lists."""


def result_of(message: DeclarationMessage, facts: Facts, declaration_id: UUID) -> RiskResult:
    """Score a declaration: the same message, facts and id always give the same result."""
    consignment = consignment_of(message, facts)
    reasons = [*findings_of(consignment, facts)]
    reasons += adjustments(sum(reason.points for reason in reasons), facts)
    score = sum(reason.points for reason in reasons)
    band_lane = RULE_SET.bands.lane(score)
    lane = lane_max(band_lane, *(reason.lane for reason in reasons if reason.lane is not None))
    selected = lane is Lane.GREEN and is_sampled(facts, declaration_id)
    propensity = Decimal(int(lane.needs_officer))
    if lane is Lane.GREEN:
        propensity = facts.sample_rate
    hard = any(reason.lane is not None for reason in reasons)
    if selected:
        reasons.append(_drawn(facts))
        lane = Lane.RED
    return RiskResult(
        score=score,
        lane=lane,
        band_lane=band_lane,
        reasons=tuple(sorted(reasons, key=_weight)),
        rule_set_version=RULE_SET.version,
        rule_set_hash=RULE_SET.hash,
        fact_set_version=facts.fact_set.version,
        hard=hard,
        random_selected=selected,
        sample_period=facts.seed.period if facts.seed else "",
        propensity=propensity,
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
        points=rule.points,
        reason=rule.says % first.figures,
        item=first.item,
        also_items=tuple(items)[:ALSO_MAX],
        lane=lane,
        trader_code=rule.step,
        figures=first.figures,
    )


def adjustments(total: int, facts: Facts) -> list[Finding]:
    """The lines that are no rule: trust, and the two ends of the scale; with them the reasons sum to the score."""
    lines: list[Finding] = []
    if facts.trusted_since is not None and facts.trusted_since <= facts.on and total > 0:
        figures = {"since": facts.trusted_since.isoformat()}
        lines.append(Finding(TRUST, TRUST_POINTS, f"authorised operator since {figures['since']}", figures=figures))
        total += TRUST_POINTS
    if total > SCORE_MAX:
        lines.append(Finding(CAP, SCORE_MAX - total, f"the contributions sum to {total}", figures={"sum": str(total)}))
    if total < 0:
        lines.append(Finding(FLOOR, -total, f"the contributions sum to {total}", figures={"sum": str(total)}))
    return lines


def score_of(contributions: int, facts_trusted: bool) -> int:
    """The score of a sum of contributions of rules, with trust and both ends of the scale."""
    if facts_trusted and contributions > 0:
        contributions += TRUST_POINTS
    return min(max(contributions, 0), SCORE_MAX)


def without(reasons: Sequence[Finding], left_out: Finding, bands: Bands) -> tuple[int, Lane]:
    """Score and lane as they were if one reason did not hold: the officer's counterfactual."""
    kept = [reason for reason in reasons if reason is not left_out]
    contributions = sum(reason.points for reason in kept if reason.rule not in ADJUSTMENTS)
    score = score_of(contributions, any(reason.rule == TRUST for reason in kept))
    lanes = [reason.lane for reason in kept if reason.lane is not None]
    return score, lane_max(bands.lane(score), *lanes)


def is_sampled(facts: Facts, declaration_id: UUID) -> bool:
    """Whether a declaration is drawn for the control sample: by its id and the secret of the period alone."""
    if facts.seed is None:
        return False
    return sample_draw(facts.seed.secret, declaration_id) < facts.sample_rate


def sample_draw(secret: bytes, declaration_id: UUID) -> Decimal:
    """A number from 0 to under 1 that nobody can tell without the secret and anybody can check with it."""
    digest = hmac.new(secret, declaration_id.bytes, hashlib.sha256).digest()
    return Decimal(int.from_bytes(digest[:8])) / Decimal(2**64)


def _drawn(facts: Facts) -> Finding:
    period = facts.seed.period if facts.seed else ""
    return Finding(
        SAMPLE,
        0,
        f"drawn for the control sample of {period}",
        lane=Lane.RED,
        trader_code=TraderStep.GOODS,
        figures={"period": period},
    )


def _weight(reason: Finding) -> tuple[int, int, str]:
    return (-(reason.lane.rank if reason.lane else -1), -reason.points, reason.rule)
