"""A workbook: its archive is checked byte by byte, then its first sheet is read by a child that may use little.

Source: reliability.md 2.8; docs/rules/lowvalue.md, LV-FIL.
"""

import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from singlewindow.lowvalue.reading.lines import refuse

MAX_MEMBERS = 1_000
MAX_UNPACKED = 100_000_000
MAX_RATIO = 100
RATIO_FROM = 1_000_000
"""Unpacked bytes from which the ratio counts: small files of little content are packed tightly."""

CHILD = Path(__file__).with_name("xlsx_child.py")
CHILD_S = 15
PIECE = 262_144

_FORBIDDEN = (
    ("vbaproject", "macros"),
    ("xl/macrosheets/", "macros"),
    ("xl/externallinks/", "links to other files"),
    ("xl/connections", "connections to other sources"),
    ("xl/embeddings/", "embedded objects"),
    ("xl/activex/", "controls"),
    ("customui/", "controls"),
)
_NEEDED = {"[Content_Types].xml", "xl/workbook.xml"}
_SYMLINK = 0o120000
_ROW = re.compile(rb'<row[^>]*\br="(\d{1,7})"')
_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_DANGER = re.compile(rb"<!DOCTYPE|<!ENTITY|ddeLink|TargetMode\s*=\s*[\"']External", re.IGNORECASE)


def read_xlsx(body: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """Each row of the first sheet with its number.

    Raises:
        FileRefused: `xlsx.archive`, `xlsx.content`, `xlsx.formula`, `xlsx.malformed`.
    """
    _archive_check(body)
    return _rows(body)


def _archive_check(body: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            members = archive.infolist()
            _directory_check(members, len(body))
            unpacked = 0
            for member in members:
                unpacked = _member_check(archive, member, unpacked, len(body))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError, zipfile.zlib.error):  # type: ignore[attr-defined]
        _refuse_archive("it is damaged")


def _directory_check(members: list[zipfile.ZipInfo], size: int) -> None:
    names = [member.filename for member in members]
    if len(members) > MAX_MEMBERS:
        _refuse_archive(f"it has more than {MAX_MEMBERS} parts")
    if len({name.lower() for name in names}) != len(names):
        _refuse_archive("two of its parts have one name")
    if not set(names) >= _NEEDED:
        _refuse_archive("it is no workbook")
    end = 0
    for member in sorted(members, key=lambda one: one.header_offset):
        if member.header_offset < end or member.compress_size > size:
            _refuse_archive("its parts overlap")
        end = member.header_offset + member.compress_size
        name = member.filename
        if ".." in name or "\\" in name or name.startswith("/") or ":" in name or "\x00" in name:
            _refuse_archive("a part leads out of it")
        if member.flag_bits & 0x1:
            _refuse_archive("it is encrypted")
        if (member.external_attr >> 16) & 0o170000 == _SYMLINK:
            _refuse_archive("a part is a link")
        for mark, words in _FORBIDDEN:
            if mark in name.lower():
                text = f"The workbook holds {words}."
                refuse("xlsx.content", 1, text, "Save it as a plain workbook (.xlsx) with values only.")


def _member_check(archive: zipfile.ZipFile, member: zipfile.ZipInfo, unpacked: int, size: int) -> int:
    """Unpack a part, counting: what the directory says of sizes may be a lie."""
    pieces: list[bytes] = []
    is_xml = member.filename.lower().endswith((".xml", ".rels", ".vml"))
    tail = b""
    with archive.open(member) as part:
        while piece := part.read(PIECE):
            unpacked += len(piece)
            if unpacked > MAX_UNPACKED or (unpacked > RATIO_FROM and unpacked > MAX_RATIO * size):
                _refuse_archive("it is packed too tightly to be a list")
            if not pieces and not tail and piece.startswith(b"PK\x03\x04"):
                _refuse_archive("it holds another archive")
            if is_xml and _DANGER.search(tail + piece):
                text = "The workbook refers to something outside itself."
                refuse("xlsx.content", 1, text, "Save it as a plain workbook (.xlsx) with values only.")
            tail = piece[-40:]
            if member.filename.startswith("xl/worksheets/"):
                pieces.append(piece)
    _formula_check(b"".join(pieces))
    return unpacked


def _formula_check(sheet: bytes) -> None:
    found = _FORMULA.search(sheet)
    if found is None:
        return
    rows = _ROW.findall(sheet, 0, found.start())
    line = int(rows[-1]) if rows else 1
    refuse("xlsx.formula", line, "A cell holds a formula.", "Paste the values in place of the formulas.")


def _rows(body: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """What the child reads, in a process with a limit on time and memory, and with nothing else of ours."""
    try:
        done = subprocess.run(  # noqa: S603  (our own program; the file is its input, never its arguments)
            [sys.executable, "-I", str(CHILD)], input=body, capture_output=True, timeout=CHILD_S, check=False
        )
    except subprocess.TimeoutExpired:
        _refuse_unreadable()
    if done.returncode:
        _refuse_unreadable()
    for line in done.stdout.splitlines():
        number, cells = json.loads(line)
        yield number, cells


def _refuse_archive(why: str) -> None:
    refuse("xlsx.archive", 1, f"The file is not taken: {why}.", "Save the list anew as .xlsx or CSV.")


def _refuse_unreadable() -> None:
    text = "The first sheet cannot be read with the time and memory that a list needs."
    refuse("xlsx.malformed", 1, text, "Copy the list into a new workbook, or save it as CSV.")
