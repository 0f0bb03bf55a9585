"""CSV as RFC 4180 has it: UTF-8, commas, double quotes; nothing is guessed."""

import csv
import io
from collections.abc import Iterator, Sequence

from singlewindow.lowvalue.reading.lines import refuse

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_csv(body: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """Each row with the number of the line on which it ends.

    Raises:
        FileRefused: `csv.encoding`, `csv.null`, `csv.malformed`.
    """
    rows = csv.reader(io.StringIO(_decoded(body), newline=""), strict=True)
    while True:
        try:
            cells = next(rows, None)
        except csv.Error as error:
            refuse("csv.malformed", max(rows.line_num, 1), _why(error), "Check the quotes around the cells.")
        if cells is None:
            return
        yield rows.line_num, cells


def _decoded(body: bytes) -> str:
    if body.startswith(_UTF16):
        refuse("csv.encoding", 1, "The file is written in UTF-16.", "Save it as CSV in UTF-8.")
    null = body.find(b"\x00")
    if null >= 0:
        refuse("csv.null", body.count(b"\n", 0, null) + 1, "The file holds a zero byte.", "Save the file anew.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        refuse("csv.encoding", line, "The text is not UTF-8.", "Save the file as CSV in UTF-8.")


def _why(error: csv.Error) -> str:
    text = str(error)
    if "limit" in text:
        return "A cell is far too long."
    if "unexpected end" in text:
        return "A quoted cell is never closed."
    return "The quotes do not match."
