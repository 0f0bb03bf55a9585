"""How a field of the record is declared: its name, its kind, what people call it, and how it is read."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import SupportsFloat, TypeAlias

from risk.rules.consignment import Consignment, Line
from risk.types import Facts

Value: TypeAlias = str | float | bool | list[str]
Values: TypeAlias = dict[str, Value]
HeaderReader: TypeAlias = Callable[[Consignment, Facts], Value | None]
ItemReader: TypeAlias = Callable[[Line, Facts], Value | None]


class Kind(StrEnum):
    """What a field holds."""

    CODE = "code"  # a short text that is compared whole or by its beginning
    NUMBER = "number"
    FLAG = "flag"
    CODES = "codes"  # several codes


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is known of a declaration or of an item."""

    name: str
    kind: Kind
    label: str
    """For people, in English; pages translate it."""
    group: str
    item: bool = False
    unit: str = ""


FIELDS: dict[str, Field] = {}
"""Every field by its name; the catalogue that the page of a profile offers."""
HEADER_READERS: dict[str, HeaderReader] = {}
ITEM_READERS: dict[str, ItemReader] = {}


def header_field(name: str, kind: Kind, label: str, group: str, read: HeaderReader, unit: str = "") -> None:
    """Declare a field of the whole declaration."""
    if name in FIELDS:
        raise ValueError(f"field {name} is declared twice")
    FIELDS[name] = Field(name, kind, label, group, unit=unit)
    HEADER_READERS[name] = read


def item_field(name: str, kind: Kind, label: str, group: str, read: ItemReader, unit: str = "") -> None:
    """Declare a field of each item."""
    if name in FIELDS:
        raise ValueError(f"field {name} is declared twice")
    FIELDS[name] = Field(name, kind, label, group, item=True, unit=unit)
    ITEM_READERS[name] = read


def codes(found: Iterable[str | None]) -> list[str] | None:
    """Several codes in one order; none where there are none."""
    return sorted({code for code in found if code}) or None


def number(value: SupportsFloat | None) -> float | None:
    """A number as records hold it."""
    return float(value) if value is not None else None


def share(part: SupportsFloat | None, whole: SupportsFloat | None) -> float | None:
    """A part of a whole; none where either is not known or the whole is nothing."""
    if part is None or whole is None or not float(whole):
        return None
    return float(part) / float(whole)
