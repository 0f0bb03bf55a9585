"""The rule set in force: every rule with its parameters and points, the bands, and one hash over all of it."""

from dataclasses import dataclass
from functools import cached_property

from risk.rules import goods, origin, parties, transport, value  # noqa: F401 - importing them declares their rules
from risk.rules.registry import RULES, RiskRule
from risk.types import Bands
from singlewindow.kernel.canonical import JsonValue, canonical_bytes, sha256_hex

RULE_SET_VERSION = "2026.1"
BANDS = Bands(blue=30, yellow=50, red=70)


@dataclass(frozen=True)
class RuleSetInForce:
    """The rules, bands and version that every result is computed with."""

    version: str
    bands: Bands
    rules: tuple[RiskRule, ...]

    @cached_property
    def document(self) -> dict[str, JsonValue]:
        """The rule set as plain values: what its hash stands for."""
        return {
            "version": self.version,
            "bands": {"blue": self.bands.blue, "yellow": self.bands.yellow, "red": self.bands.red},
            "rules": [_plain(rule) for rule in sorted(self.rules, key=lambda rule: rule.id)],
        }

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical document: a changed threshold, sentence or point changes it."""
        return sha256_hex(canonical_bytes(self.document))


def _plain(rule: RiskRule) -> dict[str, JsonValue]:
    return {
        "id": rule.id,
        "version": rule.version,
        "sentence": rule.sentence,
        "points": rule.points,
        "lane": rule.lane,
        "step": rule.step,
        "basis": rule.basis,
        "owner": rule.owner,
        "in_force_from": rule.in_force_from.isoformat(),
        "parameters": dict(rule.parameters),
    }


RULE_SET = RuleSetInForce(RULE_SET_VERSION, BANDS, tuple(RULES.values()))
