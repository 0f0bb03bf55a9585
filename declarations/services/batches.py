"""What became of each of many messages."""

from dataclasses import dataclass

from singlewindow.kernel.errors import Violation


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one of many messages was not lodged."""

    code: str
    violations: tuple[Violation, ...]
    known: bool = False
    """It was lodged before, with the same content."""


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What one committed batch of a load came to."""

    first_line: int
    read: int
    lodged: int
    known: int
    """Lodged before with the same content."""
    refused: tuple[tuple[int, Refusal], ...]
    """Each with the number of its line."""
