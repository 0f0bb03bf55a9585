"""A proposal as its page shows it: names for labels, words for keys, evidence as rows and side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from singlewindow.accounts.types import Actor
from singlewindow.approvals.kinds import EVIDENCE, KINDS, SHARES
from singlewindow.approvals.selectors import may_decide
from singlewindow.approvals.states import ProposalState
from singlewindow.approvals.types import ProposalView
from singlewindow.web.formats import as_decimal, day_text, number_text, percent_text

ROWS_MOST = 60
"""Figures of the evidence that a page shows."""
LISTED_MOST = 10
"""Things of one list, each with its own figures, that a page shows."""
LONG = 32
"""A text of so many signs and more without a space is a digest or an id."""
WIDE = 60
"""A text of so many signs and more takes the whole width."""
NOW, THEN = "live", "candidate"
"""Evidence that stands side by side: how it is, and how it would be."""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One figure of the evidence."""

    label: str
    value: str
    is_reference: bool = False

    @property
    def is_wide(self) -> bool:
        """Whether it takes the whole width."""
        return self.is_reference or len(self.value) >= WIDE


@dataclass(frozen=True, slots=True)
class Comparison:
    """One figure as it is now and as it would be."""

    label: str
    now: str
    then: str


def kind_label(kind: str) -> str | Promise:
    """What a kind of proposal is called."""
    return KINDS.get(kind) or capfirst(kind.replace("_", " ").replace(".", " "))


def evidence_rows(evidence: Mapping[str, Any]) -> list[EvidenceRow]:
    """The evidence as rows, what stands inside under the word of what it stands in; without what is compared."""
    left = {key: value for key, value in evidence.items() if not (_compared(evidence) and key in (NOW, THEN))}
    return list(_rows(left, ""))[:ROWS_MOST]


def evidence_compared(evidence: Mapping[str, Any]) -> list[Comparison]:
    """The figures that are told both as it is now and as it would be; none where nothing is compared."""
    if not _compared(evidence):
        return []
    now, then = evidence[NOW], evidence[THEN]
    keys = [key for key in _ordered({**now, **then}) if not isinstance(now.get(key), Mapping)]
    return [Comparison(_label(key), _text(key, now.get(key)), _text(key, then.get(key))) for key in keys][:ROWS_MOST]


def _compared(evidence: Mapping[str, Any]) -> bool:
    return isinstance(evidence.get(NOW), Mapping) and isinstance(evidence.get(THEN), Mapping)


def _rows(evidence: Mapping[str, Any], above: str) -> Iterator[EvidenceRow]:
    for key in _ordered(evidence):
        value = evidence[key]
        label = f"{above}: {_label(key)}" if above else _label(key)
        if isinstance(value, Mapping):
            yield from _rows(value, label)
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            for one in value[:LISTED_MOST]:
                yield from _rows(one, label)
        elif value is not None and value != "" and value != []:
            text = _text(key, value)
            yield EvidenceRow(label, text, is_reference=len(text) >= LONG and " " not in text)


def _ordered(evidence: Mapping[str, Any]) -> list[str]:
    """Keys in the order in which people read them, for the database keeps none; unknown ones last, by name."""
    places = {key: place for place, key in enumerate(EVIDENCE)}
    return sorted(evidence, key=lambda key: (places.get(key, len(places)), key))


def _label(key: str) -> str:
    return str(EVIDENCE.get(key) or capfirst(key.replace("_", " ")))


def _text(key: str, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_text(key, one) for one in value[:20])
    if key in SHARES and as_decimal(value) is not None:
        return percent_text(value, 1)
    if isinstance(value, int | float):
        return number_text(value)
    return _day(str(value)) or str(value)[:500]


def _day(text: str) -> str:
    try:
        return day_text(date.fromisoformat(text)) if len(text) == 10 else ""
    except ValueError:
        return ""


def why_not(actor: Actor, proposal: ProposalView) -> str:
    """Why the reader cannot decide it, in one sentence; empty where he can, or where it is decided."""
    if proposal.state is not ProposalState.OPEN or may_decide(actor, proposal):
        return ""
    if actor.label in proposal.authors:
        return _("You wrote this, or had a part in it. Another person must decide it.")
    return _("Your role lets you see this, not decide it.")
