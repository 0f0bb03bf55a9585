"""Lists out: the sample, and the failed lines of a file, as CSV and as a workbook.

A text that a spreadsheet would take for a formula is written so that it does not (ASVS 1.2.10); reading takes the mark
away again.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from singlewindow.lowvalue.rules.columns import ERRORS, HEADER, examples
from singlewindow.lowvalue.types import BulkLineRow

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOM = "\ufeff"
"""Spreadsheets take a CSV for UTF-8 only when it begins with it."""

Rows = Iterable[Sequence[str]]


def sample() -> Iterator[Sequence[str]]:
    """The header and two lines that would be lodged."""
    yield HEADER
    yield from examples()


def failed(lines: Iterable[BulkLineRow]) -> Iterator[Sequence[str]]:
    """The failed lines as they came, with what is wrong in a further column: to be corrected and sent again."""
    yield (*HEADER, ERRORS)
    for line in lines:
        found = (f"{error.column}: {error.message}" if error.column else error.message for error in line.errors)
        yield (*line.cells, f"Line {line.line}. " + " ".join(found))


def neutralised(text: str) -> str:
    """The text, marked as text where it begins like a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def as_csv(rows: Rows) -> Iterator[bytes]:
    """CSV row by row, so that memory holds one of them."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    buffer.write(BOM)
    for row in rows:
        writer.writerow([neutralised(cell) for cell in row])
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()


def as_xlsx(rows: Rows) -> bytes:
    """A workbook of one sheet whose cells are all texts."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Lines")
    for row in rows:
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=neutralised(text))
            cell.data_type = "s"
            cell.number_format = "@"
            cells.append(cell)
        sheet.append(cells)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()
