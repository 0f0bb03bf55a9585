"""Rows of files with commas, whatever their bytes: UTF-8 or Latin-1, as the offices publish them.

Source: docs/rules/screening.md, SC-LST-02 and SC-LST-03.
"""

import csv
import io
from collections.abc import Iterator

from singlewindow.screening.reading.values import Faults, SourceFile

ROWS_MOST = 500_000
CELL_MOST = 65_536
EMPTY = "-0-"
"""How OFAC writes that there is nothing."""

Row = tuple[int, list[str]]


def text_of(file: SourceFile, faults: Faults) -> str:
    """The text of a file; UTF-8, or Latin-1 where it is not that."""
    content = file.content.removesuffix(b"\x1a").removeprefix(b"\xef\xbb\xbf")
    if b"\x00" in content or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        line = content[: content.index(b"\x00")].count(b"\n") + 1 if b"\x00" in content else 1
        faults.add("SC-LST-03", file.name, line, "It holds a zero byte; it is no text.", "Save it as UTF-8 or Latin-1.")
        return ""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def rows_of(file: SourceFile, faults: Faults) -> list[Row]:
    """The rows with the line that each begins at, without empty ones and the old mark of a file's end."""
    return list(_rows(file, text_of(file, faults), faults))


def _rows(file: SourceFile, text: str, faults: Faults) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begin, count = 1, 0
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            faults.add("SC-LST-03", file.name, begin, f"The row cannot be read ({error}).", "Correct its quotes.")
            return
        if row is None:
            return
        line, begin = begin, reader.line_num + 1
        cells = [cleaned(cell) for cell in row]
        if not any(cells) or cells == ["\x1a"]:
            continue
        count += 1
        if count > ROWS_MOST:
            faults.add("SC-LST-03", file.name, line, f"It has more than {ROWS_MOST} rows.")
            return
        if max(map(len, cells)) > CELL_MOST:
            faults.add("SC-LST-03", file.name, line, f"A cell has more than {CELL_MOST} characters.")
            continue
        yield line, cells


def cleaned(cell: str) -> str:
    """The cell without blanks around it; nothing for OFAC's mark of nothing."""
    text = cell.strip(" \t\r\n\x1a")
    return "" if text == EMPTY else text
