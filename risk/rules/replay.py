"""A stored declaration under another rule set: pure, so that a million of them can be tried in a few minutes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from risk.rules.record import Record
from risk.rules.rule_set import CompiledRuleSet
from risk.rules.scoring import ADJUSTMENTS, PROFILE_PREFIX, decide
from risk.rules.selection import DrawInputs, Room
from risk.types import Finding, Lane, Pick, TraderStep


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a rule set would have made of a stored declaration."""

    score: Decimal
    lane: Lane
    band_lane: Lane
    hard: bool
    pick: Pick
    control: bool
    propensity: Decimal
    expected_loss_minor: int
    profiles: tuple[str, ...]
    """Codes of the profiles that hit."""


def replay_one(
    record: Record,
    rule_lines: Sequence[Finding],
    compiled: CompiledRuleSet,
    *,
    probability: float | None,
    draw_inputs: DrawInputs,
) -> Replayed:
    """Score a stored declaration again: with the rule set that scored it, what was stored comes out exactly.

    Args:
        rule_lines: what the built-in rules and screening found then (`rule_lines_of`); no change touches them.
        probability: by the model of `compiled`; none where it names no model.
        draw_inputs: `draw_inputs_of` gives those of the past, with the room there was then.
    """
    decided = decide(record, rule_lines, compiled, probability=probability, draw=draw_inputs)
    return Replayed(
        score=decided.score,
        lane=decided.lane,
        band_lane=decided.band_lane,
        hard=decided.hard,
        pick=decided.chosen.pick,
        control=decided.chosen.control,
        propensity=decided.chosen.propensity,
        expected_loss_minor=decided.expected_loss_minor,
        profiles=tuple(r.rule for r in decided.reasons if r.rule.startswith(PROFILE_PREFIX)),
    )


def draw_inputs_of(
    stored: Mapping[str, Any], declaration_id: UUID, secret: bytes | None = None, period: str = ""
) -> DrawInputs:
    """What the choice of a stored result rested on.

    Args:
        stored: the column `room` of the result.
        secret: seed of the month in which the declaration was lodged.
    """
    return DrawInputs(
        declaration_id=declaration_id,
        on=date.fromisoformat(stored["on"]),
        secret=secret,
        period=period,
        sample_rate=Decimal(stored["rate"]),
        room=Room.of(stored),
    )


def rule_lines_of(reasons: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """The lines of built-in rules and screening among the stored reasons of a result."""
    return [
        finding_of(stored)
        for stored in reasons
        if stored["rule"] not in ADJUSTMENTS and not stored["rule"].startswith(PROFILE_PREFIX)
    ]


def finding_of(stored: Mapping[str, Any]) -> Finding:
    """A stored reason."""
    return Finding(
        rule=stored["rule"],
        points=Decimal(stored["points"]),
        reason=stored["reason"],
        item=stored["item"],
        also_items=tuple(stored["also_items"]),
        lane=Lane(stored["lane"]) if stored["lane"] else None,
        trader_code=TraderStep(stored["step"]) if stored["step"] else None,
        figures=stored["figures"],
    )


def finding_plain(finding: Finding) -> dict[str, Any]:
    """A reason as it is stored."""
    return {
        "rule": finding.rule,
        "points": str(finding.points),
        "reason": finding.reason,
        "item": finding.item,
        "also_items": list(finding.also_items),
        "lane": finding.lane.value if finding.lane else None,
        "step": finding.trader_code.value if finding.trader_code else None,
        "figures": dict(finding.figures),
    }
