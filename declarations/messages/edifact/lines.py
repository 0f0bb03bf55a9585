"""The vocabulary of the mapping: a line is a segment and the canonical fields that it carries."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

Position = tuple[int, int]
"""An element after the tag, and a component in it; both counted from 1."""

MUTUALLY_DEFINED: Final = "ZZZ"
"""Code list agency (3055) of codes that sender and window agreed on."""


@dataclass(frozen=True, slots=True)
class Codec:
    """A value as components, and back. What cannot be written (None) goes the coded way; see `paths`."""

    write: Callable[[Any], Sequence[str] | None]
    read: Callable[[Sequence[str]], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """One canonical field of a line."""

    path: str
    """Relative to what the line fills; empty for a list of plain values."""
    at: Position
    codec: Codec
    span: int = 1
    """Components that it may take."""
    codes: str = ""
    """Name of the code list that is written after it (1131, with 3055 ZZZ); codes of other lists are not taken."""


@dataclass(frozen=True, slots=True)
class Line:
    """One segment of the message."""

    tag: str
    fields: tuple[Field, ...]
    fixed: tuple[tuple[Position, tuple[str, ...]], ...] = ()
    """What tells it from others of its tag; the first value is written, any of them is read."""
    key: str = ""
    """The part of the message that it fills, slash-separated; empty for the part around it."""
    many: bool = False
    """Whether the key is a list, one segment an entry."""
    numbered: str = ""
    """A field of each entry that counts from 1, and is only written where it does not."""
    needs: Position = (0, 0)
    """A component without which the segment says nothing that has a field here."""
    below: tuple["Line", ...] = ()
    """Segments that follow it and belong to it."""
    writes: bool = True
    """Whether it is written; some are only read."""


def first(parts: Sequence[str]) -> str:
    """The text as it stands."""
    return parts[0]


def text(limit: int) -> Codec:
    """A text of one component."""

    def write(value: Any) -> Sequence[str] | None:
        return (value,) if isinstance(value, str) and len(value) <= limit else None

    return Codec(write, first)


def words(limit: int, count: int) -> Codec:
    """A text of several components, broken at spaces only, so that joining them with spaces gives it back."""

    def write(value: Any) -> Sequence[str] | None:
        lines: list[str] = []
        rest = str(value)
        while len(rest) > limit:
            cut = rest.rfind(" ", 1, limit + 1)
            while cut > 0 and (rest[cut - 1] == " " or rest[cut + 1 : cut + 2] in ("", " ")):
                cut = rest.rfind(" ", 1, cut)
            if cut <= 0:
                return None
            lines.append(rest[:cut])
            rest = rest[cut + 1 :]
        lines.append(rest)
        return lines if len(lines) <= count else None

    return Codec(write, lambda parts: " ".join(part for part in parts if part))


_WHOLE = re.compile(r"[0-9]{1,8}", re.ASCII)
_DECIMAL = re.compile(r"[0-9]+,[0-9]+", re.ASCII)


def _whole_read(parts: Sequence[str]) -> Any:
    return int(parts[0]) if _WHOLE.fullmatch(parts[0]) else parts[0]


def _decimal_read(parts: Sequence[str]) -> str:
    """A decimal; the comma is a decimal mark of EDIFACT too."""
    return parts[0].replace(",", ".") if _DECIMAL.fullmatch(parts[0]) else parts[0]


whole = Codec(lambda value: (str(value),), _whole_read)
flag = Codec(lambda value: ("1" if value else "0",), lambda parts: {"1": True, "0": False}.get(parts[0], parts[0]))


def decimal(limit: int) -> Codec:
    """A decimal number of so many characters."""
    return Codec(lambda value: (value,) if len(value) <= limit else None, _decimal_read)
