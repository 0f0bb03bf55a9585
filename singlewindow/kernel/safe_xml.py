"""XML from strangers: bounded, UTF-8, without a document type, never fetching anything.

What a hardened parser still lets through is refused here: a document type (even one without entities), depth and
number of elements, other encodings than UTF-8, tags with a flood of attributes. Comments and processing
instructions are dropped and the text around them is one text, so every reader sees the same value.

Source: docs/messages.md, section XML; OWASP ASVS 5.0, 1.5.1.
"""

import re
from typing import Final, NoReturn

from lxml import etree

from singlewindow.kernel.errors import TooLarge, Violation
from singlewindow.kernel.refusals import refuse_format

MAX_BYTES: Final = 5_000_000
MAX_DEPTH: Final = 64
MAX_ELEMENTS: Final = 200_000
MAX_TAG_BYTES: Final = 16_384
MAX_PLAIN_ATTRIBUTES: Final = 2_000
"""A document with fewer equals signs has no tag with a flood of attributes; longer ones are searched for one."""

_ENCODING = re.compile(rb"""\s*<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:\-]*)["']""")
_LONG_TAG = re.compile(rb"<[^<>]{%d}" % MAX_TAG_BYTES)
_TOO_DEEP = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")
_COUNT = etree.XPath("count(//*)")


def parse(body: bytes, *, max_bytes: int = MAX_BYTES) -> etree._Element:
    """Read a document into its root element, without comments, processing instructions and the indents of a layout.

    Raises:
        TooLarge: xml.too_large.
        FormatRefused: xml.encoding, xml.dtd_forbidden, xml.too_many_attributes, xml.too_deep,
            xml.too_many_elements, xml.not_well_formed.
    """
    if len(body) > max_bytes:
        detail = f"The document has {len(body)} bytes; at most {max_bytes} are read."
        raise TooLarge(detail, code="xml.too_large", violations=(Violation("format.xml.too_large", "", detail),))
    _check_encoding(body)
    # A search for one byte costs next to nothing, and most messages hold no "!" at all.
    if b"!" in body and (b"<!DOCTYPE" in body or b"<!ENTITY" in body):
        refuse_format(
            "xml.dtd_forbidden", "The document brings a document type or entities.", "Send it without <!DOCTYPE>."
        )
    if body.count(b"=") > MAX_PLAIN_ATTRIBUTES and _LONG_TAG.search(body):
        refuse_format("xml.too_many_attributes", f"A tag is longer than {MAX_TAG_BYTES} bytes.")
    try:
        root = etree.fromstring(body, _parser())
    except etree.XMLSyntaxError as error:
        _refuse_syntax(error)
    _check_size(body, root)
    return root


def _parser() -> etree.XMLParser:
    """A parser for one document; one parser must not be shared by threads."""
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=True,
        collect_ids=False,
    )


def _check_encoding(body: bytes) -> None:
    """Only UTF-8, declared as such or not declared: other encodings hide bytes from every check that follows."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        refuse_format("xml.encoding", f"The document is not UTF-8 (byte {error.start}).", "Send UTF-8.")
    declared = _ENCODING.match(body.removeprefix(b"\xef\xbb\xbf"))
    if declared is not None and declared[1].upper() not in (b"UTF-8", b"UTF8"):
        refuse_format("xml.encoding", "The document declares another encoding than UTF-8.", "Send and declare UTF-8.")
    if b"\x00" in body[:4]:
        refuse_format("xml.encoding", "The document is not UTF-8.", "Send UTF-8.")


def _check_size(body: bytes, root: etree._Element) -> None:
    if _TOO_DEEP(root):
        refuse_format("xml.too_deep", f"Elements are nested deeper than {MAX_DEPTH} levels.")
    # An element needs at least four bytes, so the exact count is only made where it can matter.
    if len(body) >= 4 * MAX_ELEMENTS and float(str(_COUNT(root))) > MAX_ELEMENTS:
        refuse_format("xml.too_many_elements", f"The document has more than {MAX_ELEMENTS} elements.")


def _refuse_syntax(error: etree.XMLSyntaxError) -> NoReturn:
    text = str(error)
    if "depth" in text:
        refuse_format("xml.too_deep", f"Elements are nested deeper than {MAX_DEPTH} levels.")
    line, column = error.position
    reason = re.sub(r",? line \d+, column \d+.*", "", text)[:200]
    refuse_format(
        "xml.not_well_formed",
        f"The document is not well-formed XML (line {line}, column {column}): {reason}.",
        "Correct the document at that place.",
    )
