"""The tokenizer: text is cut by the string methods of C, never character by character.

Released characters are first exchanged for control characters, which no repertoire has; after that every sign that is
left means what it says. Equal elements share one tuple, since a customs message repeats most of them.
"""

from typing import Final, NamedTuple

from singlewindow.kernel.edifact.charsets import CHARSETS, UNKNOWN, UNREADABLE, Charset
from singlewindow.kernel.edifact.faults import InterchangeRefused, Place, edifact_fault
from singlewindow.kernel.edifact.separators import Separators, separators_read

MAX_BYTES: Final = 5_000_000
MAX_SEGMENTS: Final = 50_000
MAX_ELEMENTS: Final = 250_000
"""Elements and components of one interchange."""
MAX_SEGMENT_LENGTH: Final = 65_536
"""Characters of one segment."""

_LAYOUT: Final = " \r\n"
_HIDDEN: Final = "\x01\x02\x03\x04"
"""What stands for a released terminator, element separator, component separator and release character."""


class Segment(NamedTuple):
    """One segment: `NAD+CN+++DHL` is the tag NAD and four elements, each a tuple of its components."""

    tag: str
    elements: tuple[tuple[str, ...], ...]
    position: int
    """Its number in the interchange; the first one after UNA is 1."""

    def get(self, element: int, component: int = 1) -> str:
        """A component by its place, counted from 1; empty where the segment is shorter."""
        if element > len(self.elements):
            return ""
        parts = self.elements[element - 1]
        return parts[component - 1] if component <= len(parts) else ""


class _Elements(dict[str, tuple[str, ...]]):
    """Elements cut into their components, each text once."""

    __slots__ = ("_separator",)

    def __init__(self, separator: str) -> None:
        self._separator = separator

    def __missing__(self, element: str) -> tuple[str, ...]:
        parts = self[element] = tuple(element.split(self._separator))
        return parts


def tokenize(body: bytes) -> list[Segment]:
    """The segments of an interchange, its UNA honoured and not among them.

    Raises:
        InterchangeRefused: format.edifact.too_large, .una, .character, .too_many_segments, .too_many_elements, .cut,
            .empty_segment, .segment_too_long.
    """
    separators, text, _ = text_of(body)
    return segments_of(text, separators)


def text_of(body: bytes) -> tuple[Separators, str, str]:
    """The service characters, the text after them, and its syntax identifier.

    Raises:
        InterchangeRefused: as for `tokenize`.
    """
    if len(body) > MAX_BYTES:
        detail = f"The interchange has {len(body)} bytes; at most {MAX_BYTES} are read."
        raise InterchangeRefused(edifact_fault("too_large", detail), status=413)
    separators, start = separators_read(body)
    _check_size(body, separators)
    identifier = _identifier(body[start : start + 40], separators)
    charset = CHARSETS.get(identifier, UNKNOWN)
    text = _decoded(body, start, charset, separators)
    return separators, text, identifier


def segments_of(text: str, separators: Separators) -> list[Segment]:
    """Cut a text into segments; what `text_of` refuses must be out of it already.

    Raises:
        InterchangeRefused: format.edifact.cut, .empty_segment, .segment_too_long.
    """
    component, element, _, release, _, terminator = separators
    restored: dict[int, str] = {}
    if release in text:
        text = _hide(text, separators)
        restored = dict(zip(map(ord, _HIDDEN), (terminator, element, component, release), strict=True))
    parts = text.replace(terminator + "\n", terminator).split(terminator)
    if parts.pop().strip(_LAYOUT):
        _refuse_cut(len(parts) + 1)
    if terminator + " " in text or "\r" in text or "\n\n" in text or "\n " in text or text[:1] in _LAYOUT:
        parts = [part if part[:1] > " " else part.lstrip(_LAYOUT) for part in parts]
    _check_segments(parts)
    new, cut = tuple.__new__, _Elements(component).__getitem__
    if not restored:
        cuts = enumerate([part.split(element) for part in parts], start=1)
        return [new(Segment, (one[0], tuple(map(cut, one[1:])), position)) for position, one in cuts]
    found = []
    for position, part in enumerate(parts, start=1):
        tag, *rest = part.split(element)
        elements = tuple(map(cut, rest))
        if not part.isprintable():
            elements = tuple([tuple([text.translate(restored) for text in parts]) for parts in elements])
        found.append(new(Segment, (tag, elements, position)))
    return found


def _check_segments(parts: list[str]) -> None:
    if "" in parts:
        raise InterchangeRefused(edifact_fault("empty_segment", f"Segment {parts.index('') + 1} is empty."))
    longest = max(map(len, parts), default=0)
    if longest > MAX_SEGMENT_LENGTH:
        detail = f"A segment has {longest} characters; at most {MAX_SEGMENT_LENGTH} are read."
        raise InterchangeRefused(edifact_fault("segment_too_long", detail), status=413)


def _hide(text: str, separators: Separators) -> str:
    """The text with released signs exchanged; a release before any other character is only dropped."""
    component, element, _, release, _, terminator = separators
    text = text.replace(release * 2, _HIDDEN[3])
    for sign, hidden in zip((terminator, element, component), _HIDDEN, strict=False):
        text = text.replace(release + sign, hidden)
    if text.rstrip(_LAYOUT).endswith(release):
        _refuse_cut(text.count(terminator) + 1, "The interchange ends with a release character that releases nothing.")
    return text.replace(release, "")


def _check_size(body: bytes, separators: Separators) -> None:
    """Count before anything is cut, so that a flood costs no memory."""
    segments = body.count(separators.terminator.encode())
    if segments > MAX_SEGMENTS:
        detail = f"The interchange has {segments} segments; at most {MAX_SEGMENTS} are read."
        raise InterchangeRefused(edifact_fault("too_many_segments", detail), status=413)
    elements = body.count(separators.element.encode()) + body.count(separators.component.encode())
    if elements > MAX_ELEMENTS:
        detail = f"The interchange has {elements} elements; at most {MAX_ELEMENTS} are read."
        raise InterchangeRefused(edifact_fault("too_many_elements", detail), status=413)


def _identifier(head: bytes, separators: Separators) -> str:
    """The syntax identifier in the first element of UNB."""
    parts = head.decode("latin-1").lstrip(_LAYOUT).split(separators.element)
    if parts[0] != "UNB" or len(parts) < 2:
        return ""
    return parts[1].split(separators.component)[0][:4]


def _decoded(body: bytes, start: int, charset: Charset, separators: Separators) -> str:
    try:
        text = body[start:].decode(charset.codec)
    except UnicodeDecodeError as error:
        before = body[start : start + error.start].decode("latin-1")
        raise _bad_character(f"byte 0x{body[start + error.start]:02X}", before, separators) from None
    wrong = UNREADABLE.search(text)
    if wrong is not None:
        raise _bad_character(f"U+{ord(wrong[0]):04X}", text[: wrong.start()], separators)
    return text


def _bad_character(name: str, before: str, separators: Separators) -> InterchangeRefused:
    """The refusal of a character outside the declared repertoire, with its place."""
    element, release, terminator = separators.element, separators.release, separators.terminator
    plain = before.replace(release * 2, "")
    position = plain.count(terminator) - plain.count(release + terminator) + 1
    inside = plain.rpartition(terminator)[2].lstrip(_LAYOUT)
    tag = inside.partition(element)[0][:3]
    number = inside.count(element) - inside.count(release + element)
    place = Place("", position, tag, number) if tag.isalnum() and tag.isascii() and tag.isupper() else None
    text = f"Segment {position} holds {name}, which is not of the declared character set."
    return InterchangeRefused(
        edifact_fault("character", text, place, remedy="Send it in UNOY (UTF-8), or leave it out.")
    )


def _refuse_cut(position: int, text: str = "") -> None:
    detail = text or f"Segment {position} is cut off: it has no terminator."
    raise InterchangeRefused(edifact_fault("cut", detail, remedy="Send the whole interchange again."))
