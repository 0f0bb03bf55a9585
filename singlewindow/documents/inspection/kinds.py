"""Which kind a file is: its ending, the bytes that begin it, and what stands at its end must agree."""

import io
import zipfile

import filetype

from singlewindow.documents.inspection.findings import ARCHIVE, MALWARE, MISMATCH, TYPE, Finding
from singlewindow.documents.types import OF_EXTENSION, Kind

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
ARCHIVES = frozenset(
    {"zip", "tar", "rar", "gz", "bz2", "7z", "xz", "Z", "lz", "lzo", "lz4", "zst", "cab", "deb", "rpm", "ar", "br"}
)
MAGIC = {"pdf": Kind.PDF, "png": Kind.PNG, "jpg": Kind.JPEG, "tif": Kind.TIFF, "xlsx": Kind.XLSX}
TEXTS = frozenset({Kind.CSV, Kind.XML, Kind.JSON})
MARKUP = (b"<html", b"<!doctype html", b"<script", b"<svg", b"<iframe", b"<body", b"<?php", b"#!")
HEAD = 1_024


def extension_of(name: str) -> str:
    """The ending of a name, in small letters; empty when it has none."""
    _, dot, ending = name.rpartition(".")
    return ending.lower() if dot else ""


def kind_told(name: str, data: bytes) -> tuple[Kind | None, list[Finding]]:
    """The kind on which name and bytes agree, and what stands against it."""
    found = [MALWARE] if EICAR in data else []
    said = OF_EXTENSION.get(extension_of(name))
    seen = _seen(data)
    if seen in ARCHIVES and not (said is Kind.XLSX and seen == "zip"):
        return None, [*found, ARCHIVE]
    if said is None:
        return None, [*found, TYPE]
    agrees = seen == "" if said in TEXTS else (MAGIC.get(seen) is said or (said is Kind.XLSX and seen == "zip"))
    if not agrees or _markup(said, data) or _second_file(said, data):
        return None, [*found, MISMATCH]
    return said, found


def _seen(data: bytes) -> str:
    guess = filetype.guess(data[:8_192])
    return str(guess.extension) if guess else ""


def _markup(said: Kind, data: bytes) -> bool:
    """Whether a browser could take it for a page."""
    head = data[:HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if said in {Kind.CSV, Kind.JSON}:
        return head.startswith(MARKUP)
    inside = MARKUP[:5]
    if said is Kind.XML:
        return any(mark in head for mark in inside)
    return any(mark in head for mark in inside[:3])


def _second_file(said: Kind, data: bytes) -> bool:
    """Whether an archive hides behind or before the file (GIFAR and its like)."""
    if said is Kind.XLSX:
        return not data.startswith(b"PK\x03\x04")
    if said is Kind.PDF and not data.startswith(b"%PDF-"):
        return True
    return zipfile.is_zipfile(io.BytesIO(data))
