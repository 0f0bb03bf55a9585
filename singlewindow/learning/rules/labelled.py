"""Labelled declarations from a CSV file of a stranger: read whole, or refused with rows and columns."""

import csv
import hashlib
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

import numpy as np

from singlewindow.kernel.errors import Violation
from singlewindow.learning.types import CATEGORIES, NUMBERS, FrameRefused, LabelledFrame, frame_of

COLUMNS = {
    "Date": "day",
    "Office ID": "office",
    "Process Type": "process",
    "Import Type": "nature",
    "Import Use": "use",
    "Payment Type": "payment",
    "Mode of Transport": "mode",
    "Declarant ID": "declarant",
    "Importer ID": "trader",
    "Seller ID": "partner",
    "Courier ID": "courier",
    "HS6 Code": "hs6",
    "Country of Departure": "dispatch",
    "Country of Origin": "origin",
    "Tax Rate": "tax_rate",
    "Tax Type": "tax_type",
    "Country of Origin Indicator": "origin_mark",
    "Net Mass": "net_mass",
    "Item Price": "price",
    "Fraud": "fraud",
    "Critical Fraud": "critical",
}
"""Columns of the labelled format by their canonical names; others are not read."""

LARGEST_FILE = 2_000_000_000
LONGEST_LINE = 20_000
LONGEST_TEXT = 64
LARGEST_NUMBER = 1e15
TOLD = 20
"""So many faults are told; what follows is most likely the same one again."""
CRITICAL_VALUES = {"0": 0, "1": 0, "2": 1}

_HS6 = re.compile(r"[0-9]{6}")
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """What a file holds, and the SHA-256 of its bytes."""

    frame: LabelledFrame
    sha256: str


def labelled_read(path: Path) -> LabelledFile:
    """Read a file of the labelled format.

    Raises:
        FrameRefused: LM-CSV, it is none; every violation names its row (the first row of data is 2) and column.
        OSError: it cannot be opened.
    """
    if path.stat().st_size > LARGEST_FILE:
        raise FrameRefused(f"{path.name} is larger than {LARGEST_FILE:,} bytes.")
    digest = hashlib.sha256()
    with path.open("rb") as file:
        lines = _Lines(file, digest, path.name)
        reader = csv.reader(lines, strict=True)
        try:
            columns = _columns(reader, path.name)
        except csv.Error as error:
            raise _refused(
                path.name, [_violation(reader.line_num, "", f"The line cannot be read: {error}.")]
            ) from error
    return LabelledFile(_frame(columns, path.name), digest.hexdigest())


class _Lines:
    """The lines of a file as text, refused at the first that is no text or too long to be one."""

    def __init__(self, file: BinaryIO, digest: "hashlib._Hash", name: str) -> None:
        self._file, self._digest, self._name, self._number = file, digest, name, 0

    def __iter__(self) -> Iterator[str]:
        while line := self._file.readline(LONGEST_LINE + 1):
            self._number += 1
            self._digest.update(line)
            if len(line) > LONGEST_LINE:
                raise _refused(self._name, [_violation(self._number, "", f"It is longer than {LONGEST_LINE} bytes.")])
            try:
                yield line.decode("utf-8-sig" if self._number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise _refused(self._name, [_violation(self._number, "", "It is no UTF-8 text.")]) from error


def _columns(reader: "Iterator[list[str]]", name: str) -> dict[str, list[str]]:
    header = next(reader, [])
    missing = [column for column in COLUMNS if header.count(column) == 0]
    doubled = [column for column in COLUMNS if header.count(column) > 1]
    faults = [_violation(1, "", f"These columns are missing: {', '.join(missing)}.")] if missing else []
    faults += [_violation(1, column, "It stands there more than once.") for column in doubled]
    if faults:
        raise _refused(name, faults)
    rows = []
    for number, row in enumerate(reader, 2):
        if len(row) != len(header):
            faults.append(_violation(number, "", f"It has {len(row)} fields; the heading has {len(header)}."))
        rows.append(row)
        if len(faults) == TOLD:
            break
    if not rows:
        faults.append(_violation(2, "", "There is no row of data."))
    if faults:
        raise _refused(name, faults)
    places = {canonical: header.index(column) for column, canonical in COLUMNS.items()}
    return {canonical: [row[place] for row in rows] for canonical, place in places.items()}


def _frame(columns: dict[str, list[str]], name: str) -> LabelledFrame:
    faults: list[Violation] = []
    titles = {canonical: title for title, canonical in COLUMNS.items()}

    def read(canonical: str, of: Callable[[str], object]) -> list[object]:
        known: dict[str, object] = {}
        made: list[object] = []
        for number, value in enumerate(columns[canonical], 2):
            if value not in known:
                try:
                    known[value] = of(value)
                except ValueError as error:
                    if len(faults) < TOLD:
                        faults.append(_violation(number, titles[canonical], str(error), value[:LONGEST_TEXT]))
                    made.append(None)
                    continue
            made.append(known[value])
        return made

    days = read("day", _day)
    texts = {column: read(column, _hs6 if column == "hs6" else _text) for column in CATEGORIES}
    numbers = {column: read(column, _number) for column in NUMBERS}
    fraud = read("fraud", lambda value: _one_of(value, {"0": 0, "1": 1}))
    critical = read("critical", lambda value: _one_of(value, CRITICAL_VALUES))
    faults += _disagreeing(columns["fraud"], columns["critical"]) if not faults else []
    if faults:
        raise _refused(name, faults)
    return LabelledFrame(
        frame_of(days, texts=texts, numbers=numbers),  # type: ignore[arg-type]
        np.array(fraud, dtype=np.int64),
        np.array(critical, dtype=np.int64),
    )


def _day(value: str) -> int:
    try:
        return date.fromisoformat(value).toordinal() if len(value) == len("2020-01-01") else _fail()
    except ValueError:
        raise ValueError("It is no date of the form 2020-01-31.") from None


def _fail() -> int:
    raise ValueError


def _hs6(value: str) -> str:
    if not _HS6.fullmatch(value):
        raise ValueError("An HS6 code has six digits.")
    return value


def _text(value: str) -> str:
    if len(value) > LONGEST_TEXT or not (value.isprintable()):
        raise ValueError(f"A code has at most {LONGEST_TEXT} printable characters.")
    return value


def _number(value: str) -> float:
    if value == "":
        return math.nan
    if not _NUMBER.fullmatch(value):
        raise ValueError("It is no number.")
    number = float(value)
    if not 0 <= number <= LARGEST_NUMBER:
        raise ValueError(f"A number lies between 0 and {LARGEST_NUMBER:.0e}.")
    return number


def _one_of(value: str, allowed: dict[str, int]) -> int:
    if value not in allowed:
        raise ValueError(f"It must be one of {', '.join(allowed)}.")
    return allowed[value]


def _disagreeing(fraud: list[str], critical: list[str]) -> list[Violation]:
    wrong = [
        place for place, pair in enumerate(zip(fraud, critical, strict=True)) if (pair[0] == "0") != (pair[1] == "0")
    ]
    message = "Fraud and Critical Fraud disagree: one is 0, the other is not."
    return [_violation(place + 2, "Critical Fraud", message, critical[place]) for place in wrong[:TOLD]]


def _violation(row: int, column: str, message: str, value: str = "") -> Violation:
    return Violation("LM-CSV", f"/{row}/{column}" if column else f"/{row}", message, value=value)


def _refused(name: str, faults: list[Violation]) -> FrameRefused:
    told = [f"row {fault.pointer[1:].replace('/', ', column ', 1)}: {fault.message}" for fault in faults[:TOLD]]
    shown = [
        f"{line} (found: {fault.value!r})" if fault.value else line for line, fault in zip(told, faults, strict=False)
    ]
    return FrameRefused(f"{name} cannot be read. " + " ".join(shown), violations=faults[:TOLD])
