"""`{% load fees %}`: the notice of assessment, for pages of every app."""

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext as _

from fees import formulas
from fees.selectors.schedule import Changed
from fees.wording import CANDIDATES, COLUMNS, EVENTS, KINDS, NOTES, OPERATORS, RELIEFS, word
from singlewindow.web.formats import number_text

register = template.Library()

WORDS = {
    "kind": KINDS,
    "candidate": CANDIDATES,
    "relief": RELIEFS,
    "note": NOTES,
    "event": EVENTS,
    "column": COLUMNS,
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


@register.filter
def tax_name(line: dict[str, Any]) -> str:
    """What a line of a notice is called."""
    return formulas.tax_name(line)


@register.simple_tag
def line_formula(line: dict[str, Any], currency: str) -> str:
    """How a line was worked out, in words."""
    return formulas.line_formula(line, currency)


@register.simple_tag
def value_formula(value: dict[str, Any], currency: str) -> str:
    """How a customs value came about, in words."""
    return formulas.value_formula(value, currency)


@register.simple_tag
def candidate_words(candidate: dict[str, Any], currency: str) -> str:
    """A candidate rate and why it was taken or not."""
    return formulas.candidate_words(candidate, currency)


@register.simple_tag
def adjustment_words(adjustment: dict[str, Any], currency: str) -> str:
    """An addition or deduction."""
    return formulas.adjustment_words(adjustment, currency)


@register.filter
def control_words(control: dict[str, Any]) -> str:
    """A prohibition or requirement and how it stands."""
    return formulas.control_words(control)


@register.filter
def rate_words(rate: dict[str, Any]) -> str:
    """An exchange rate with its direction and day."""
    return formulas.rate_words(rate)


@register.filter
def quota_words(standing: dict[str, Any]) -> str:
    """How a quota stood."""
    return formulas.quota_words(standing)


@register.filter
def method_words(value: dict[str, Any]) -> str:
    """The method of valuation."""
    return formulas.method_words(value)


@register.filter
def said(change: Changed, side: str) -> str:
    """What a version of a charge says in a column: `{{ change|said:"after" }}`."""
    value = getattr(change, side)
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, Decimal):
        return number_text(value)
    return word(EVENTS, str(value)) if change.name == "event" else str(value)
