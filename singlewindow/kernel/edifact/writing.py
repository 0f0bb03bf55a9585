"""Writing: segments into bytes, with what must be released released, in the smallest repertoire that can hold them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from singlewindow.kernel.edifact.charsets import CHARSETS, charset_for
from singlewindow.kernel.edifact.separators import STANDARD, Separators
from singlewindow.kernel.edifact.tokens import Segment

Element = str | Sequence[str]


def segment(tag: str, *elements: Element) -> Segment:
    """A segment to write; empty components and elements at its end are left out."""
    composed = [_trimmed((part,) if isinstance(part, str) else tuple(part)) for part in elements]
    while composed and composed[-1] == ("",):
        composed.pop()
    return Segment(tag, tuple(composed), 0)


def segments_write(segments: Iterable[Segment], una: Separators = STANDARD, *, syntax: str = "UNOC") -> bytes:
    """The segments as bytes, one a line; UNA goes before them where the service characters are not the standard ones.

    Raises:
        UnicodeEncodeError: the repertoire does not have a character.
    """
    release = str.maketrans({sign: una.release + sign for sign in una.active})
    lines = [_line(one, una, release) for one in segments]
    head = "" if una == STANDARD else una.una
    return (head + "\n".join(lines) + "\n").encode(CHARSETS[syntax].codec)


def interchange_write(
    messages: Iterable[tuple[str, str, Sequence[Segment]]],
    *,
    sender: str,
    recipient: str,
    reference: str,
    at: datetime,
    una: Separators = STANDARD,
    syntax: str = "",
) -> bytes:
    """An interchange of messages, each given as reference, identifier (CUSDEC:D:96B:UN) and the segments inside.

    Args:
        syntax: UNOC, or UNOY where a text needs it, unless one is named.
    """
    body: list[Segment] = []
    count = 0
    for message_reference, identifier, inner in messages:
        count += 1
        body += [
            segment("UNH", message_reference, identifier.split(":")),
            *inner,
            segment("UNT", str(len(inner) + 2), message_reference),
        ]
    body.append(segment("UNZ", str(count), reference))
    texts = [text for one in body for parts in one.elements for text in parts]
    level = syntax or charset_for("".join([sender, recipient, *texts]))
    version = "4" if CHARSETS[level].writes_all else "3"
    date = at.strftime("%Y%m%d" if version == "4" else "%y%m%d")
    head = segment("UNB", (level, version), sender, recipient, (date, at.strftime("%H%M")), reference)
    return segments_write([head, *body], una, syntax=level)


def _line(one: Segment, una: Separators, release: dict[int, str]) -> str:
    elements = (una.component.join(text.translate(release) for text in parts) for parts in one.elements)
    return una.element.join((one.tag, *elements)) + una.terminator


def _trimmed(parts: tuple[str, ...]) -> tuple[str, ...]:
    end = len(parts)
    while end > 1 and not parts[end - 1]:
        end -= 1
    return parts[:end] or ("",)
