"""The verdict on a message without storing it: what it is, whether it would be taken, and every finding."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from declarations.messages import parse
from declarations.messages.kinds import MessageKind, MessageUnsupported, bytes_kind, looks_like_xml
from declarations.rules import declaration_check
from singlewindow.kernel.errors import FormatRefused, Violation
from singlewindow.reference.types import CodeLists


class MessageOutcome(StrEnum):
    """What would become of a message."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one message."""

    format: str
    kind: str
    outcome: MessageOutcome
    errors: tuple[Violation, ...] = ()
    warnings: tuple[Violation, ...] = ()
    canonical_sha256: str | None = None

    def as_values(self, file: str) -> dict[str, Any]:
        """The verdict as the values of one JSON line."""
        return {
            "file": file,
            "format": self.format,
            "kind": self.kind,
            "outcome": self.outcome.value,
            "errors": [_values(error) for error in self.errors],
            "warnings": [_values(warning) for warning in self.warnings],
            "canonical_sha256": self.canonical_sha256,
        }


def message_check(body: bytes, lists: CodeLists) -> Verdict:
    """The verdict on the bytes of a message, whatever they are; nothing is stored and nothing is raised."""
    other = bytes_kind(body)
    if other is not None:
        return _unsupported(MessageUnsupported(other))
    xml = looks_like_xml(body)
    try:
        parsed = parse(body, "application/xml" if xml else "application/json")
    except MessageUnsupported as refusal:
        return _unsupported(refusal)
    except FormatRefused as refusal:
        return _refused(refusal, MessageKind("xml" if xml else "json", ""))
    found = declaration_check(parsed.message, lists)
    outcome = MessageOutcome.REJECTED if found.violations else MessageOutcome.ACCEPTED
    warnings = (*found.advice, *parsed.warnings)
    return Verdict(parsed.format, parsed.kind, outcome, found.violations, warnings, parsed.message.sha256())


def _unsupported(refusal: MessageUnsupported) -> Verdict:
    return Verdict(refusal.kind.format, refusal.kind.kind, MessageOutcome.UNSUPPORTED, refusal.violations)


def _refused(refusal: FormatRefused, unread: MessageKind) -> Verdict:
    """Bytes that are no declaration at all are unsupported; a declaration with faults is rejected."""
    kind = getattr(refusal, "kind", unread)
    unknown = refusal.code == "format.not_a_declaration"
    outcome = MessageOutcome.UNSUPPORTED if unknown else MessageOutcome.REJECTED
    return Verdict(kind.format, kind.kind, outcome, refusal.violations)


def _values(violation: Violation) -> dict[str, str]:
    values = {"code": violation.rule, "pointer": violation.pointer, "message": violation.message}
    for name in ("remedy", "value", "source"):
        if text := getattr(violation, name):
            values[name] = text
    return values
