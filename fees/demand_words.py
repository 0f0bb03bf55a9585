"""What a demand asks for, in the reader's language: the ledger keeps one language, pages speak the reader's."""

import re
from collections.abc import Mapping

from django.utils.translation import get_language_bidi, gettext_lazy
from django.utils.translation import gettext as _

from fees.wording import Words

ISOLATE, ISOLATE_END = "\u2066", "\u2069"

SENTENCES: Words = {
    r"Statement (?P<month>\S+) of (?P<number>\S+)": gettext_lazy("Statement of %(month)s, deferment %(number)s"),
    r"Interest on statement (?P<month>\S+): (?P<formula>.+)": gettext_lazy(
        "Interest on the statement of %(month)s: %(formula)s"
    ),
    r"Interest on (?P<mrn>\S+): (?P<formula>.+)": gettext_lazy("Interest on %(mrn)s: %(formula)s"),
    r"Interest: (?P<formula>.+)": gettext_lazy("Interest: %(formula)s"),
    r"Final duty of (?P<mrn>\S+)": gettext_lazy("Final duty and taxes of %(mrn)s"),
    r"Penalty of (?P<mrn>\S+): (?P<kept>.+)": gettext_lazy("Penalty for %(mrn)s: %(kept)s"),
    r"Debt of (?P<mrn>\S+), secured on a guarantee": gettext_lazy("Debt of %(mrn)s, secured on a guarantee"),
    r"Amendment of (?P<mrn>\S+), version (?P<version>\d+)": gettext_lazy(
        "Difference after the amendment of %(mrn)s, version %(version)s"
    ),
    r"Share of a tariff quota of (?P<mrn>\S+), version (?P<version>\d+)": gettext_lazy(
        "Difference after the quota of %(mrn)s was drawn"
    ),
    r"(?P<reference>LA\d+) (?P<agency>[A-Z]{3}) (?P<code>\S+)": gettext_lazy(
        "Fee for permit %(code)s, application %(reference)s"
    ),
}
"""What services write of a demand, and its words. Sentences that nobody knows here are shown as they are kept."""

TRANSLATED = frozenset({"kept"})
"""Particulars that are titles of published rules, which the catalogue may know."""

GIVEN_BACK = "Given back: "


def demand_text(text: str) -> str:
    """What a demand is for, in the reader's language where its kind is known."""
    if text.startswith(GIVEN_BACK):
        return _("Given back: %(what)s") % {"what": demand_text(text.removeprefix(GIVEN_BACK))}
    for form, words in SENTENCES.items():
        if found := re.fullmatch(form, text):
            return str(words) % _particulars(found.groupdict())
    return text


def _particulars(found: Mapping[str, str]) -> dict[str, str]:
    """Titles in the reader's language; figures and numbers keep their own direction in a sentence from the right."""
    bidi = get_language_bidi()
    return {
        name: _(value) if name in TRANSLATED else f"{ISOLATE}{value}{ISOLATE_END}" if bidi else value
        for name, value in found.items()
    }
