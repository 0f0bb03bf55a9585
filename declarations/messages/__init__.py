"""Ways in: bytes of a stranger become one canonical message, or a refusal that says all that is wrong.

The content type says how the bytes are to be read; it is not guessed. JSON and XML with equal content give equal
messages, equal hashes and equal findings.
"""

from dataclasses import dataclass

from declarations.messages.cds import StructureRefused, read_xml, write_xml
from declarations.messages.json_form import FieldsRefused, message_read, read_json, write_json
from declarations.messages.suspicious import suspicious_text
from declarations.schemas import DeclarationMessage
from singlewindow.kernel.errors import UnsupportedMedia, Violation
from singlewindow.messaging.kinds import MessageKind, MessageUnsupported

JSON_TYPES = frozenset({"application/json"})
XML_TYPES = frozenset({"application/xml", "text/xml"})


@dataclass(frozen=True, slots=True)
class Parsed:
    """A message that could be read."""

    message: DeclarationMessage
    warnings: tuple[Violation, ...]
    """Text that may deceive a reader's eye; recorded and shown to the officer, never a refusal."""
    format: str
    kind: str


def parse(body: bytes, content_type: str) -> Parsed:
    """Read the bytes of a message; nothing is stored and no rule is asked yet.

    Raises:
        UnsupportedMedia: another content type than JSON or XML, or another charset than UTF-8.
        TooLarge: json.too_large, xml.too_large.
        FormatRefused: `json.*`, `xml.*` for unreadable bytes; FieldsRefused or StructureRefused with every
            `format.*` finding in the order of the message; MessageUnsupported for other messages.
    """
    media = _media_type(content_type)
    message, kind = read_xml(body) if media in XML_TYPES else read_json(body)
    plain = body.isascii() and not any(escape in body for escape in (b"\\u", b"&#"))
    return Parsed(message, () if plain else suspicious_text(message), kind.format, kind.kind)


def _media_type(content_type: str) -> str:
    media, *parameters = (part.strip().lower() for part in content_type.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip().strip('"') not in ("utf-8", "utf8"):
            raise UnsupportedMedia("Only the charset UTF-8 is read.", code="media_type.charset")
    if media not in JSON_TYPES | XML_TYPES:
        raise UnsupportedMedia("Send application/json or application/xml.")
    return media


__all__ = [
    "FieldsRefused",
    "MessageKind",
    "MessageUnsupported",
    "Parsed",
    "StructureRefused",
    "message_read",
    "parse",
    "read_json",
    "read_xml",
    "suspicious_text",
    "write_json",
    "write_xml",
]
