"""Reads the first sheet of a workbook from standard input: one JSON array [row, cells] a line.

Started alone, in a process with little memory and time; it imports nothing of this project.
"""

import json
import resource
import sys
from decimal import Decimal
from io import BytesIO

MEMORY = 768 * 1024 * 1024
CPU_S = 10
MAX_ROWS = 10_050
MAX_COLUMNS = 64


def text_of(value: object) -> str:
    """A cell as a person reads it: whole numbers without a fraction, no exponents."""
    if isinstance(value, float):
        return format(Decimal(repr(value)).normalize(), "f")
    return str(value)


def main() -> None:
    """Read, and write what was read."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read()))
    sheet = book.get_sheet_by_index(0)
    if sheet.total_width > MAX_COLUMNS or sheet.total_height > 1_048_576:
        sys.exit(2)
    kept = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [text_of(value) for value in row]
        if not any(cells):
            continue
        kept += 1
        if kept > MAX_ROWS:
            break
        sys.stdout.write(json.dumps([number, cells]) + "\n")


if __name__ == "__main__":
    main()
