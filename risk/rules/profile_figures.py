"""The figures of a replay that matter for one profile, side by side with what is live."""

from collections.abc import Mapping
from typing import Any

SIDE_FIGURES = ("held", "held_share", "found", "hit_rate", "false_alarms", "officer_minutes")
OWN_FIGURES = ("hits", "known", "found", "precision")


def key_figures(result: Mapping[str, Any], code: str) -> dict[str, Any]:
    """Of a replay's result: declarations, what the profile hit, and both sides in short; absent figures are left out.

    Shares stay decimal text; a rate is told by its value.
    """
    own: Mapping[str, Any] = next(
        (row for row in _side(result.get("profiles"), "candidate", []) if row.get("code") == code), {}
    )
    figures: dict[str, Any] = {
        "declarations": result.get("declarations"),
        "profile": _picked(own, OWN_FIGURES),
        "live": _picked(_side(result, "live", {}), SIDE_FIGURES),
        "candidate": _picked(_side(result, "candidate", {}), SIDE_FIGURES),
    }
    return {name: value for name, value in figures.items() if value not in (None, {})}


def _picked(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    picked = {name: _value(values.get(name)) for name in names}
    return {name: value for name, value in picked.items() if value is not None}


def _value(value: Any) -> Any:
    return value.get("value") if isinstance(value, Mapping) else value


def _side(values: Any, name: str, empty: Any) -> Any:
    return values.get(name, empty) if isinstance(values, Mapping) else empty
