"""The rule set: built-in rules, bands, live profiles, model, selection and tables, as one document with one hash."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import orjson

from risk.rules import goods, origin, parties, transport, value  # noqa: F401 - importing them declares their rules
from risk.rules.policy import Scale, SelectionPolicy, policy_of, scale_of
from risk.rules.profile_index import ProfileIndex
from risk.rules.profiles import profile_of
from risk.rules.registry import RULES, RiskRule
from risk.types import Bands
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex

RULE_SET_VERSION = "2026.2"
BANDS = Bands(blue=30, yellow=50, red=70)
SELECTION = SelectionPolicy(capacity={"*": 200})
"""Before anybody decides otherwise: an office examines 200 consignments a day."""
SCREENING_THRESHOLD = 85
"""Score of a match of screening from which an undecided one holds the goods."""

Document = Mapping[str, Any]
"""Plain values without floats. Keys: `version` and `rules` (the code's own), `bands`, `profiles`, `model`, `shadow`,
`selection`, `tables` (version of the fact tables, empty: none), `screening`."""


@dataclass(frozen=True)
class CompiledRuleSet:
    """A rule set ready to be asked; immutable, one object a hash in each process."""

    hash: str
    version: str
    document: Document = field(repr=False)
    bands: Bands
    rules: tuple[RiskRule, ...] = field(repr=False)
    """The rules of the code; in force only where `is_of_this_code`."""
    profiles: ProfileIndex = field(repr=False)
    profiles_until: Mapping[str, date] = field(repr=False)
    """Last day of each profile, by its code."""
    model: str
    """Hash of the model in force; empty: none."""
    scale: Scale
    shadow: tuple[str, ...]
    """Hashes of models that are scored and only watched."""
    selection: SelectionPolicy
    tables: str
    """Version of the fact tables; empty: none."""
    screening_threshold: int

    @cached_property
    def is_of_this_code(self) -> bool:
        """Whether its built-in rules are exactly those of the code that runs."""
        same: bool = self.document["rules"] == _rules_plain()
        return same and self.version == RULE_SET_VERSION


def document_of_release(document: Document | None = None) -> dict[str, Any]:
    """A rule set with the built-in rules of this code: of what is in force all else, or of nothing yet."""
    kept = dict(document) if document is not None else _plain_start()
    return kept | {"version": RULE_SET_VERSION, "rules": _rules_plain()}


def _plain_start() -> dict[str, Any]:
    return {
        "bands": {"blue": BANDS.blue, "yellow": BANDS.yellow, "red": BANDS.red},
        "profiles": [],
        "model": None,
        "shadow": [],
        "selection": SELECTION.plain(),
        "tables": "",
        "screening": {"threshold": SCREENING_THRESHOLD},
    }


def document_hash(document: Document) -> str:
    """SHA-256 of the canonical document: a changed threshold, sentence, profile or point changes it."""
    return sha256_hex(canonical_bytes(document))


def compiled(document: Document) -> CompiledRuleSet:
    """The rule set of a document; the same object again for the same content."""
    return _compiled(canonical_bytes(document))


@lru_cache(maxsize=32)
def _compiled(canonical: bytes) -> CompiledRuleSet:
    document = {**_plain_start(), **orjson.loads(canonical)}  # a document of the first form had the rules only
    profiles = document["profiles"]
    model = document["model"]
    return CompiledRuleSet(
        hash=sha256_hex(canonical),
        version=document["version"],
        document=document,
        bands=Bands(**document["bands"]),
        rules=tuple(RULES.values()),
        profiles=ProfileIndex(profile_of(one["content"], code=one["code"], version=one["version"]) for one in profiles),
        profiles_until={one["code"]: date.fromisoformat(one["valid_to"]) for one in profiles},
        model=model["hash"] if model else "",
        scale=scale_of(model["scale"]) if model else Scale(),
        shadow=tuple(document["shadow"]),
        selection=policy_of(document["selection"]),
        tables=document["tables"],
        screening_threshold=document["screening"]["threshold"],
    )


def _rules_plain() -> list[dict[str, Any]]:
    return [_plain(rule) for rule in sorted(RULES.values(), key=lambda rule: rule.id)]


def _plain(rule: RiskRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "version": rule.version,
        "sentence": rule.sentence,
        "points": rule.points,
        "lane": rule.lane.value if rule.lane else None,
        "step": rule.step.value,
        "basis": rule.basis,
        "owner": rule.owner,
        "in_force_from": rule.in_force_from.isoformat(),
        "parameters": dict(rule.parameters),
    }


RULE_SET = compiled(document_of_release())
"""What a fresh installation begins with."""
