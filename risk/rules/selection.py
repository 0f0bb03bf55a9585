"""Who is examined: hard profiles always, then the greatest expected loss within the capacity, some to learn from, and
the control sample; pure, so that every pick can be made again from what is stored with it."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from risk.rules.policy import SelectionPolicy
from risk.types import Finding, Lane, Pick, TraderStep, lane_max

ZERO, ONE = Decimal(0), Decimal(1)
PLACES = Decimal("1E-8")
SAMPLE = "RM-RND-01"
OVER = "RM-SEL-01"
UNCERTAIN = "RM-SEL-02"
RANDOM = "RM-SEL-03"
CHOICES = {
    SAMPLE: "Drawn for the random control sample, whatever its score.",
    OVER: "The capacity of the office goes to greater expected losses: the lane of the score is lowered.",
    UNCERTAIN: "Drawn to learn where the engine is least sure.",
    RANDOM: "Drawn to learn what nobody suspects.",
}
"""The lines of the choice; they add no points."""


@dataclass(frozen=True, slots=True)
class Room:
    """What an office has left to examine today, and how often it draws to learn."""

    threshold_minor: int = 0
    """Expected loss from which a red score is examined: the capacity went to such in the days before."""
    loss: bool = True
    """Whether there is capacity left for red scores."""
    explore: bool = True
    """Whether there is capacity left for exploration."""
    random_rate: Decimal = ZERO
    uncertain_rate: Decimal = ZERO
    counted: Pick = Pick.NONE
    """What this very declaration was picked for before; it is not counted twice."""

    def plain(self) -> dict[str, Any]:
        """As it is stored with a result."""
        return {
            "threshold": self.threshold_minor,
            "loss": self.loss,
            "explore": self.explore,
            "random": str(self.random_rate),
            "uncertain": str(self.uncertain_rate),
            "counted": self.counted.value,
        }

    @staticmethod
    def of(plain: Mapping[str, Any]) -> "Room":
        """As it was stored."""
        rates = Decimal(plain["random"]), Decimal(plain["uncertain"])
        return Room(plain["threshold"], plain["loss"], plain["explore"], *rates, Pick(plain["counted"]))


@dataclass(frozen=True, slots=True)
class DrawInputs:
    """Everything that a choice rests on beside score and rule set."""

    declaration_id: UUID
    on: date
    """The day of scoring; profiles that ended before it do not hit."""
    secret: bytes | None = None
    """Seed of the month; none: nothing is drawn."""
    period: str = ""
    sample_rate: Decimal = ZERO
    room: Room = Room()
    minor_digits: int = 2

    def plain(self) -> dict[str, Any]:
        """As it is stored with a result; the secret is not."""
        return {"rate": str(self.sample_rate), "on": self.on.isoformat(), **self.room.plain()}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The lane after the choice."""

    lane: Lane
    pick: Pick
    control: bool
    propensity: Decimal
    lines: tuple[Finding, ...] = ()


def choose(
    score: Decimal,
    band_lane: Lane,
    hard_lane: Lane | None,
    loss_minor: int,
    red: int,
    policy: SelectionPolicy,
    draw: DrawInputs,
) -> Chosen:
    """The lane of a score and hard profiles within the capacity, or drawn to learn.

    Source: docs/rules/risk.md, RM-SEL-01 to RM-SEL-03, RM-RND-01; docs/adr/0015.

    Args:
        hard_lane: what hard profiles demand; they hold whatever the capacity.
        red: the score at which the red band begins.
    """
    lines: list[Finding] = []
    pick, soft = Pick.NONE, band_lane
    if hard_lane is Lane.RED:
        pick = Pick.HARD
    elif band_lane is Lane.RED:
        if draw.room.counted is Pick.LOSS or (draw.room.loss and loss_minor >= draw.room.threshold_minor):
            pick = Pick.LOSS
        else:
            soft = policy.over
            lines.append(_over(soft, draw))
    lane = lane_max(soft, hard_lane) if hard_lane is not None else soft
    propensity = _propensity(lane, score, red, policy, draw)
    control = drawn(draw.secret, draw.declaration_id) < draw.sample_rate
    if lane is not Lane.RED:
        learn = Pick.CONTROL if control else _learn(score, red, policy, draw)
        if learn is not Pick.NONE:
            pick, lane = learn, Lane.RED
            lines.append(_LINES[learn](draw))
    if pick is Pick.NONE and hard_lane is not None and lane is hard_lane:
        pick = Pick.HARD
    return Chosen(lane, pick, control, propensity, tuple(lines))


def drawn(secret: bytes | None, declaration_id: UUID, purpose: str = "") -> Decimal:
    """A number from 0 to under 1 that nobody can tell without the secret and anybody can check with it; without: 1.

    Each purpose draws for itself; the control sample is the one without a name.
    """
    if secret is None:
        return ONE
    digest = hmac.new(secret, purpose.encode() + declaration_id.bytes, hashlib.sha256).digest()
    return Decimal(int.from_bytes(digest[:8])) / Decimal(2**64)


def uncertain(score: Decimal, red: int, policy: SelectionPolicy) -> bool:
    """Whether a score lies so near to the red band that the engine may be wrong, on either side."""
    return score >= red - policy.width


def _learn(score: Decimal, red: int, policy: SelectionPolicy, draw: DrawInputs) -> Pick:
    room = draw.room
    if room.counted in (Pick.UNCERTAIN, Pick.RANDOM):
        return room.counted
    if not room.explore:
        return Pick.NONE
    if uncertain(score, red, policy) and _hits(draw, "uncertain", room.uncertain_rate):
        return Pick.UNCERTAIN
    return Pick.RANDOM if _hits(draw, "random", room.random_rate) else Pick.NONE


def _hits(draw: DrawInputs, purpose: str, rate: Decimal) -> bool:
    return rate > 0 and drawn(draw.secret, draw.declaration_id, purpose) < rate


def _propensity(lane: Lane, score: Decimal, red: int, policy: SelectionPolicy, draw: DrawInputs) -> Decimal:
    """The chance of being controlled before release: certain for who waits for an officer, else that of the draws."""
    if lane.needs_officer:
        return ONE
    missed = ONE - draw.sample_rate
    if draw.room.explore:
        missed *= ONE - draw.room.random_rate
        if uncertain(score, red, policy):
            missed *= ONE - draw.room.uncertain_rate
    return (ONE - missed).quantize(PLACES)


def _over(lane: Lane, draw: DrawInputs) -> Finding:
    figures = {"from": Lane.RED.value, "to": lane.value}
    return Finding(OVER, ZERO, "the capacity of the office goes to greater expected losses", figures=figures)


def _sampled(draw: DrawInputs) -> Finding:
    text = f"drawn for the control sample of {draw.period}"
    return Finding(SAMPLE, ZERO, text, None, (), Lane.RED, TraderStep.GOODS, {"period": draw.period})


def _uncertain(draw: DrawInputs) -> Finding:
    return Finding(UNCERTAIN, ZERO, "drawn where the engine is least sure", None, (), Lane.RED, TraderStep.GOODS)


def _random(draw: DrawInputs) -> Finding:
    return Finding(RANDOM, ZERO, "drawn to learn what nobody suspects", None, (), Lane.RED, TraderStep.GOODS)


_LINES = {Pick.CONTROL: _sampled, Pick.UNCERTAIN: _uncertain, Pick.RANDOM: _random}


@dataclass(frozen=True, slots=True)
class DaysBefore:
    """What an office scored in the days before, from which its day is planned."""

    days: int
    declarations: int
    uncertain: int
    """Of them, those that were not red but near."""
    losses_minor: Sequence[int]
    """Expected losses of those whose score was red."""


def room_planned(before: DaysBefore, capacity: int | None, policy: SelectionPolicy) -> Room:
    """How an office draws on a day: the threshold that fills its capacity, and the rates that fill the exploration.

    Without a limit every red score is examined and nothing is drawn to learn but by the shares of what comes. An
    office without a past examines what comes until its capacity is used.
    """
    if capacity is None:
        return Room()
    kept, days = capacity * policy.explore, max(before.days, 1)
    per_day, near = Decimal(before.declarations) / days, Decimal(before.uncertain) / days
    slots = min(kept, per_day * policy.explore_most)
    for_near = slots * policy.uncertain if near else ZERO
    return Room(
        threshold_minor=_threshold(before.losses_minor, days, capacity - kept),
        random_rate=_rate(slots - for_near, per_day),
        uncertain_rate=_rate(for_near, near),
    )


def _threshold(losses: Sequence[int], days: int, slots: Decimal) -> int:
    """The smallest expected loss that so many slots a day would have reached; 0 where they reached everything."""
    reached = int(slots * days)
    ordered = sorted(losses, reverse=True)
    if reached >= len(ordered):
        return 0
    return ordered[reached - 1] if reached > 0 else ordered[0] + 1


def _rate(slots: Decimal, per_day: Decimal) -> Decimal:
    return min(slots / per_day, ONE).quantize(PLACES) if per_day > 0 else ZERO
