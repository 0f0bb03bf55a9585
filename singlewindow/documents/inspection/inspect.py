"""The one question: is this file what it says, and safe to open?"""

from singlewindow.documents.inspection.findings import TOO_SLOW, Finding
from singlewindow.documents.inspection.kinds import kind_told
from singlewindow.documents.inspection.pdf import pdf_findings
from singlewindow.documents.inspection.pictures import picture_findings
from singlewindow.documents.inspection.sheets import sheet_findings
from singlewindow.documents.inspection.texts import text_findings
from singlewindow.documents.types import Kind

PICTURES = frozenset({Kind.PNG, Kind.JPEG, Kind.TIFF})


def inspect(name: str, data: bytes) -> tuple[Kind | None, list[Finding]]:
    """The kind of a file, and everything that stands against taking it."""
    kind, found = kind_told(name, data)
    if kind is None:
        return None, found
    try:
        return kind, list(dict.fromkeys(found + _of_kind(kind, data)))
    except MemoryError:
        return kind, [*found, TOO_SLOW]


def _of_kind(kind: Kind, data: bytes) -> list[Finding]:
    if kind is Kind.PDF:
        return pdf_findings(data)
    if kind is Kind.XLSX:
        return sheet_findings(data)
    return picture_findings(kind, data) if kind in PICTURES else text_findings(kind, data)
