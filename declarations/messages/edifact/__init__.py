"""Declarations in UN/EDIFACT: CUSDEC of the directories D.96B, D.99B and D.24A."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from declarations.messages.edifact.reading import Reading
from declarations.messages.edifact.table import DIRECTORIES
from declarations.messages.edifact.writing import ORIGINAL, cusdec_write, identifier_of
from declarations.messages.findings import MAX_FINDINGS, findings
from declarations.schemas import DeclarationMessage
from declarations.schemas.places import in_message_order
from singlewindow.kernel.edifact import EdifactMessage, Segment
from singlewindow.kernel.errors import FormatRefused, Violation
from singlewindow.messaging.kinds import MessageKind, MessageUnsupported

_FUNCTIONS = {
    "1": "a cancellation of a declaration",
    "4": "a change of a declaration",
    "5": "a replacement of a declaration",
    "13": "a request about a declaration",
    "31": "a copy of a declaration",
}
"""Message functions (1225) that are known and not taken as new declarations."""


class SegmentsRefused(FormatRefused):
    """The interchange is sound, but the segments do not make a declaration."""

    code = "format.structure"
    status = 422
    title = "The message does not have the structure of a declaration"


@dataclass(frozen=True, slots=True)
class CusdecRead:
    """A declaration as it was read, and where in the message each field came from."""

    message: DeclarationMessage
    reading: Reading

    def placed(self, found: Iterable[Violation]) -> tuple[Violation, ...]:
        """The findings, each with the segment that it is about."""
        return tuple(one if one.source else _with_source(one, self.reading) for one in found)


def cusdec_read(
    message: EdifactMessage,
    *,
    functions: frozenset[str] = frozenset({ORIGINAL}),
    content: tuple[Segment, ...] | None = None,
) -> CusdecRead:
    """Read a declaration.

    Args:
        functions: the message functions (1225) that are read; a new declaration unless others are named.
        content: the segments that make the declaration, where the message holds others beside them.

    Raises:
        MessageUnsupported: another directory than those named, or another function than a new declaration.
        SegmentsRefused: format.*, every finding at once, each with its pointer and its segment.
    """
    if message.version != "D" or message.release not in DIRECTORIES:
        known = ", ".join(f"D.{release}" for release in DIRECTORIES)
        raise MessageUnsupported(_kind(message), f"CUSDEC is read of the directories {known}.")
    reading = Reading(message, content)
    values = reading.read()
    found = list(reading.findings)
    _function_required(message, reading, found, functions)
    made = None
    try:
        made = DeclarationMessage.model_validate(values)
    except ValidationError as error:
        found += [_with_source(one, reading) for one in findings(error)]
    if found or made is None:
        found = in_message_order(found)[:MAX_FINDINGS]
        raise SegmentsRefused(found[0].message, code=found[0].rule, violations=found)
    return CusdecRead(made, reading)


def _function_required(
    message: EdifactMessage, reading: Reading, found: list[Violation], functions: frozenset[str]
) -> None:
    """Only new declarations are taken as such.

    Raises:
        MessageUnsupported: it changes or withdraws an earlier one.
    """
    begun = reading.function
    function = begun.get(3) if begun is not None else ""
    if function in functions:
        return
    if function in _FUNCTIONS:
        words = f"{_FUNCTIONS[function]} in UN/EDIFACT ({message.kind}, function {function})"
        raise MessageUnsupported(
            MessageKind("edifact", message.kind, words),
            "Functions 9 (new), 4, 5 (amend) and 1 (withdraw) are taken.",
        )
    rule = "format.value" if function else "format.missing"
    place = message.place(begun, 3) if begun is not None else message.place(message.segments[0])
    text = "BGM must say that the declaration is new." if function else "BGM must say the function of the message."
    found.append(Violation(rule, "", text, "Use 9 for a new declaration.", function[:10], str(place)))


def _with_source(one: Violation, reading: Reading) -> Violation:
    return Violation(one.rule, one.pointer, one.message, one.remedy, one.value, reading.source_of(one.pointer))


def _kind(message: EdifactMessage) -> MessageKind:
    return MessageKind("edifact", message.kind, f"a customs declaration in UN/EDIFACT ({message.kind})")


__all__ = ["DIRECTORIES", "CusdecRead", "SegmentsRefused", "cusdec_read", "cusdec_write", "identifier_of"]
