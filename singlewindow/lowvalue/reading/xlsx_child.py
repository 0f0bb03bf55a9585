"""Reads the first sheet of a workbook from standard input: one JSON array [row, cells] a line.

A formula anywhere is told as [row, null] and ends the reading: its value here may not be the one that the sender saw.

Started alone, in a process with little memory and time; it imports nothing of this project.
"""

import json
import re
import resource
import sys
import zipfile
from decimal import Decimal
from io import BytesIO

MEMORY = 768 * 1024 * 1024
CPU_S = 10
MAX_ROWS = 10_050
MAX_COLUMNS = 64
MAX_CELL = 2_100
"""More than any column takes, so that who reads the answer still sees that a cell is too long."""
MAX_ANSWER = 40_000_000
"""Characters: one long text that a small file repeats in every cell would fill the memory of who waits for it."""
ROW = re.compile(rb'<row[^>]*\br="(\d{1,7})"')
FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")


def text_of(value: object) -> str:
    """A cell as a person reads it: whole numbers without a fraction, no exponents."""
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f")
    return str(value)


def formula_in(body: bytes) -> int:
    """The row of the first formula in any sheet, or 0."""
    with zipfile.ZipFile(BytesIO(body)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and (found := FORMULA.search(sheet := archive.read(name))):
                rows = ROW.findall(sheet, 0, found.start())
                return int(rows[-1]) if rows else 1
    return 0


def main() -> None:
    """Read, and write what was read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from python_calamine import CalamineWorkbook

    body = sys.stdin.buffer.read()
    if formula := formula_in(body):
        sys.stdout.write(json.dumps([formula, None]) + "\n")
        return
    book = CalamineWorkbook.from_filelike(BytesIO(body))
    sheet = book.get_sheet_by_index(0)
    if sheet.total_width > MAX_COLUMNS or sheet.total_height > 1_048_576:
        sys.exit(2)
    kept = written = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [text_of(value)[:MAX_CELL] for value in row]
        if not any(cells):
            continue
        kept += 1
        if kept > MAX_ROWS:
            break
        line = json.dumps([number, cells]) + "\n"
        written += len(line)
        if written > MAX_ANSWER:
            sys.exit(3)
        sys.stdout.write(line)


if __name__ == "__main__":
    main()
