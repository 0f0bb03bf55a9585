"""CONTRL: what became of an interchange and of each message in it, by the codes of UN/EDIFACT.

Source: UN/EDIFACT service directory, message CONTRL (UCI, UCM, UCS, UCD), code lists 0083 and 0085.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from singlewindow.kernel.canonical import sha256_hex
from singlewindow.kernel.edifact import (
    InterchangeHeader,
    Place,
    Segment,
    interchange_write,
    segment,
)
from singlewindow.kernel.errors import Violation
from singlewindow.messaging.types import EdifactAnswer

IDENTIFIER = "CONTRL:D:3:UN"
MAX_SEGMENTS_NAMED = 999
MAX_ELEMENTS_NAMED = 99


class Action(StrEnum):
    """0083: what was done with a level of the interchange."""

    REJECTED = "4"
    """This level and all below it."""
    TAKEN = "7"
    """This level, and all below it that are not rejected by name."""


UNSPECIFIED, INVALID_VALUE = "18", "12"

CODES: dict[str, str] = {
    "format.edifact.una": "22",
    "format.edifact.too_large": "35",
    "format.edifact.too_many_segments": "35",
    "format.edifact.too_many_elements": "16",
    "format.edifact.too_many_messages": "35",
    "format.edifact.segment_too_long": "39",
    "format.edifact.character": "21",
    "format.edifact.line_break": "21",
    "format.edifact.cut": "13",
    "format.edifact.empty_segment": "13",
    "format.edifact.header": "13",
    "format.edifact.trailer": "13",
    "format.edifact.message_header": "13",
    "format.edifact.message_trailer": "13",
    "format.edifact.group_trailer": "13",
    "format.edifact.syntax_version": "2",
    "format.edifact.charset": "46",
    "format.edifact.count": "29",
    "format.edifact.reference": "28",
    "format.edifact.mixed": "30",
    "format.edifact.no_message": "32",
    "format.edifact.outside": "33",
    "format.edifact.repeated": "35",
    "format.edifact.tag": "12",
    "format.edifact.duplicate_message": "26",
    "format.edifact.test": "25",
    "format.edifact.order": "15",
    "format.unsupported": "17",
    "format.missing": "13",
    "format.empty": "13",
    "format.too_long": "39",
    "format.too_many": "35",
    "format.decimal": "19",
    "format.control_character": "21",
    "duplicate_reference": "26",
    "duplicate_lrn": "26",
}
"""Rule to 0085. What else begins with `format.` or is a rule of the window is an invalid value (12)."""


@dataclass(frozen=True, slots=True)
class MessageResult:
    """What became of one message of an interchange."""

    reference: str
    identifier: tuple[str, ...]
    """Type, version, release, agency, as in UNH."""
    findings: tuple[Violation, ...] = ()
    answer: EdifactAnswer | None = None
    """Its receipt, where it was taken."""

    @property
    def action(self) -> Action:
        """Taken or rejected."""
        return Action.REJECTED if self.answer is None else Action.TAKEN


def syntax_code(rule: str) -> str:
    """The code 0085 of a rule."""
    return CODES.get(rule, INVALID_VALUE)


def contrl_write(
    header: InterchangeHeader,
    *,
    body: bytes,
    at: datetime,
    findings: Sequence[Violation] = (),
    results: Iterable[MessageResult] = (),
) -> bytes:
    """The CONTRL of an interchange: rejected as a whole where `findings` says why, message by message otherwise.

    Args:
        body: the bytes of the interchange, from which our own reference is made.
    """
    inner = [_interchange(header, findings)]
    if not findings:
        for result in results:
            inner += _message(result)
    own = sha256_hex(body)[:14].upper()
    return interchange_write(
        [("1", IDENTIFIER, inner)],
        sender=header.recipient,
        recipient=header.sender,
        reference=own,
        at=at,
    )


def _interchange(header: InterchangeHeader, findings: Sequence[Violation]) -> Segment:
    parties = (header.sender, header.sender_qualifier), (header.recipient, header.recipient_qualifier)
    if not findings:
        return segment("UCI", header.reference, *parties, Action.TAKEN.value)
    first = findings[0]
    return segment("UCI", header.reference, *parties, Action.REJECTED.value, *_service(first))


def _service(found: Violation) -> tuple[str | tuple[str, ...], ...]:
    """The code, and where a service segment bears the fault its tag and element."""
    place, code = Place.of(found.source), syntax_code(found.rule)
    if place is None or place.tag[:2] != "UN":
        return (code,)
    return (code, place.tag, _position(place)) if place.element else (code, place.tag)


def _position(place: Place) -> tuple[str, ...]:
    """S011: positions counted from 1, which is the tag."""
    return (str(place.element + 1), str(place.component)) if place.component else (str(place.element + 1),)


def _message(result: MessageResult) -> Iterator[Segment]:
    service = [found for found in result.findings if _in_service_segment(found)]
    placed = [(Place.of(found.source), found) for found in result.findings if not _in_service_segment(found)]
    inside: dict[int, list[tuple[Place, Violation]]] = {}
    nowhere: list[Violation] = []
    for place, found in placed:
        if place is None:
            nowhere.append(found)
        else:
            inside.setdefault(place.segment, []).append((place, found))
    named: tuple[str | tuple[str, ...], ...] = ()
    if service:
        named = _service(service[0])
    elif nowhere and not inside:
        named = (syntax_code(nowhere[0].rule),)
    elif result.answer is None and not inside:
        named = (UNSPECIFIED,)
    identifier = tuple(map(_printable, result.identifier))
    yield segment("UCM", _printable(result.reference) or "0", identifier, result.action.value, *named)
    for position, faults in sorted(inside.items())[:MAX_SEGMENTS_NAMED]:
        whole = next((syntax_code(found.rule) for place, found in faults if not place.element), "")
        yield segment("UCS", str(position), whole)
        for place, found in [one for one in faults if one[0].element][:MAX_ELEMENTS_NAMED]:
            yield segment("UCD", syntax_code(found.rule), _position(place))


def _printable(text: str) -> str:
    """What a stranger calls a message, where it can be repeated."""
    return text.strip() if text.isprintable() else ""


def _in_service_segment(found: Violation) -> bool:
    place = Place.of(found.source)
    return place is not None and place.tag in {"UNH", "UNT"}
