"""A proposal as its page shows it: names for labels, words for keys, evidence as rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, ActorKind
from singlewindow.approvals.kinds import EVIDENCE, KINDS
from singlewindow.approvals.selectors import may_decide
from singlewindow.approvals.states import ProposalState
from singlewindow.approvals.types import ProposalView
from singlewindow.web.formats import number_text

ROWS_MOST = 60
"""Figures of the evidence that a page shows."""
LONG = 32
"""A text of so many signs and more without a space is a digest or an id."""


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One figure of the evidence."""

    label: str
    value: str
    is_reference: bool = False


def kind_label(kind: str) -> str | Promise:
    """What a kind of proposal is called."""
    return KINDS.get(kind) or capfirst(kind.replace("_", " ").replace(".", " "))


def evidence_rows(evidence: Mapping[str, Any], above: str = "") -> list[EvidenceRow]:
    """The evidence as rows, what stands inside under the word of what it stands in."""
    return list(_rows(evidence, above))[:ROWS_MOST]


def _rows(evidence: Mapping[str, Any], above: str) -> Iterator[EvidenceRow]:
    for key, value in evidence.items():
        label = str(EVIDENCE.get(key) or capfirst(key.replace("_", " ")))
        label = f"{above}: {label}" if above else label
        if isinstance(value, Mapping):
            yield from _rows(value, label)
        elif value is not None and value != "" and value != []:
            text = _text(value)
            yield EvidenceRow(label, text, is_reference=len(text) >= LONG and " " not in text)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value[:20])
    return number_text(value) if isinstance(value, int | float) else str(value)[:500]


def why_not(actor: Actor, proposal: ProposalView) -> str:
    """Why the reader cannot decide it, in one sentence; empty where he can, or where it is decided."""
    if proposal.state is not ProposalState.OPEN or may_decide(actor, proposal):
        return ""
    if actor.label in proposal.authors:
        return _("You wrote this, or had a part in it. Another person must decide it.")
    if actor.kind is not ActorKind.USER or not actor.may(Permission.DECIDE_PROPOSAL):
        return _("Your role lets you see this, not decide it.")
    return ""
