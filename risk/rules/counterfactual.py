"""What would have made a declaration green: the fewest reasons without which nobody would have looked at it; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from risk.rules.scoring import ENDS, TRUST, without
from risk.rules.selection import CHOICES, OVER
from risk.types import Bands, Finding, Lane


@dataclass(frozen=True, slots=True)
class Green:
    """A way to the green lane."""

    hard: tuple[Finding, ...]
    """Reasons that hold whatever the score: every one of them would have to be gone."""
    chance: tuple[Finding, ...]
    """Draws: it was picked to learn from, and nothing about it would have changed that."""
    points: tuple[Finding, ...]
    """The fewest other reasons whose points bring the score under the first band, largest first."""


def green_without(reasons: Sequence[Finding], bands: Bands) -> Green | None:
    """The smallest set of reasons without which the lane is GREEN; none where it is green already.

    All hard reasons and draws belong to it, for each of them holds alone. Of the others the largest contributions
    come first: no smaller number of them brings the score down as far.

    Source: docs/rules/risk.md; domain rule N03.
    """
    trusted = any(reason.rule == TRUST for reason in reasons)
    gone = [reason for reason in reasons if reason.lane is not None]
    if not gone and without(reasons, (), bands, trusted=trusted)[1] is Lane.GREEN:
        return None
    # A draw or a hard reason apart, what the capacity has lowered would have been red.
    gone += [reason for reason in reasons if reason.rule == OVER]
    chosen: list[Finding] = []
    for reason in sorted(_lowering(reasons), key=lambda one: (-one.points, one.rule)):
        if without(reasons, [*gone, *chosen], bands, trusted=trusted)[1] is Lane.GREEN:
            break
        chosen.append(reason)
    return Green(
        hard=tuple(reason for reason in gone if reason.rule not in CHOICES),
        chance=tuple(reason for reason in gone if reason.rule in CHOICES and reason.lane is not None),
        points=tuple(chosen),
    )


def _lowering(reasons: Sequence[Finding]) -> list[Finding]:
    return [reason for reason in reasons if reason.points > Decimal(0) and reason.rule not in ENDS]
