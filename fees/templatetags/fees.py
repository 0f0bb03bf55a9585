"""`{% load fees %}`: the notice of assessment, for pages of every app."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from fees import formulas, tariff_words
from fees.demand_words import GIVEN_BACK, demand_text
from fees.rules.tariff import ERGA_OMNES
from fees.selectors.schedule import Changed
from fees.types import ConditionText, MeasureText, NoteText
from fees.wording import (
    CANDIDATES,
    COLUMNS,
    EVENTS,
    KINDS,
    MOVEMENTS,
    NOTES,
    OPERATORS,
    RELIEFS,
    STANDINGS,
    TAX_TYPES,
    word,
)
from singlewindow.quotas.types import QuotaStanding, StandingState
from singlewindow.reference.selectors import country_name
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
def movement_words(text: str) -> str:
    """What a movement of an account is, in the reader's language where its words are known."""
    begins = next((one for one in MOVEMENTS if text.startswith(one)), "")
    if not begins or begins == GIVEN_BACK:
        return demand_text(text)
    what = text.removeprefix(begins).replace(" of ", " · ")
    # A number keeps its own direction inside a sentence that runs from right to left.
    return str(MOVEMENTS[begins]) % {"what": f"\u2066{what}\u2069" if get_language_bidi() else what}


@register.filter
def demand_words(text: str) -> str:
    """What a demand is for, in the reader's language where its kind is known."""
    return demand_text(text)


@register.filter
def tax_word(code: str) -> str:
    """What a tax type is called; a charge keeps its code: `{{ line.tax_type|tax_word }}`."""
    return word(TAX_TYPES, code)


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


@register.simple_tag
def measure_name(measure: MeasureText) -> str:
    """What a measure is called."""
    return tariff_words.measure_name(measure.kind, measure.tax_type)


@register.simple_tag
def measure_rate(measure: MeasureText) -> str:
    """The rate of a measure as a sentence."""
    return tariff_words.rate_words(measure.rate, measure.kind.value)


@register.filter
def condition_words(condition: ConditionText) -> str:
    """A condition as a sentence."""
    return tariff_words.condition_words(condition)


@register.filter
def code_shown(code: str) -> str:
    """A code in groups as people write it."""
    return tariff_words.code_shown(code)


@register.simple_tag
def quota_link(order_number: str, on: date) -> str:
    """The page of a quota, where this installation has one."""
    try:
        return reverse("quotas:quota", args=[order_number]) + f"?on={on}"
    except NoReverseMatch:
        return ""


@register.simple_tag
def quota_state(quotas: Mapping[str, QuotaStanding], order_number: str) -> dict[str, str] | None:
    """How a quota stands: a word and its tone; nothing where there is none on the day."""
    standing = quotas.get(order_number)
    if standing is None or standing.state is StandingState.NONE:
        return None
    tone = {StandingState.OPEN: "ok", StandingState.CRITICAL: "warn"}.get(standing.state, "bad")
    return {"label": word(STANDINGS, standing.state.value), "tone": tone}


@register.simple_tag
def area_name(areas: Mapping[str, str], area: NoteText) -> str:
    """The origin of a measure in words: every country, a group by its title, or one country."""
    if area.code == ERGA_OMNES:
        return _("Every country")
    if len(area.code) == 2:
        return country_name(area.code, get_language() or "en")
    return area.text or areas.get(area.code, area.code)
