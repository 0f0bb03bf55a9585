"""What a change makes of a rule set: pure, so that a trial, a proposal and what goes live are the same.

Values of each kind:

- `profile_add`: `code`, `version`, `content`, `content_sha256` (see `profiles.profile_change`); a live version of the
  same code is replaced, and its days count from the day on which it goes live.
- `profile_end`: `code`.
- `model`: `hash` (empty: no model any more), `scale` (see `policy.Scale`; absent: the one in force).
- `shadow`: `hashes`, all of them.
- `bands`: `blue`, `yellow`, `red`.
- `selection`: see `policy.SelectionPolicy.plain`.
- `tables`: `version`; `screening_threshold` may stand beside it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from risk.rules.policy import Scale, policy_of, scale_of
from risk.rules.profiles import profile_of
from risk.rules.rule_set import Document
from risk.types import RuleChange, RuleChangeKind
from singlewindow.kernel.errors import RuleViolated, Violation

NEEDS_TRIAL = frozenset(
    {RuleChangeKind.PROFILE_ADD, RuleChangeKind.MODEL, RuleChangeKind.BANDS, RuleChangeKind.SELECTION}
)
"""Changes that need a finished simulation of exactly themselves (RM-ACT-01)."""
SHA256 = re.compile(r"[0-9a-f]{64}")
DAYS_MOST = 180


def change_apply(document: Document, change: RuleChange, *, on: date) -> dict[str, Any]:
    """The rule set as it is with a change; the given one stays as it is.

    Source: docs/rules/risk.md, RM-ACT-06.

    Args:
        on: the day on which it takes effect: a profile counts its days from it.

    Raises:
        RuleViolated: RM-ACT-06, the values do not fit the kind of change or what is in force.
    """
    try:
        return {**document, **_APPLY[change.kind](document, change.values, on)}
    except (KeyError, ValueError, TypeError, ArithmeticError) as error:
        sentence = f"This change of the rule set cannot be made: {error}."
        raise RuleViolated(sentence, violations=[Violation("RM-ACT-06", f"/{change.kind}", sentence)]) from error


def _profile_add(document: Document, values: Mapping[str, Any], on: date) -> dict[str, Any]:
    code, version = str(values["code"]), int(values["version"])
    profile = profile_of(values["content"], code=code, version=version)
    if profile.sha256 != values["content_sha256"]:
        raise ValueError("the digest is not that of the content")
    days = profile.content.valid_days
    if not 1 <= days <= DAYS_MOST:
        raise ValueError(f"a profile ends within {DAYS_MOST} days")
    entry = {
        "code": code,
        "version": version,
        "content": profile.content.plain(),
        "content_sha256": profile.sha256,
        "valid_to": (on + timedelta(days=days)).isoformat(),
        "hard": profile.hard,
        "lane": profile.lane.value if profile.lane else "",
        "points": str(profile.points),
    }
    others = [one for one in document["profiles"] if one["code"] != code]
    return {"profiles": sorted([*others, entry], key=lambda one: str(one["code"]))}


def _profile_end(document: Document, values: Mapping[str, Any], on: date) -> dict[str, Any]:
    left = [one for one in document["profiles"] if one["code"] != values["code"]]
    if len(left) == len(document["profiles"]):
        raise ValueError(f"no profile {values['code']} is live")
    return {"profiles": left}


def _model(document: Document, values: Mapping[str, Any], on: date) -> dict[str, Any]:
    if not values["hash"]:
        return {"model": None}
    before = document["model"]
    scale = scale_of(values["scale"]) if "scale" in values else scale_of(before["scale"]) if before else Scale()
    return {"model": {"hash": _sha256(values["hash"]), "scale": scale.plain()}}


def _shadow(document: Document, values: Mapping[str, Any], on: date) -> dict[str, Any]:
    hashes = sorted({_sha256(one) for one in values["hashes"]})
    if len(hashes) > 5:
        raise ValueError("at most five models are watched at once")
    return {"shadow": hashes}


def _bands(document: Document, values: Mapping[str, Any], on: date) -> dict[str, Any]:
    blue, yellow, red = (int(values[name]) for name in ("blue", "yellow", "red"))
    if not 0 < blue <= yellow <= red <= 100:
        raise ValueError("the bands rise from over 0 to 100")
    return {"bands": {"blue": blue, "yellow": yellow, "red": red}}


def _selection(document: Document, values: Mapping[str, Any], on: date) -> dict[str, Any]:
    return {"selection": policy_of(values).plain()}


def _tables(document: Document, values: Mapping[str, Any], on: date) -> dict[str, Any]:
    made: dict[str, Any] = {"tables": _sha256(values["version"])}
    if "screening_threshold" in values:
        threshold = int(values["screening_threshold"])
        if not 50 <= threshold <= 100:
            raise ValueError("the threshold of screening lies from 50 to 100")
        made["screening"] = {"threshold": threshold}
    return made


def _sha256(value: object) -> str:
    if not isinstance(value, str) or not SHA256.fullmatch(value):
        raise ValueError(f"{value!r} is no SHA-256")
    return value


_APPLY: dict[RuleChangeKind, Callable[[Document, Mapping[str, Any], date], dict[str, Any]]] = {
    RuleChangeKind.PROFILE_ADD: _profile_add,
    RuleChangeKind.PROFILE_END: _profile_end,
    RuleChangeKind.MODEL: _model,
    RuleChangeKind.SHADOW: _shadow,
    RuleChangeKind.BANDS: _bands,
    RuleChangeKind.SELECTION: _selection,
    RuleChangeKind.TABLES: _tables,
}
