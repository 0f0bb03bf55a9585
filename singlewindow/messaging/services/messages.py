"""A message of any format is checked, or taken."""

from singlewindow.accounts.types import Actor
from singlewindow.api.idempotency import Answer
from singlewindow.db.work import Work
from singlewindow.kernel.errors import DomainError, FormatRefused
from singlewindow.messaging.edifact import edifact_check
from singlewindow.messaging.families import family_of, recognise
from singlewindow.messaging.kinds import EDIFACT, MessageKind, looks_like_xml
from singlewindow.messaging.types import MessageOutcome, Received, Verdict, verdict_of_refusal
from singlewindow.reference.types import CodeLists


def message_check(body: bytes, lists: CodeLists) -> Verdict:
    """The verdict on the bytes of a message, whatever they are; nothing is stored and nothing is raised."""
    kind = MessageKind("xml" if looks_like_xml(body) else "json", "")
    try:
        received = recognise(body)
        kind = received.kind
        if kind.format == EDIFACT:
            return edifact_check(body, lists)
        return family_of(kind).check(received, lists)
    except FormatRefused as refusal:
        return verdict_of_refusal(refusal, kind)
    except DomainError as refusal:
        return Verdict(kind.format, kind.kind, MessageOutcome.REJECTED, refusal.violations)


def message_take(work: Work, received: Received, actor: Actor) -> Answer:
    """Do what a recognised message asks for.

    Raises:
        MessageUnsupported: it is known for what it is, and not taken here.
        DomainError: whatever its family refuses.
    """
    return family_of(received.kind).take(work, received, actor)
