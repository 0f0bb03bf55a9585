"""A workbook: looked through as every file here is, then its first sheet is read by a child that may use little.

Source: reliability.md 2.8; docs/rules/lowvalue.md, LV-FIL.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from singlewindow.documents.services import file_check
from singlewindow.kernel.errors import RuleViolated, Violation
from singlewindow.lowvalue.reading.lines import FileRefused, refuse

CHILD = Path(__file__).with_name("xlsx_child.py")
CHILD_S = 15


def read_xlsx(body: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """Each row of the first sheet with its number.

    Raises:
        FileRefused: `file.*` with every finding of the inspection; `xlsx.formula`, `xlsx.malformed`.
    """
    try:
        with tempfile.TemporaryFile() as file:  # the inspecting process reads a real file
            file.write(body)
            file.seek(0)
            file_check("list.xlsx", file)
    except RuleViolated as refusal:
        found = [
            Violation(f"format.{one.source or refusal.code}", "", one.message, one.remedy) for one in refusal.violations
        ]
        raise FileRefused(refusal.detail, code=refusal.code, violations=found) from refusal
    return _rows(body)


def _rows(body: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """What the child reads, in a process with a limit on time and memory, and with nothing else of ours."""
    try:
        done = subprocess.run(  # noqa: S603  (our own program; the file is its input, never its arguments)
            [sys.executable, "-I", str(CHILD)], input=body, capture_output=True, timeout=CHILD_S, check=False, env={}
        )
    except subprocess.TimeoutExpired:
        _refuse_unreadable()
    if done.returncode:
        _refuse_unreadable()
    for line in done.stdout.splitlines():
        number, cells = json.loads(line)
        if cells is None:
            text = "A cell holds a formula."
            refuse("xlsx.formula", number, text, "Paste the values in place of the formulas.")
        yield number, cells


def _refuse_unreadable() -> None:
    text = "The first sheet cannot be read with the time and memory that a list needs."
    refuse("xlsx.malformed", 1, text, "Copy the list into a new workbook, or save it as CSV.")
