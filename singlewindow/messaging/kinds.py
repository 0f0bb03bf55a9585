"""What a stranger's bytes are: told by their content, never by a file name."""

import re
from dataclasses import dataclass

from lxml import etree
from lxml.etree import _Element

from singlewindow.kernel.errors import FormatRefused, Violation

EDIFACT = "edifact"
NOT_TAKEN = "This window does not take it; docs/messages.md lists the messages that it takes."


@dataclass(frozen=True, slots=True)
class MessageKind:
    """A format, and the kind of message in it."""

    format: str
    kind: str
    name: str = ""
    """In words, for the sentence that declines it."""


class MessageUnsupported(FormatRefused):
    """A message that is known for what it is, and that this window does not take."""

    code = "format.unsupported"
    status = 422
    title = "This kind of message is not taken here"

    def __init__(self, kind: MessageKind, reason: str = "") -> None:
        what = kind.name or f"a message {kind.kind}"
        detail = f"This is {what}. {reason or NOT_TAKEN}"
        super().__init__(detail, violations=(Violation(self.code, "", detail, INSTEAD.get(kind.format, "")),))
        self.kind = kind


_DECLARE = "declare the goods here with a WCO declaration (DEC-DMS 2), with UN/EDIFACT CUSDEC or with its JSON form."
INSTEAD = {
    "ncts-p4-legacy": f"Send phase 5 messages to the transit system, or {_DECLARE}",
    "ncts-p5": f"Send it to the transit system, or {_DECLARE}",
    "cds-notifications": "Notifications are what customs sends: read yours from the feed of events.",
    "cds-retrieval": "Ask for a declaration by its address, and read the feed of events.",
    "cds-movements": "Answers and queries are not filed: read the feed of events.",
    "ubl": f"Upload it as a document, or {_DECLARE}",
    "ephyto": "Upload it as a document of the declaration.",
    "taric3": "Tariff files are loaded by the operator of the window; nothing of them is filed.",
    "soap": "Send the message itself, without the envelope.",
}
"""What to send instead, by format."""


_DECLARATIONS = frozenset({"Declaration", "submitDeclarationRequest"})

_XML_FAMILIES: tuple[tuple[str, str, str, str], ...] = (
    (r"http://ncts\.dgtaxud\.ec.*", r"CC[0-9]{3}[A-Z]", "ncts-p5", "a transit message {} (NCTS phase 5)"),
    (r"http://ics\.dgtaxud\.ec.*", r"CC[0-9]{3}[A-Z]", "ens-ics", "an entry summary message {}"),
    (r"", r"CC3[0-9]{2}[A-Z]", "ens-ics", "an entry summary message {}"),
    (r"", r"CC[0-9]{3}[A-Z]", "ncts-p4-legacy", "a transit message {} of the former phase 4, which is closed"),
    (r".*inventory[lL]inking.*", r".*", "cds-movements", "an inventory linking message {}"),
    (r"http://gov\.uk/customs/.*", r".*", "cds-retrieval", "an answer of a retrieval service ({})"),
    (r"urn:oasis:names:specification:ubl:.*", r".*", "ubl", "a UBL document {}"),
    (r"urn:un:unece:uncefact:data:standard:SPSCertificate.*", r".*", "ephyto", "a sanitary certificate ({})"),
    (r"urn:publicid:-:DGTAXUD:.*", r".*", "taric3", "a TARIC tariff file ({})"),
    (r"http://www\.w3\.org/2003/05/soap-envelope", r".*", "soap", "a SOAP {}"),
)


def xml_kind(root: _Element) -> MessageKind:
    """The kind of an XML document, by the name of its root, or of what an envelope holds."""
    name = etree.QName(root)
    namespace, local = name.namespace or "", name.localname[:60]
    if local == "Envelope" and (inner := root.find("{*}Body/{*}*")) is not None:
        return xml_kind(inner)
    if local in _DECLARATIONS or any(etree.QName(child).localname == "Declaration" for child in root):
        return MessageKind("cds-dec", "")
    if local.lower().endswith("metadata") and any(etree.QName(child).localname == "Response" for child in root):
        return MessageKind("cds-notifications", "Response", "a notification of customs to a trader (Response)")
    for space, names, family, words in _XML_FAMILIES:
        if re.fullmatch(space, namespace) and re.fullmatch(names, local):
            return MessageKind(family, local, words.format(local))
    return MessageKind("xml", local, f"an XML document {local}")


_EDIFACT = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:UNA.{6}\s*)?UN[BH][^A-Za-z0-9]", re.DOTALL)
_EDIFACT_TYPE = re.compile(
    rb"UNH[^A-Za-z0-9][^:']{1,40}[^A-Za-z0-9]([A-Z]{6})[^A-Za-z0-9]([A-Z0-9]{1,3})[^A-Za-z0-9]([A-Z0-9]{1,3})"
)


_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_ZIP = b"PK\x03\x04"
_LIST = re.compile(rb"(?:\xef\xbb\xbf)?\s*\"?lrn\"?[ \t]*[,;]", re.IGNORECASE)
"""A header line that begins with the reference number: a list, whatever else is wrong with it."""
_SPACE = b" \t\r\n\x00"
"""Space, and the zero bytes that stand between the letters of UTF-16."""


def bytes_kind(body: bytes) -> MessageKind | None:
    """The kind of a body that is neither JSON nor XML, or nothing where it may be one of them."""
    if _EDIFACT.match(body[:400]):
        found = _EDIFACT_TYPE.search(body[:4000])
        kind = ":".join(part.decode("ascii") for part in found.groups()) if found else "UN/EDIFACT"
        return MessageKind(EDIFACT, kind, f"a UN/EDIFACT interchange ({kind})")
    if body.startswith(_ZIP) and b"xl/" in body:
        return MessageKind("xlsx", "workbook", "a workbook (XLSX)")
    if _LIST.match(body[:400]):
        return MessageKind("csv", "list", "a list of consignments (CSV)")
    first = _first_character(body)
    if first in (b"<", b"{", b"["):
        return None
    if first == b"":
        return MessageKind("empty", "", "an empty body")
    return MessageKind("unknown", "", "neither JSON nor XML")


def looks_like_xml(body: bytes) -> bool:
    """Whether the first character that counts is an angle bracket, in whatever width it is written."""
    return _first_character(body) == b"<"


def _first_character(body: bytes) -> bytes:
    head = body[:4096]
    for mark in _MARKS:
        head = head.removeprefix(mark)
    return head.lstrip(_SPACE)[:1]
