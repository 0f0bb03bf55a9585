"""The history of a declaration in plain sentences: what happened, by whom, when, and what comes next.

Events keep codes and hashes; the sentences stand here, one table for parties and the catalogue of verbs for officers.
Parties are told no lane, no score and no officer's name.
"""

from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import orjson
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from declarations.selectors.snapshots import declaration_head_for
from declarations.states import GoodsState, LegalState
from declarations.types import DeclarationHead, Timeline, TimelineStep
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import actor_names
from singlewindow.accounts.types import Actor
from singlewindow.audit.selectors import events_of
from singlewindow.audit.verbs import Verb

SUBJECT = "declaration"


class Told(Protocol):
    """What the timeline reads of an audit event."""

    at: datetime
    verb: str
    actor: str
    canonical: bytes | memoryview


_FILER, _CUSTOMS, _AGENCY, _WINDOW = _("Declarant or representative"), _("Customs"), _("Agency"), _("Single window")

FOR_PARTIES: dict[str, tuple[Any, Any]] = {
    Verb.DECLARATION_DRAFTED.value: (_("A draft was begun."), _FILER),
    Verb.DECLARATION_SUBMITTED.value: (_("The declaration was submitted."), _FILER),
    Verb.DECLARATION_REGISTERED.value: (_("It passed every check and was given its MRN."), _WINDOW),
    Verb.GOODS_PRESENTED.value: (_("The goods were presented to customs."), _FILER),
    Verb.DECLARATION_ACCEPTED.value: (_("It was accepted: the rates of this moment apply."), _WINDOW),
    Verb.ASSESSMENT_MADE.value: (_("Duty, taxes and charges were assessed."), _WINDOW),
    Verb.FISCAL_STATE_CHANGED.value: (_("The state of payment changed."), _WINDOW),
    Verb.CASE_OPENED.value: (_("Customs will look at the declaration before release."), _CUSTOMS),
    Verb.HOLD_OPENED.value: (_("An agency will look at the goods before release."), _AGENCY),
    Verb.HOLD_DECIDED.value: (_("The agency decided."), _AGENCY),
    Verb.QUERY_SENT.value: (_("Customs asked a question."), _CUSTOMS),
    Verb.QUERY_ANSWERED.value: (_("The question was answered."), _FILER),
    Verb.DECLARATION_RELEASED.value: (_("The goods were released."), _CUSTOMS),
    Verb.DECLARATION_CLEARED.value: (_("The debt is final and settled."), _WINDOW),
    Verb.DECLARATION_REFUSED.value: (_("Release was refused."), _CUSTOMS),
    Verb.DECLARATION_EXPIRED.value: (_("It ended, because the goods were not presented in time."), _WINDOW),
    Verb.DECLARATION_INVALIDATED.value: (_("It was invalidated."), _CUSTOMS),
    Verb.CHANGE_REQUESTED.value: (_("A change or the cancellation was asked for."), _FILER),
    Verb.CHANGE_GRANTED.value: (_("The request was granted."), _CUSTOMS),
    Verb.CHANGE_DENIED.value: (_("The request was denied."), _CUSTOMS),
    Verb.CHANGE_WITHDRAWN.value: (_("The request was taken back."), _FILER),
    Verb.CHANGE_DISCLOSED.value: (_("The request came after a check was announced, so it was not granted."), _CUSTOMS),
    Verb.DECLARATION_AMENDED.value: (_("New content is in force: the declaration has a new version."), _CUSTOMS),
}
"""What parties are told of each event and whose act they see in it; events that are not here are not theirs."""

OFFICIAL = {verb.value: verb.sentence for verb in Verb}

REASON_FOR_PARTIES = frozenset(
    {Verb.DECLARATION_REFUSED.value, Verb.DECLARATION_INVALIDATED.value, Verb.CHANGE_DENIED.value}
)
"""Events whose reason is written to the party; every other reason is between officers."""

_RESUMED = _("Back to the check.")

STEPS_FOR_OFFICERS: dict[str, tuple[str, dict[str, Any]]] = {
    Verb.CONTROL_CHANGED.value: (
        "action",
        {
            "select": _("Selected for a check on arrival."),
            "unselect": _("No longer selected."),
            "reopen": _("The check begins again: something new was seen."),
            "require_documents": _("Documents are checked before release."),
            "require_examination": _("Documents and goods are checked before release."),
            "ask": _("Parked until the declarant answers."),
            "resume_documents": _RESUMED,
            "resume_examination": _RESUMED,
            "conclude": _("The check is over."),
            "detain": _("The goods are kept by customs."),
            "end_detention": _("The detention is over."),
        },
    ),
    Verb.ALERT_RAISED.value: (
        "kind",
        {
            "amber": _("Three quarters of the time allowed are over."),
            "red": _("The time allowed is over."),
            "late_list": _("It stands on the late list."),
        },
    ),
}
"""Which part of an event's data tells officers the step, and the sentence of each of its codes."""

NEXT: dict[LegalState, Any] = {
    LegalState.DRAFT: _("Finish the draft and lodge it."),
    LegalState.SUBMITTED: _("The declaration is being checked."),
    LegalState.REJECTED: _("Correct the errors and lodge again under the same LRN."),
    LegalState.REGISTERED: _("The declaration will be accepted in a moment. You need do nothing."),
    LegalState.ACCEPTED: _("The decision on release comes next. You are told if anything is needed from you."),
    LegalState.RELEASED: _("The goods may be removed. The final settlement of duty follows."),
    LegalState.REFUSED: _("The goods may not enter. Customs tells you what may be done with them."),
    LegalState.EXPIRED: _("Lodge a new declaration when the goods arrive."),
    LegalState.INVALIDATED: "",
    LegalState.CLEARED: "",
}


def timeline(declaration_id: UUID, actor: Actor) -> Timeline:
    """The history of a declaration that the actor may see.

    Raises:
        NotFound: there is none for this actor.
    """
    return timeline_of(declaration_head_for(actor, declaration_id), actor)


def timeline_of(head: DeclarationHead, actor: Actor) -> Timeline:
    """The history of a declaration whose head was read for the actor."""
    events = events_of(SUBJECT, str(head.id))
    if actor.may(Permission.VIEW_ANY_DECLARATION):
        names = actor_names(event.actor for event in events)
        steps = tuple(_step_for_officers(event, names) for event in events)
    else:
        steps = tuple(_step_for_parties(event) for event in events if event.verb in FOR_PARTIES)
    return Timeline(steps=steps, next_step=next_step(head))


def next_step(head: DeclarationHead) -> str:
    """What comes next, in one sentence; empty when nothing does."""
    if head.legal_state is LegalState.REGISTERED and head.goods_state is GoodsState.EXPECTED and head.expires_at:
        return gettext("Present the goods by %(day)s; the declaration ends otherwise.") % {
            "day": date_format(head.expires_at, "DATE_FORMAT")
        }
    return str(NEXT[head.legal_state])


def _step_for_officers(event: Told, names: dict[str, str]) -> TimelineStep:
    kind, _separator, part = event.actor.partition(":")
    who = names.get(event.actor) or (f"{_WINDOW} ({part})" if kind == "system" else event.actor)
    sentence = OFFICIAL.get(event.verb, event.verb)
    reason = _reason(event) or _step_told(event)
    return TimelineStep(at=event.at, code=event.verb, sentence=sentence, who=who, reason=reason)


def _step_told(event: Told) -> str:
    """Which step it was, where the event's name alone does not say."""
    key, sentences = STEPS_FOR_OFFICERS.get(event.verb, ("", {}))
    if not key:
        return ""
    return str(sentences.get(str(orjson.loads(bytes(event.canonical))["data"].get(key, "")), ""))


def _step_for_parties(event: Told) -> TimelineStep:
    sentence, who = FOR_PARTIES[event.verb]
    if event.actor.startswith("system:"):
        who = _WINDOW
    reason = _reason(event) if event.verb in REASON_FOR_PARTIES else ""
    return TimelineStep(at=event.at, code=event.verb, sentence=str(sentence), who=str(who), reason=reason)


def _reason(event: Told) -> str:
    return str(orjson.loads(bytes(event.canonical)).get("reason", ""))
