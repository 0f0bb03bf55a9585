"""Values of low-value filing that other parts may hold: columns, files read, lines decided."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from singlewindow.kernel.errors import Violation
from singlewindow.lowvalue.states import FileState, LineState

MAX_LINES = 10_000
"""Lines of one file (F23)."""


class FileFormat(StrEnum):
    """What a file is, told by its content."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the reduced data set."""

    name: str
    pointer: str
    """The field of the canonical message that it becomes."""
    sentence: str
    required: bool
    example: str
    source: str
    """WCO or UCC data element."""


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file whose structure is sound: its lines as plain texts, nothing decided yet."""

    format: FileFormat
    sha256: str
    lines: tuple[tuple[int, tuple[str, ...]], ...]
    """Each line's number in the file, and its cells in the order of the columns."""


@dataclass(frozen=True, slots=True)
class LineError:
    """One thing that is wrong with a line."""

    column: str
    """Empty where it is about the line as a whole."""
    rule: str
    message: str
    remedy: str = ""
    value: str = ""

    def as_values(self) -> dict[str, str]:
        """As it is stored and sent."""
        given = {
            "column": self.column,
            "rule": self.rule,
            "message": self.message,
            "remedy": self.remedy,
            "value": self.value,
        }
        return {name: text for name, text in given.items() if text}

    @classmethod
    def of(cls, violation: Violation, column: str) -> "LineError":
        """A finding in the message, told by the column it came from."""
        return cls(column, violation.rule, violation.message, violation.remedy, violation.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkFileHead:
    """A file as its sender sees it."""

    id: UUID
    name: str
    format: FileFormat
    sha256: str
    state: FileState
    lines: int
    lodged: int
    failed: int
    received_at: datetime
    done_at: datetime | None

    @property
    def checked(self) -> int:
        """Lines that were decided so far."""
        return self.lodged + self.failed

    @property
    def waiting(self) -> int:
        """Lines that were not looked at yet."""
        return self.lines - self.checked


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkLineRow:
    """One line that was decided."""

    line: int
    lrn: str
    state: LineState
    declaration_id: UUID | None
    mrn: str
    errors: tuple[LineError, ...]
    cells: tuple[str, ...]
    """What stood in it; kept for lines that failed."""

    def output(self) -> dict[str, Any]:
        """As the API gives it."""
        shown: dict[str, Any] = {"line": self.line, "lrn": self.lrn, "state": self.state.value}
        if self.declaration_id is not None:
            shown |= {"declaration_id": str(self.declaration_id), "mrn": self.mrn}
        return shown | {"errors": [error.as_values() for error in self.errors]}
