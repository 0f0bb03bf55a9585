"""`{% load fees %}`: the notice of assessment, for pages of every app."""

from typing import Any

from django import template

from fees.wording import CANDIDATES, EVENTS, KINDS, NOTES, OPERATORS, RELIEFS, word

register = template.Library()

WORDS = {
    "kind": KINDS,
    "candidate": CANDIDATES,
    "relief": RELIEFS,
    "note": NOTES,
    "event": EVENTS,
    "operator": OPERATORS,
}


@register.inclusion_tag("fees/partials/assessment.html")
def assessment_notice(notice: dict[str, Any] | None, sha256: str = "", level: int = 3) -> dict[str, Any]:
    """Draw a notice: every line with base, rate, working, and why this rate; `notice` as a selector reads it back."""
    return {"notice": notice, "sha256": sha256, "level": level}


@register.filter
def fee_word(code: str, words: str) -> str:
    """What a code of a notice says: `{{ line.kind|fee_word:"kind" }}`."""
    return word(WORDS[words], code)
