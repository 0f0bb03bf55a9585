"""An interchange: its header, its messages, and whether counts and references at both ends agree."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from re import Pattern
from typing import Final

from singlewindow.kernel.edifact.charsets import CHARSETS, UNKNOWN
from singlewindow.kernel.edifact.faults import InterchangeRefused, Place, edifact_fault
from singlewindow.kernel.edifact.separators import Separators, separators_read
from singlewindow.kernel.edifact.tokens import Segment, segments_of, text_of
from singlewindow.kernel.errors import Violation

MAX_FAULTS: Final = 200
MAX_MESSAGES: Final = 200
"""Messages of one interchange."""
SYNTAX_VERSIONS: Final = frozenset("1234")
_AROUND = frozenset({"UNB", "UNZ", "UNG", "UNE"})
_SERVICE = _AROUND | {"UNH", "UNT"}


@dataclass(frozen=True, slots=True)
class InterchangeHeader:
    """What the UNB says."""

    una: Separators
    syntax: str
    """Syntax identifier (UNOC) and version (3)."""
    syntax_version: str
    sender: str
    sender_qualifier: str
    recipient: str
    recipient_qualifier: str
    prepared: str
    """Date and time as sent, without a separator."""
    reference: str
    acknowledgement: bool = False
    test: bool = False


@dataclass(frozen=True, slots=True)
class EdifactMessage:
    """One message from its UNH to its UNT."""

    reference: str
    type: str
    version: str
    release: str
    agency: str
    association: str
    segments: tuple[Segment, ...]
    """All of them, UNH first and UNT last: the second one is segment 2 of the message."""
    una: Separators
    faults: tuple[Violation, ...] = ()
    """What is wrong with its service segments or characters; nobody but CONTRL should look at a message with any."""

    @property
    def kind(self) -> str:
        """CUSDEC:D:99B"""
        return ":".join((self.type, self.version, self.release))

    def place(self, segment: Segment, element: int = 0, component: int = 0) -> Place:
        """Where a segment, or an element of it, stands in this message."""
        number = segment.position - self.segments[0].position + 1
        return Place(self.reference, number, segment.tag, element, component)


@dataclass(frozen=True, slots=True)
class Interchange:
    """A whole interchange."""

    header: InterchangeHeader
    messages: tuple[EdifactMessage, ...]
    faults: tuple[Violation, ...] = ()
    """What is wrong around the messages: any of it rejects the whole interchange."""

    @property
    def una(self) -> Separators:
        """Its service characters."""
        return self.header.una

    @property
    def sender(self) -> str:
        """Identification of the sender (0004)."""
        return self.header.sender

    @property
    def recipient(self) -> str:
        """Identification of the recipient (0010)."""
        return self.header.recipient

    @property
    def reference(self) -> str:
        """Interchange control reference (0020)."""
        return self.header.reference


@dataclass(slots=True)
class _Reading:
    """The state of one pass over the segments."""

    una: Separators
    messages: list[EdifactMessage] = field(default_factory=list)
    faults: list[Violation] = field(default_factory=list)
    open: list[Segment] = field(default_factory=list)
    group: Segment | None = None
    in_group: int = 0
    groups: int = 0
    alone: bool = False

    def fault(self, name: str, text: str, segment: Segment, element: int = 0) -> None:
        if len(self.faults) < MAX_FAULTS:
            place = Place("", segment.position, _shown(segment.tag), element)
            self.faults.append(edifact_fault(name, text, place))


def interchange_read(body: bytes) -> Interchange:
    """Read an interchange; what is wrong with its counts and references is told, not raised.

    Raises:
        InterchangeRefused: it cannot be read (as `tokenize`), or has no UNB (format.edifact.header) or no UNZ
            (format.edifact.trailer).
    """
    una, text, header = _beginning(body)
    try:
        segments = segments_of(text, una)
    except InterchangeRefused as refusal:
        raise InterchangeRefused(refusal.violations[0], header, status=refusal.status) from None
    header = _header(segments, una)
    if segments[-1].tag != "UNZ":
        fault = edifact_fault("trailer", "The interchange does not end with UNZ.", remedy="Send it whole again.")
        raise InterchangeRefused(fault, header)
    count = sum(segment.tag == "UNH" for segment in segments)
    if count > MAX_MESSAGES:
        detail = f"The interchange has {count} messages; at most {MAX_MESSAGES} are read."
        raise InterchangeRefused(edifact_fault("too_many_messages", detail), header, status=413)
    reading = _Reading(una)
    for segment in segments[1:-1]:
        _take(reading, segment)
    _close(reading, segments[-1], header)
    if header.syntax not in CHARSETS:
        detail = f"The character set {header.syntax[:10]} is not read here."
        reading.faults.append(edifact_fault("charset", detail, Place("", 1, "UNB", 1, 1), remedy="Use UNOC or UNOY."))
    if header.syntax_version not in SYNTAX_VERSIONS:
        detail = f"The syntax version {header.syntax_version[:5] or '(none)'} is not read here."
        reading.faults.append(edifact_fault("syntax_version", detail, Place("", 1, "UNB", 1, 2), remedy="Use 3 or 4."))
    messages = _checked_characters(reading, segments, text, header.syntax)
    return Interchange(header, messages, tuple(reading.faults))


def _beginning(body: bytes) -> tuple[Separators, str, InterchangeHeader | None]:
    """The service characters, the text, and the header as far as a refusal of the rest may need it.

    Raises:
        InterchangeRefused: with the header, where that can be read.
    """
    try:
        una, text, _ = text_of(body)
    except InterchangeRefused as refusal:
        if refusal.code in {"format.edifact.una", "format.edifact.too_large"}:
            raise
        una, start = separators_read(body)
        header = _first_header(body[start : start + 2_000].decode("latin-1"), una)
        raise InterchangeRefused(refusal.violations[0], header, status=refusal.status) from None
    return una, text, _first_header(text[:2_000], una)


def _first_header(text: str, una: Separators) -> InterchangeHeader | None:
    """The header, where the beginning of a text has one that can be read."""
    first, terminator, _ = text.partition(una.terminator)
    try:
        return _header(segments_of(first + terminator, una), una) if terminator else None
    except InterchangeRefused:
        return None


def _header(segments: list[Segment], una: Separators) -> InterchangeHeader:
    first = segments[0] if segments else None
    if first is None or first.tag != "UNB":
        raise InterchangeRefused(edifact_fault("header", "The interchange does not begin with UNB."))
    sender, recipient, reference = first.get(2), first.get(3), first.get(5)
    for number, name, value, limit in (
        (2, "sender", sender, 35),
        (3, "recipient", recipient, 35),
        (5, "reference", reference, 14),
    ):
        if not 0 < len(value) <= limit or not value.isprintable() or value != value.strip():
            text = f"UNB must name the {name} of the interchange in 1 to {limit} characters."
            raise InterchangeRefused(edifact_fault("header", text, Place("", 1, "UNB", number)))
    return InterchangeHeader(
        una=una,
        syntax=first.get(1),
        syntax_version=first.get(1, 2),
        sender=sender,
        sender_qualifier=_code(first.get(2, 2)),
        recipient=recipient,
        recipient_qualifier=_code(first.get(3, 2)),
        prepared=first.get(4) + first.get(4, 2),
        reference=reference,
        acknowledgement=first.get(9) == "1",
        test=first.get(11) == "1",
    )


def _code(text: str) -> str:
    """A qualifier as it may be repeated in an answer."""
    return text if text.isascii() and text.isprintable() and len(text) <= 4 else ""


def _take(reading: _Reading, segment: Segment) -> None:
    tag = segment.tag
    if tag not in _SERVICE:
        if reading.open:
            reading.open.append(segment)
        else:
            reading.fault("outside", f"Segment {_shown(tag)} stands outside a message.", segment)
    elif tag == "UNH":
        _message_end(reading, None)
        reading.open = [segment]
    elif tag == "UNT":
        if not reading.open:
            reading.fault("outside", "UNT stands outside a message.", segment)
            return
        reading.open.append(segment)
        _message_end(reading, segment)
    elif tag == "UNG":
        _group_begin(reading, segment)
    elif tag == "UNE":
        _group_end(reading, segment)
    else:
        reading.fault("repeated", f"{tag} stands in the middle of the interchange.", segment)


def _message_end(reading: _Reading, trailer: Segment | None) -> None:
    """Close the open message, if there is one; without its UNT it is a broken one."""
    if not reading.open:
        return
    segments, reading.open = tuple(reading.open), []
    head = segments[0]
    message = EdifactMessage(
        reference=head.get(1)[:14],
        type=head.get(2)[:6],
        version=head.get(2, 2)[:3],
        release=head.get(2, 3)[:3],
        agency=head.get(2, 4)[:3],
        association=head.get(2, 5)[:6],
        segments=segments,
        una=reading.una,
    )
    reading.messages.append(replace(message, faults=tuple(_message_faults(message, trailer))))
    if reading.group is None:
        reading.alone = True
    else:
        reading.in_group += 1


def _message_faults(message: EdifactMessage, trailer: Segment | None) -> Iterable[Violation]:
    head = message.segments[0]
    if not (message.reference and message.type and message.version and message.release):
        text = "UNH must name the message: its reference, type, version and release."
        yield edifact_fault("message_header", text, message.place(head))
    if trailer is None:
        yield edifact_fault("message_trailer", "The message has no UNT.", message.place(head))
        return
    count, expected = trailer.get(1), len(message.segments)
    if not _says(count, expected):
        text = f"UNT counts {count[:10] or 'nothing'}, but the message has {expected} segments."
        yield edifact_fault("count", text, message.place(trailer, 1), value=count)
    if trailer.get(2) != head.get(1):
        text = "UNT and UNH bear different message references."
        yield edifact_fault("reference", text, message.place(trailer, 2), value=trailer.get(2))


def _group_begin(reading: _Reading, segment: Segment) -> None:
    _message_end(reading, None)
    if reading.group is not None:
        reading.fault("group_trailer", "A group begins before the one before it ended (UNE).", segment)
    reading.group, reading.in_group, reading.groups = segment, 0, reading.groups + 1


def _group_end(reading: _Reading, segment: Segment) -> None:
    _message_end(reading, None)
    if reading.group is None:
        reading.fault("outside", "UNE stands outside a group.", segment)
        return
    if not _says(segment.get(1), reading.in_group):
        text = f"UNE counts {segment.get(1)[:10] or 'nothing'}, but the group has {reading.in_group} messages."
        reading.fault("count", text, segment, 1)
    if segment.get(2) != reading.group.get(5):
        reading.fault("reference", "UNE and UNG bear different group references.", segment, 2)
    reading.group = None


def _close(reading: _Reading, trailer: Segment, header: InterchangeHeader) -> None:
    _message_end(reading, None)
    if reading.group is not None:
        reading.fault("group_trailer", "A group does not end (UNE).", trailer)
    if reading.groups and reading.alone:
        reading.fault("mixed", "Groups and messages outside groups are mixed.", trailer)
    if not reading.messages:
        reading.fault("no_message", "The interchange holds no message.", trailer)
    expected = reading.groups or len(reading.messages)
    count = trailer.get(1)
    if not _says(count, expected):
        what = "groups" if reading.groups else "messages"
        text = f"UNZ counts {count[:10] or 'nothing'}, but the interchange has {expected} {what}."
        reading.fault("count", text, trailer, 1)
    if trailer.get(2) != header.reference:
        reading.fault("reference", "UNZ and UNB bear different interchange references.", trailer, 2)


def _checked_characters(
    reading: _Reading, segments: list[Segment], text: str, syntax: str
) -> tuple[EdifactMessage, ...]:
    """The messages with a fault for each element of another repertoire, or on more than one line."""
    outside = CHARSETS.get(syntax, UNKNOWN).outside
    end = reading.una.terminator
    layout = text.replace(end + "\r\n", end).replace(end + "\n", end).strip()
    clean = outside.search(layout) is None and "\n" not in layout and "\r" not in layout
    if not clean:
        around = [one for one in segments if one.tag in _AROUND]
        for number, one, name, value in _unfit(around, outside, reading.una):
            reading.faults.append(edifact_fault(name, value, Place("", one.position, _shown(one.tag), number)))
    return tuple(_checked_tags(message, None if clean else outside) for message in reading.messages)


def _checked_tags(message: EdifactMessage, outside: Pattern[str] | None) -> EdifactMessage:
    found = list(message.faults)
    for segment in message.segments:
        if not (len(segment.tag) == 3 and segment.tag.isalnum() and segment.tag.isascii() and segment.tag.isupper()):
            place = Place(message.reference, message.place(segment).segment, _shown(segment.tag))
            found.append(edifact_fault("tag", f"{_shown(segment.tag)} is no tag of a segment.", place))
    if outside is not None:
        for number, one, name, text in _unfit(message.segments, outside, message.una):
            found.append(edifact_fault(name, text, message.place(one, number)))
    return message if len(found) == len(message.faults) else replace(message, faults=tuple(found[:MAX_FAULTS]))


def _unfit(
    segments: Iterable[Segment], outside: Pattern[str], una: Separators
) -> Iterator[tuple[int, Segment, str, str]]:
    """Elements with characters that do not belong there: number, segment, name of the fault, sentence."""
    for segment in segments:
        for number, parts in enumerate(segment.elements, start=1):
            text = "".join(parts)
            if "\n" in text or "\r" in text:
                yield number, segment, "line_break", f"An element of {_shown(segment.tag)} holds a line break."
            wrong = outside.search(text)
            if wrong is not None and wrong[0] not in una:
                name = f"U+{ord(wrong[0]):04X}"
                yield number, segment, "character", f"An element holds {name}, which its character set does not have."


def _says(text: str, number: int) -> bool:
    """Whether a count in the message is this number."""
    return text.isascii() and text.isdigit() and len(text) <= 6 and int(text) == number


def _shown(tag: str) -> str:
    return tag[:3] if tag[:3].isalnum() and tag.isascii() else "segment"
