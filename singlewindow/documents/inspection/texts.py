"""CSV, XML and JSON: UTF-8, whole, and read with the same strict parsers as messages."""

import csv
import io
import re

from singlewindow.documents.inspection.findings import DDE, SHEET_ROWS, UNREADABLE, XML_UNSAFE, Finding
from singlewindow.documents.types import Kind
from singlewindow.kernel import safe_xml, strict_json
from singlewindow.kernel.errors import DomainError

ROWS_MAX = 200_000
CELL_MAX = 32_768
MAX_BYTES = 10_485_760
STARTS_PROGRAM = re.compile(r"^[=+\-@\t\r\n ＝＋－＠]*[^|]{0,40}\|.{0,200}!", re.DOTALL)
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def text_findings(kind: Kind, data: bytes) -> list[Finding]:
    """Everything that is wrong with a text."""
    if b"\0" in data:
        return [UNREADABLE]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [UNREADABLE]
    if kind is Kind.CSV:
        return _csv(text)
    try:
        if kind is Kind.XML:
            safe_xml.parse(data, max_bytes=MAX_BYTES)
        else:
            strict_json.loads(data, max_bytes=MAX_BYTES)
    except DomainError as refused:
        unsafe = refused.code in {"xml.dtd_forbidden", "xml.too_deep", "xml.too_many_elements", "xml.encoding"}
        return [XML_UNSAFE if unsafe else UNREADABLE]
    return []


def _csv(text: str) -> list[Finding]:
    csv.field_size_limit(CELL_MAX)
    found: dict[Finding, None] = {}
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1):
            if number > ROWS_MAX:
                return [SHEET_ROWS]
            if any(cell.startswith(BEGINS_FORMULA) and STARTS_PROGRAM.match(cell) for cell in cells):
                found[DDE] = None
    except csv.Error:
        found[UNREADABLE] = None
    return list(found)
