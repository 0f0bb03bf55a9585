"""UN/EDIFACT as a family of messages: the interchange is looked at here, each message by the family of its type."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from singlewindow.kernel.edifact import EdifactMessage, Interchange, interchange_read
from singlewindow.kernel.errors import DomainError, FormatRefused, Violation
from singlewindow.messaging.kinds import MessageKind, MessageUnsupported
from singlewindow.messaging.types import EdifactFamily, MessageOutcome, Verdict
from singlewindow.reference.types import CodeLists

NAMES = {
    "APERAK": "an application error and acknowledgement",
    "BAPLIE": "a bayplan",
    "COARRI": "a container discharge and loading report",
    "CONTRL": "a syntax and service report",
    "CUSCAR": "a customs cargo report",
    "CUSDEC": "a customs declaration",
    "CUSEXP": "a customs express consignment declaration",
    "CUSPED": "a periodic customs declaration",
    "CUSREP": "a customs conveyance report",
    "CUSRES": "a customs response",
    "DESADV": "a despatch advice",
    "GENRAL": "a general purpose message",
    "INVOIC": "an invoice",
    "ORDERS": "a purchase order",
    "PAXLST": "a passenger list",
}

_OF_TEXT = frozenset(
    {"format.edifact.charset", "format.edifact.character", "format.edifact.line_break", "format.edifact.tag"}
)
"""Faults that only matter to a reader of the message: one that is not taken is declined for what it is."""


def edifact_family(message: EdifactMessage) -> EdifactFamily:
    """Who takes a message.

    Raises:
        MessageUnsupported: its type is known for what it is, and not taken here.
    """
    path = settings.EDIFACT_MESSAGES.get(message.type)
    if path is None:
        raise MessageUnsupported(_kind(message))
    return _family(path)


@cache
def _family(path: str) -> EdifactFamily:
    family: EdifactFamily = import_string(path)
    return family


def edifact_check(body: bytes, lists: CodeLists) -> Verdict:
    """The verdict on an interchange: on its one message, or on all of them together.

    Raises:
        FormatRefused: it cannot be read, or its service segments are wrong.
    """
    interchange = interchange_read(body)
    verdicts = [_message_check(message, lists) for message in interchange.messages]
    around = _around(interchange, all(one.outcome is MessageOutcome.UNSUPPORTED for one in verdicts))
    if around:
        kind = verdicts[0].kind if verdicts else "UN/EDIFACT"
        inside = tuple(error for one in verdicts if one.outcome is MessageOutcome.REJECTED for error in one.errors)
        return Verdict("edifact", kind, MessageOutcome.REJECTED, around + inside)
    return verdicts[0] if len(verdicts) == 1 else _together(verdicts)


def _around(interchange: Interchange, unsupported: bool) -> tuple[Violation, ...]:
    return tuple(found for found in interchange.faults if not (unsupported and found.rule in _OF_TEXT))


def _message_check(message: EdifactMessage, lists: CodeLists) -> Verdict:
    broken = [found for found in message.faults if found.rule not in _OF_TEXT]
    if broken:
        return Verdict("edifact", message.kind, MessageOutcome.REJECTED, message.faults)
    try:
        family = edifact_family(message)
        if message.faults:
            return Verdict("edifact", message.kind, MessageOutcome.REJECTED, message.faults)
        return family.check(message, lists)
    except MessageUnsupported as refusal:
        return Verdict("edifact", message.kind, MessageOutcome.UNSUPPORTED, refusal.violations)
    except FormatRefused as refusal:
        return Verdict("edifact", message.kind, MessageOutcome.REJECTED, refusal.violations)
    except DomainError as refusal:
        return Verdict("edifact", message.kind, MessageOutcome.REJECTED, refusal.violations)


def _together(verdicts: list[Verdict]) -> Verdict:
    """One verdict for several messages: the worst of them, with the findings of all."""
    outcomes = {one.outcome for one in verdicts}
    order = (MessageOutcome.REJECTED, MessageOutcome.UNSUPPORTED, MessageOutcome.ACCEPTED)
    return Verdict(
        "edifact",
        "+".join(dict.fromkeys(one.kind for one in verdicts)),
        next(outcome for outcome in order if outcome in outcomes),
        tuple(error for one in verdicts for error in one.errors),
        tuple(warning for one in verdicts for warning in one.warnings),
    )


def _kind(message: EdifactMessage) -> MessageKind:
    name = NAMES.get(message.type, "a message")
    return MessageKind("edifact", message.kind, f"{name} in UN/EDIFACT ({message.kind})")
