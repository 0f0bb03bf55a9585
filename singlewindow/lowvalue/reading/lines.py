"""What every file must be, whatever its format: the header exact, every line whole, no formula, no hidden character."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NoReturn

from singlewindow.kernel.errors import FormatRefused, Violation
from singlewindow.lowvalue.rules.columns import ERRORS, HEADER
from singlewindow.lowvalue.types import MAX_LINES

Lines = tuple[tuple[int, tuple[str, ...]], ...]
MAX_CELL = 2_000
"""Characters of a cell; no column takes as many."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_FORMULA = ("=", "@", "＝", "＠")
_NEUTRALISED = re.compile(r"'(?=[=+\-@＝＋－＠])")


class FileRefused(FormatRefused):
    """The file is refused as a whole, and none of its lines is filed."""

    code = "file"
    status = 422
    title = "The file cannot be read"


def refuse(code: str, line: int, message: str, remedy: str = "", *, column: str = "", value: str = "") -> NoReturn:
    """Refuse a file because of one of its lines."""
    where = f"Line {line}" + (f", column {column}" if column else "")
    sentence = f"{where}: {message}"
    pointer = f"/lines/{line}" + (f"/{column}" if column else "")
    raise FileRefused(sentence, code=code, violations=[Violation(f"format.{code}", pointer, sentence, remedy, value)])


def sound(rows: Iterable[tuple[int, Sequence[str]]], family: str) -> Lines:
    """The lines below the header, each cell clean; what is empty from the first to the last cell is passed over.

    Raises:
        FileRefused: `.header`, `.columns`, `.formula`, `.control_character`, `.cell_too_long`, `.too_many_lines`,
            `.no_lines`.
    """
    wanted = 0
    lines: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in rows:
        if not any(cells):
            continue
        if not wanted:
            wanted = _header(number, cells, family)
            continue
        if len(cells) != wanted:
            refuse(f"{family}.columns", number, f"There are {len(cells)} cells; the header has {wanted}.", _COLUMNS)
        if len(lines) == MAX_LINES:
            text = f"There are more than {MAX_LINES} lines."
            refuse(f"{family}.too_many_lines", number, text, "Split the file.")
        named = zip(HEADER, cells, strict=False)
        lines.append((number, tuple(_clean(cell, number, column, family) for column, cell in named)))
    if not wanted or not lines:
        refuse(f"{family}.no_lines", 1, "There is no line below the header.", "Add a line for each consignment.")
    return tuple(lines)


_COLUMNS = "Write every cell, also empty ones; put text that holds a comma in double quotes."
_HEADER = "Copy the first line of the sample file: names and order are fixed."


def _header(number: int, cells: Sequence[str], family: str) -> int:
    names = tuple(cell.strip() for cell in cells)
    if names in (HEADER, (*HEADER, ERRORS)):
        return len(names)
    if len(names) == 1 and ";" in names[0]:
        text = "Cells are separated by semicolons; commas are read."
        refuse(f"{family}.separator", number, text, "Save the file with commas.")
    for place, name in enumerate(HEADER):
        if place >= len(names):
            refuse(f"{family}.header", number, f"The column {name} is missing.", _HEADER)
        if names[place] != name:
            text = f"Column {place + 1} is headed {names[place][:40]!r}, and {name} is expected."
            refuse(f"{family}.header", number, text, _HEADER)
    refuse(f"{family}.header", number, f"There are {len(names) - len(HEADER)} columns too many.", _HEADER)


def _clean(cell: str, number: int, column: str, family: str) -> str:
    if len(cell) > MAX_CELL:
        text = f"The cell has {len(cell)} characters."
        refuse(f"{family}.cell_too_long", number, text, f"Use at most {MAX_CELL}.", column=column)
    if (found := _CONTROL.search(cell)) is not None:
        text = f"The cell holds the control character U+{ord(found[0]):04X}."
        refuse(f"{family}.control_character", number, text, "Write each cell on one line.", column=column)
    if _SURROGATE.search(cell):
        refuse(f"{family}.encoding", number, "The cell holds half a character.", "Save the file anew.", column=column)
    text = cell.strip()
    if text.startswith(_FORMULA):
        refuse(
            f"{family}.formula",
            number,
            "The cell begins like a formula.",
            "Write the value itself, not a formula.",
            column=column,
            value=text[:60],
        )
    text = _NEUTRALISED.sub("", text, count=1) if text.startswith("'") else text
    return text if text.isascii() else unicodedata.normalize("NFC", text)
