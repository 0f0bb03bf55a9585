"""The fraudster: his kind, his appetite and his memory. What each kind does to a consignment stands in `schemes.py`."""

from dataclasses import dataclass, field
from random import Random

from singlewindow.demo.country.truth import FraudKind

STARTING_KINDS = tuple(kind for kind in FraudKind if kind is not FraudKind.SUBSTITUTION)
"""Kinds that are there from the first day."""
KEEPS_ITS_KIND = frozenset({FraudKind.SUBSTITUTION})
"""Whose ring changes its ways but not its trade."""


@dataclass(slots=True)
class Fraudster:
    """What drives one who commits fraud, and what he remembers."""

    owner: str
    kind: FraudKind
    appetite: float
    """Share of his declarations that are false."""
    degree: float
    """How bold he is, from 0 to 1."""
    caught: int = 0
    successes: int = 0
    hidden_until: int = -1
    """Day before which he files honestly only."""
    adapted: int = 0
    left_kinds: list[FraudKind] = field(default_factory=list)
    wants: frozenset[str] = frozenset()
    """What he changes when he comes back: kind, partner, route, broker, company."""

    def tempted(self, day: int, chance: Random) -> bool:
        """Whether he makes this declaration false."""
        drawn = chance.random()
        return day >= self.hidden_until and drawn < self.appetite

    def unseen(self) -> None:
        """He got through: he grows a little bolder."""
        self.successes += 1
        self.appetite = min(0.8, self.appetite * 1.01)
        self.degree = min(1.0, self.degree * 1.01)

    def noticed(self, day: int, chance: Random) -> None:
        """He was caught: he lies low, remembers, and decides what to change."""
        self.caught += 1
        self.adapted += 1
        self.hidden_until = day + chance.randint(4, 20)
        self.degree = max(0.1, self.degree * chance.uniform(0.7, 0.95))
        self.appetite = max(0.1, self.appetite * chance.uniform(0.7, 1.0))
        wants = {what for what, share in CHANGES.items() if chance.random() < share}
        if self.caught >= 2 and chance.random() < PHOENIX_AFTER_TWO:
            wants.add("company")
        self.wants = frozenset(wants or {"partner"})


CHANGES = {"kind": 0.3, "partner": 0.4, "route": 0.3, "broker": 0.25}
"""What a fraudster who was caught changes, each by its own chance; the partner where chance names nothing."""
PHOENIX_AFTER_TWO = 0.35
"""Chance that one caught twice goes on under a new company."""
