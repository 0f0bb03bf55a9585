"""PDF: no script, no program to start, no file inside, no password, pages in a tree that can be walked."""

import io
import logging
import zlib
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from singlewindow.documents.inspection.findings import (
    MALWARE,
    PAGES,
    PDF_ACTIVE,
    PDF_EMBEDDED,
    PDF_ENCRYPTED,
    PDF_TREE,
    UNREADABLE,
    Finding,
)
from singlewindow.documents.inspection.kinds import EICAR

DEPTH_MAX = 64
PAGES_MAX = 1_000
OBJECTS_MAX = 200_000
UNPACKED_MAX = 8_388_608
ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/AA", "/XFA", "/RichMedia"})
ACTIVE_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/GoToR", "/GoToE", "/Movie"}
)
EMBEDDED_KEYS = frozenset({"/EmbeddedFiles", "/EmbeddedFile", "/EF"})
EMBEDDED_TYPES = frozenset({"/EmbeddedFile", "/Filespec"})

logging.getLogger("pypdf").setLevel(logging.CRITICAL)


def pdf_findings(data: bytes) -> list[Finding]:
    """Everything that is wrong with a PDF."""
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            return [PDF_ENCRYPTED]
        found = dict.fromkeys(_of_objects(reader))
        found |= dict.fromkeys(_of_pages(reader))
        return list(found)
    except RecursionError:
        return [PDF_TREE]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, zlib.error):
        return [UNREADABLE]


def _numbers(reader: PdfReader) -> list[tuple[int, int]]:
    plain = [(number, generation) for generation, entries in reader.xref.items() for number in entries]
    packed = [(number, 0) for number in reader.xref_objStm]
    return list(dict.fromkeys(plain + packed))


def _of_objects(reader: PdfReader) -> Iterator[Finding]:
    numbers = _numbers(reader)
    if len(numbers) > OBJECTS_MAX:
        yield PAGES
        return
    yield from _of_value(reader.trailer)
    for number, generation in numbers:
        try:
            value = reader.get_object(IndirectObject(number, generation, reader))
        except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError):
            continue  # a dead entry of the table; what the pages need is read below
        yield from _of_value(value)


def _of_value(value: Any) -> Iterator[Finding]:
    """Look through one object; what it refers to is looked at under its own number."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, StreamObject) and EICAR in _unpacked(one):
            yield MALWARE
        if isinstance(one, DictionaryObject):
            keys = set(one)
            if keys & ACTIVE_KEYS or one.raw_get("/S") in ACTIVE_ACTIONS if "/S" in keys else keys & ACTIVE_KEYS:
                yield PDF_ACTIVE
            if keys & EMBEDDED_KEYS or ("/Type" in keys and one.raw_get("/Type") in EMBEDDED_TYPES):
                yield PDF_EMBEDDED
            waiting += [part for part in (one.raw_get(key) for key in keys) if not isinstance(part, IndirectObject)]
        elif isinstance(one, ArrayObject):
            waiting += [part for part in list.__iter__(one) if not isinstance(part, IndirectObject)]


def _unpacked(stream: StreamObject) -> bytes:
    raw: bytes = stream._data
    if "Flate" not in str(stream.get("/Filter", "")):
        return raw
    try:
        return zlib.decompressobj().decompress(raw, UNPACKED_MAX)
    except zlib.error:
        return raw


def _of_pages(reader: PdfReader) -> Iterator[Finding]:
    root: Any = reader.trailer["/Root"]
    waiting, seen, pages = [(root.get_object()["/Pages"], 1)], set(), 0
    while waiting:
        node, depth = waiting.pop()
        value = node.get_object()
        if depth > DEPTH_MAX or id(value) in seen or not isinstance(value, DictionaryObject):
            yield PDF_TREE
            return
        seen.add(id(value))
        if "/Kids" in value:
            kids: Any = value["/Kids"]
            waiting += [(kid, depth + 1) for kid in list.__iter__(kids.get_object())]
        else:
            pages += 1
        if pages > PAGES_MAX:
            yield PAGES
            return
    if not pages:
        yield UNREADABLE
