"""A rate and its conditions in words, in the language of the reader."""

import re
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from fees.rules.expression import Component, Operator, parse
from fees.types import ConditionText, MeasureKind
from fees.wording import KINDS, TAXES, Words, word
from singlewindow.web.formats import number_text

CODE = re.compile(r"[0-9]{2,10}", re.ASCII)

BASES: dict[str, str | Promise] = {
    "excise": gettext_lazy("of value and duty"),
    "vat": gettext_lazy("of value, duty, excise and the charges in its base"),
}
"""What a percentage is taken of; of the customs value where nothing is named."""

ACTIONS: Words = {
    "apply": gettext_lazy("the measure applies"),
    "not_apply": gettext_lazy("the measure does not apply"),
    "allow": gettext_lazy("the goods may pass"),
    "refuse": gettext_lazy("the goods may not pass"),
}

CONTROL_NAMES: Words = {
    "prohibition": gettext_lazy("Prohibition"),
    "requirement": gettext_lazy("Requirement"),
}


def measure_name(kind: MeasureKind, tax_type: str) -> str:
    """What a measure is called: its tax type where that says more than its kind."""
    if kind.value in CONTROL_NAMES:
        return word(CONTROL_NAMES, kind.value)
    return word(TAXES, tax_type) if tax_type in TAXES else word(KINDS, kind.value)


def rate_words(text: str, kind: str = "") -> str:
    """A rate as a sentence: `8 % MIN 22/100 kg` is "8 % of the customs value, but not less than 22 EUR for 100 kg"."""
    return _rate_words(text, kind, get_language() or "")


@lru_cache(maxsize=4000)
def _rate_words(text: str, kind: str, _language: str) -> str:
    if not text:
        return ""
    try:
        components = parse(text).components
    except ValueError:
        return text
    return " ".join(_component(one, kind) for one in components)


def _component(one: Component, kind: str) -> str:
    joined = {
        Operator.FIRST: "%s",
        Operator.PLUS: _("plus %s"),
        Operator.FLOOR: _("but not less than %s"),
        Operator.CAP: _("but not more than %s"),
    }[one.operator]
    return joined % _rate(one, kind)


def _rate(one: Component, kind: str) -> str:
    if one.text == "free":
        return _("free of charge")
    if one.share is not None:
        base = BASES.get(kind) or _("of the customs value")
        percent = number_text(one.share * 100)
        if one.outside != 1:
            return _("%(percent)s %% of a base that holds the tax itself") % {"percent": percent}
        return _("%(percent)s %% %(base)s") % {"percent": percent, "base": base}
    unit = one.unit if one.per == 1 else f"{number_text(one.per)} {one.unit}"
    amount = f"{number_text(one.amount)} {one.currency}".strip()
    return _("%(amount)s for each %(unit)s") % {"amount": amount, "unit": unit}


def condition_words(one: ConditionText) -> str:
    """A condition as a sentence: what is shown or reached, and what follows."""
    if one.document is not None:
        name = f"{one.document.code} {one.document.text}".strip()
        when = _("With document %(name)s") % {"name": name}
    elif one.amount is not None:
        when = _("From %(amount)s %(unit)s on") % {"amount": number_text(one.amount), "unit": one.unit}
    else:
        when = _("Otherwise")
    then = rate_words(one.rate) if one.rate else word(ACTIONS, one.action) or _("the measure applies")
    return f"{when}: {then}"


def code_shown(code: str) -> str:
    """A code in groups as people write it: `0901.21.0010`."""
    if not CODE.fullmatch(code) or len(code) <= 4:
        return code
    return ".".join(part for part in (code[:4], code[4:6], code[6:]) if part)
