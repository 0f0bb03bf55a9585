"""Interchanges with declarations: the same content as `factories.declarations` has in JSON."""

from collections.abc import Sequence
from datetime import datetime

from declarations.messages.edifact import cusdec_write, identifier_of
from declarations.schemas import DeclarationMessage
from singlewindow.kernel.edifact import STANDARD, Segment, Separators, interchange_write, segment, tokenize
from tests.factories.declarations import import_message

AT = datetime(2026, 11, 22, 10, 15)
EDIFACT = "application/edifact"
MESSAGES = "/api/v1/messages"
CODES = {"4": "rejected", "7": "taken"}


def interchange(
    *messages: DeclarationMessage,
    sender: str = "ZZIMP0001",
    reference: str = "REF1",
    release: str = "99B",
    una: Separators = STANDARD,
) -> bytes:
    """An interchange of declarations; one import where none is named."""
    written: list[tuple[str, str, Sequence[Segment]]] = [
        (str(place), identifier_of(release), cusdec_write(message, release))
        for place, message in enumerate(messages or (import_message(),), start=1)
    ]
    return interchange_write(written, sender=sender, recipient="ZZCUS", reference=reference, at=AT, una=una)


def answered(contrl: bytes) -> dict[str, tuple[str, str]]:
    """What a CONTRL says: action and code of the interchange (key `UCI`) and of each message by its reference."""
    said: dict[str, tuple[str, str]] = {}
    for one in tokenize(contrl):
        if one.tag == "UCI":
            said["UCI"] = (CODES[one.get(4)], one.get(5))
        elif one.tag == "UCM":
            said[one.get(1)] = (CODES[one.get(3)], one.get(4))
    return said


def places(contrl: bytes) -> list[tuple[str, ...]]:
    """The segments and elements that a CONTRL finds fault with: UCS and UCD as they stand."""
    return [
        (one.tag, *(":".join(parts) for parts in one.elements)) for one in tokenize(contrl) if one.tag in ("UCS", "UCD")
    ]


def request(
    message: DeclarationMessage,
    *,
    mrn: str,
    function: str,
    why: str = "The buyer changed the order.",
    code: str = "32",
    reference: str = "ASK1",
    sender: str = "ZZIMP0001",
) -> bytes:
    """A CUSDEC about an earlier declaration: function 4 with its new content, function 1 to withdraw it."""
    begun, *rest = cusdec_write(message, "99B")
    about = [segment("RFF", ("ABT", mrn)), segment("FTX", "ACD", "", code, why)]
    asked = segment("BGM", *begun.elements[:2], function)
    inner = [asked, *about, *(rest if function != "1" else [])]
    return interchange_write(
        [("1", identifier_of("99B"), inner)], sender=sender, recipient="ZZCUS", reference=reference, at=AT
    )
