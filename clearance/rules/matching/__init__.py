"""What is declared against manifests and against what devices saw: differences, each by a rule. Pure."""

from clearance.rules.matching.captured import captured_differences
from clearance.rules.matching.manifest import manifest_differences
from clearance.rules.matching.parts import Difference, MatchFacts, declared_of, mass_tolerance
from clearance.rules.matching.sentences import SENTENCES

__all__ = [
    "SENTENCES",
    "Difference",
    "MatchFacts",
    "declared_of",
    "differences_of",
    "mass_tolerance",
]


def differences_of(facts: MatchFacts) -> tuple[Difference, ...]:
    """Every difference beyond its tolerance, once each, in the order of the rules.

    Source: docs/rules/matching.md, MT-001 to MT-107; domain.md F32.
    """
    found = (*manifest_differences(facts), *captured_differences(facts))
    return tuple({one.key: one for one in found}.values())
