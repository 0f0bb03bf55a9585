"""A message as it came in, the verdict on it, and the two doors that each family of messages has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from lxml.etree import _Element

from singlewindow.accounts.types import Actor
from singlewindow.api.idempotency import Answer
from singlewindow.db.work import Work
from singlewindow.kernel.edifact import EdifactMessage
from singlewindow.kernel.errors import FormatRefused, Violation
from singlewindow.messaging.kinds import MessageKind
from singlewindow.reference.types import CodeLists


@dataclass(frozen=True, slots=True)
class Received:
    """The bytes of a stranger, and what they are by their content."""

    body: bytes
    kind: MessageKind
    root: _Element | None = None
    """The root element, safely parsed, where the message is XML."""


class MessageOutcome(StrEnum):
    """What would become of a message."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one message, nothing stored."""

    format: str
    kind: str
    outcome: MessageOutcome
    errors: tuple[Violation, ...] = ()
    """Codes begin with `format.` where the message breaks its format, and are ids of rules elsewhere."""
    warnings: tuple[Violation, ...] = ()
    canonical_sha256: str | None = None

    def as_values(self, file: str) -> dict[str, Any]:
        """The verdict as the values of one JSON line."""
        return {
            "file": file,
            "format": self.format,
            "kind": self.kind,
            "outcome": self.outcome.value,
            "errors": [violation_values(error) for error in self.errors],
            "warnings": [violation_values(warning) for warning in self.warnings],
            "canonical_sha256": self.canonical_sha256,
        }


def verdict_of_refusal(refusal: FormatRefused, kind: MessageKind) -> Verdict:
    """Bytes that are no such message at all are unsupported; a message with faults is rejected."""
    kind = getattr(refusal, "kind", kind)
    unknown = refusal.code in {"format.not_a_declaration", "format.unsupported"}
    outcome = MessageOutcome.UNSUPPORTED if unknown else MessageOutcome.REJECTED
    return Verdict(kind.format, kind.kind, outcome, refusal.violations)


class MessageFamily(Protocol):
    """One format (or kind of it): named in `settings.MESSAGE_FAMILIES`, so that messaging never learns who it is."""

    def check(self, received: Received, lists: CodeLists) -> Verdict:
        """The verdict without storing anything; raises FormatRefused for what cannot be read."""
        ...

    def take(self, work: Work, received: Received, actor: Actor) -> Answer:
        """Do what the message asks for, in the transaction of the work; raises a DomainError otherwise."""
        ...


@dataclass(frozen=True, slots=True)
class EdifactAnswer:
    """What became of one EDIFACT message that was taken."""

    subject_type: str
    """declaration, manifest and so on."""
    subject_id: str
    number: str = ""
    """The number that the sender may quote (an MRN)."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """More of the receipt, as plain JSON values."""
    warnings: tuple[Violation, ...] = ()


class EdifactFamily(Protocol):
    """One type of UN/EDIFACT message (CUSDEC): named in `settings.EDIFACT_MESSAGES`.

    Neither door is asked for a message whose service segments or characters are wrong. Findings bear as `source` the
    place in the message, `str(message.place(segment, element, component))`: CONTRL is made from it.
    """

    def check(self, message: EdifactMessage, lists: CodeLists) -> Verdict:
        """The verdict without storing anything; may raise FormatRefused for what cannot be read."""
        ...

    def take(self, work: Work, message: EdifactMessage, actor: Actor) -> EdifactAnswer:
        """Do what the message asks for, in a savepoint of its own; raises a DomainError otherwise.

        Checks the permission of its act itself.
        """
        ...


@dataclass(frozen=True, slots=True)
class InterchangeOutcome:
    """How an interchange is answered."""

    status: int
    contrl: bytes
    report: Mapping[str, Any]
    """The same in words, with every finding."""
    replayed: bool = False
    """Whether it had been taken before."""


def violation_values(violation: Violation) -> dict[str, str]:
    """A finding as plain values, without what it does not say."""
    values = {"code": violation.rule, "pointer": violation.pointer, "message": violation.message}
    for name in ("remedy", "value", "source"):
        if text := getattr(violation, name):
            values[name] = text
    return values
