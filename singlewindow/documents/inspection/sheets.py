"""XLSX: a zip file that must be what it says. Sizes are counted while unpacking, because headers lie."""

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator

from python_calamine import CalamineError, CalamineWorkbook

from singlewindow.documents.inspection.findings import (
    BOMB,
    DDE,
    EXTERNAL,
    MACRO,
    MALWARE,
    PDF_ENCRYPTED,
    SHEET_ROWS,
    UNREADABLE,
    XML_UNSAFE,
    Finding,
)
from singlewindow.documents.inspection.kinds import EICAR

MEMBERS_MAX = 1_000
UNPACKED_MAX = 100 * 1_048_576
RATIO_MAX = 100
RATIO_FROM = 1_048_576
"""A small member may be packed better than the ratio: a hundred equal cells are no bomb."""
TEXTS_MAX = 200_000
ROWS_MAX = 200_000
LOCAL_HEADER = 30
MACRO_PARTS = re.compile(r"vbaproject|activex|/embeddings/|/ctrlprops/|macrosheets|oleobject", re.IGNORECASE)
LINK_PARTS = re.compile(r"externallinks/|/connections\.xml|querytables/", re.IGNORECASE)
NESTED = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")
TARGET = re.compile(rb"<Relationship\b[^>]*>")
FORMULA_OUT = re.compile(
    rb"""<(?:\w+:)?f\b[^>]*>[^<]*(?:\||WEBSERVICE\(|FILTERXML\(|RTD\(|CALL\(|REGISTER\()""", re.IGNORECASE
)
ENCODING = re.compile(rb"""encoding\s*=\s*["'](?!utf-8|us-ascii)""", re.IGNORECASE)


def sheet_findings(data: bytes) -> list[Finding]:
    """Everything that is wrong with a workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = list(dict.fromkeys(_of_archive(archive)))
            if not found:
                found = list(dict.fromkeys(_of_members(archive)))
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, NotImplementedError, EOFError, RuntimeError):
        return [UNREADABLE]
    return found or _opens(data)


def _of_archive(archive: zipfile.ZipFile) -> Iterator[Finding]:
    """What the directory alone tells."""
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(members) > MEMBERS_MAX or len({name.lower() for name in names}) != len(names) or _overlap(archive, members):
        yield BOMB
    for member in members:
        if member.flag_bits & 0x1:
            yield PDF_ENCRYPTED
        parts = re.split(r"[/\\]", member.filename)
        link = stat.S_ISLNK(member.external_attr >> 16)
        if ".." in parts or member.orig_filename.startswith(("/", "\\")) or "\\" in member.orig_filename or link:
            yield BOMB
        if MACRO_PARTS.search(member.filename):
            yield MACRO
        if LINK_PARTS.search(member.filename):
            yield EXTERNAL
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= set(names):
        yield UNREADABLE


def _overlap(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> bool:
    """Whether two members claim the same bytes, or something stands before the first."""
    end = 0
    ordered = sorted(members, key=lambda member: member.header_offset)
    if ordered and ordered[0].header_offset != 0:
        return True
    for member in ordered:
        if member.header_offset < end:
            return True
        end = member.header_offset + LOCAL_HEADER + len(member.orig_filename) + member.compress_size
    return end > archive.start_dir


def _of_members(archive: zipfile.ZipFile) -> Iterator[Finding]:
    total = 0
    for member in archive.infolist():
        content = bytearray()
        with archive.open(member) as file:
            while piece := file.read(65_536):
                content += piece
                total += len(piece)
                too_dense = len(content) > RATIO_FROM and len(content) > RATIO_MAX * max(member.compress_size, 1)
                if total > UNPACKED_MAX or too_dense or len(content) > member.file_size:
                    yield BOMB
                    return
        yield from _of_content(member.filename.lower(), bytes(content))


def _of_content(name: str, content: bytes) -> Iterator[Finding]:
    if EICAR in content:
        yield MALWARE
    if content.startswith(NESTED):
        yield BOMB
    if not name.endswith((".xml", ".rels", ".vml")):
        return
    head = content[:200]
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\0" in head or ENCODING.search(head):
        yield XML_UNSAFE
    if name.endswith(".rels"):
        links = (tag for tag in TARGET.findall(content) if b"External" in tag)
        if any(b"/hyperlink" not in tag for tag in links):
            yield EXTERNAL
    if name == "[content_types].xml" and b"macroEnabled" in content:
        yield MACRO
    if b"<ddeLink" in content or FORMULA_OUT.search(content):
        yield DDE
    if content.count(b"<si>") > TEXTS_MAX or content.count(b"<row ") > ROWS_MAX:
        yield SHEET_ROWS


def _opens(data: bytes) -> list[Finding]:
    try:
        CalamineWorkbook.from_filelike(io.BytesIO(data))
    except (CalamineError, OSError, ValueError):
        return [UNREADABLE]
    return []
