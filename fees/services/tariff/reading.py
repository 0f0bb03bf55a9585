"""Reading the files of a tariff: every line that is wrong is named, and a tariff with one such line is not taken."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Final

from fees.services.tariff.sheets import NOMENCLATURE, SHEETS, Row, Sheet
from singlewindow.kernel.csv_out import FORMULA_STARTS
from singlewindow.kernel.errors import RuleViolated, TooLarge, Violation
from singlewindow.reference.selectors import nomenclature_lines

FILE_BYTES_MOST: Final = 20_000_000
FOUND_MOST: Final = 500
"""Findings that are told; a file with more is of another kind altogether."""
FILES: Final = {sheet.file: sheet for sheet in SHEETS if sheet.read is not None}
"""The files of a tariff by their names."""
INDENTS: Final = {2: 0, 4: 0, 6: 1}
"""How deep a line of so many digits stands; national lines stand under their subheading."""

Wanted = dict[str, dict[str, Row]]
"""The rows that shall stand: by sheet, by key. A sheet that is not here stays as it is."""


def folder_read(folder: Path) -> Wanted:
    """The rows of the files of a folder. Raises TooLarge and RuleViolated (FE-TAR-05, FE-TAR-02)."""
    found = {name: folder / name for name in FILES if (folder / name).is_file()}
    too_large = [path.name for path in found.values() if path.stat().st_size > FILE_BYTES_MOST]
    if too_large:
        raise _too_large(too_large[0])
    return files_read({name: path.read_bytes() for name, path in found.items()})


def files_read(files: Mapping[str, bytes]) -> Wanted:
    """The rows of CSV files by their names; what stands in no file stays as it is.

    Raises:
        TooLarge: a file is larger than is read.
        RuleViolated: FE-TAR-05, a file or line cannot be read; FE-TAR-02, two lines about the same hold on one day.
            All findings at once, and nothing is loaded.
    """
    for name, content in files.items():
        if len(content) > FILE_BYTES_MOST:
            raise _too_large(name)
    wrong = [
        _unreadable(name, 0, f"the name is none of {', '.join(sorted(FILES))}") for name in files if name not in FILES
    ]
    wanted: Wanted = {}
    for name, sheet in FILES.items():
        if name in files:
            wanted[sheet.name] = _sheet_read(sheet, files[name], wrong)
    if not files:
        wrong.append(_unreadable("", 0, "no file of a tariff was given"))
    if wrong:
        raise RuleViolated("The tariff files cannot be loaded.", violations=wrong[:FOUND_MOST])
    return wanted


def overlaps_find(sheet: Sheet, rows: Iterable[Row]) -> Iterator[Row]:
    """Rows that hold on a day on which another row about the same holds already (FE-TAR-02)."""
    if not sheet.exclusive:
        return
    by_subject: dict[str, list[Row]] = {}
    for row in rows:
        by_subject.setdefault(sheet.subject(row), []).append(row)
    for together in by_subject.values():
        together.sort(key=lambda row: row["valid_from"])
        for before, after in pairwise(together):
            if before["valid_to"] is None or before["valid_to"] >= after["valid_from"]:
                yield after


def _sheet_read(sheet: Sheet, content: bytes, wrong: list[Violation]) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    numbers: dict[str, int] = {}
    read = sheet.read
    assert read is not None  # only sheets with a file are read
    for number, line in _lines(sheet, content, wrong):
        try:
            values = read(line)
        except (ValueError, InvalidOperation, KeyError) as error:
            wrong.append(_unreadable(sheet.file, number, _why(error)))
            continue
        column = sheet.too_long(values)
        if column:
            wrong.append(_unreadable(sheet.file, number, f"{column} is too long"))
            continue
        key = sheet.key(values)
        rows[key], numbers[key] = values, number
    if sheet is NOMENCLATURE:
        rows = _completed(rows)
    for again in overlaps_find(sheet, rows.values()):
        number = numbers.get(sheet.key(again), 0)
        message = f"{sheet.file}, line {number}: another line about the same holds on {again['valid_from']}."
        wrong.append(Violation("FE-TAR-02", f"/{sheet.file}/{number}", message, "End one before the other begins."))
    return rows


def _lines(sheet: Sheet, content: bytes, wrong: list[Violation]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        wrong.append(_unreadable(sheet.file, 1 + content[: error.start].count(b"\n"), "it is not UTF-8"))
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if tuple(next(reader, ())) != sheet.columns:
            wrong.append(_unreadable(sheet.file, 1, f"the header must be {','.join(sheet.columns)}"))
            return
        for cells in reader:
            why = _cells_wrong(sheet, cells)
            if why:
                wrong.append(_unreadable(sheet.file, reader.line_num, why))
            else:
                yield reader.line_num, dict(zip(sheet.columns, cells, strict=True))
            if len(wrong) > FOUND_MOST:
                return
    except csv.Error as error:
        wrong.append(_unreadable(sheet.file, reader.line_num, str(error)))


def _cells_wrong(sheet: Sheet, cells: list[str]) -> str:
    if len(cells) != len(sheet.columns):
        return f"it has {len(cells)} cells, the header {len(sheet.columns)}"
    for name, cell in zip(sheet.columns, cells, strict=True):
        if cell.startswith(FORMULA_STARTS):
            return f"{name} begins with {cell[0]!r}, which a spreadsheet would run"
        if any(not (mark.isprintable() or mark == " ") for mark in cell):
            return f"{name} holds a character that is not printed"
    return ""


def _completed(own: dict[str, Row]) -> dict[str, Row]:
    """The country's own lines above the Harmonized System; a line of the file takes the place of the one below it."""
    taken = {(row["code"], row["suffix"]) for row in own.values()}
    lines = []
    for line in nomenclature_lines():  # a heading comes before the only subheading, which has its ten digits
        place = (line.code.ljust(10, "0"), "80")
        if place not in taken:
            taken.add(place)
            lines.append(line)
    above = {line.code[:length] for line in lines for length in (2, 4, 6, 8) if length < len(line.code)}
    above |= {
        row["code"][:length] for row in own.values() for length in (2, 4, 6, 8) if row["code"][length:].strip("0")
    }
    rows = (
        _line(line.code, line.description, line.unit, line.code not in above, line.valid_from, line.valid_to)
        for line in lines
    )
    return {NOMENCLATURE.key(row): row for row in rows} | own


def _line(code: str, description: str, unit: str, declarable: bool, first: date, last: date | None) -> Row:
    return {
        "code": code.ljust(10, "0"),
        "suffix": "80",
        "indent": INDENTS.get(len(code), 2),
        "description": description,
        "unit": unit,
        "declarable": declarable,
        "footnotes": [],
        "valid_from": first,
        "valid_to": last,
    }


def _unreadable(file: str, line: int, why: str) -> Violation:
    where = f"{file}, line {line}" if line else file
    return Violation(rule="FE-TAR-05", pointer=f"/{file}/{line}", message=f"{where}: {why}.")


def _too_large(name: str) -> TooLarge:
    told = f"{name} is larger than {FILE_BYTES_MOST} bytes."
    return TooLarge(told, code="tariff.too_large", violations=(Violation("FE-TAR-05", f"/{name}", told),))


def _why(error: Exception) -> str:
    return "a number cannot be read" if isinstance(error, InvalidOperation) else str(error)
