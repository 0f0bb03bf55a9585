"""What the engine sees of a declaration, as a flat record: the fields that profiles ask, models learn and replays keep.

A record is made once, when a declaration is scored, from the message and the facts of that instant; it is stored with
the result, so that any later rule set can be tried on exactly what was known then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from risk.rules import fields_header, fields_item  # noqa: F401 - importing them declares their fields
from risk.rules.consignment import Consignment
from risk.rules.fields import FIELDS, HEADER_READERS, ITEM_READERS, Field, Kind, Value, Values
from risk.types import Facts

__all__ = [
    "FIELDS",
    "HEADER_READERS",
    "ITEM_READERS",
    "Field",
    "Kind",
    "Record",
    "Value",
    "Values",
    "record_from",
    "record_of",
]


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of a declaration and of each of its items; an absent field is not known."""

    header: Values
    items: tuple[Values, ...]

    def plain(self) -> dict[str, Any]:
        """As JSON values, in one order."""
        return {"h": self.header, "i": list(self.items)}


def record_of(consignment: Consignment, facts: Facts) -> Record:
    """The record of a declaration: what is not known is left out."""
    header = {name: value for name, read in HEADER_READERS.items() if (value := read(consignment, facts)) is not None}
    readers = ITEM_READERS.items()
    items = tuple(
        {name: value for name, read in readers if (value := read(line, facts)) is not None}
        for line in consignment.lines
    )
    return Record(header, items)


def record_from(plain: Mapping[str, Any]) -> Record:
    """A stored record."""
    return Record(plain["h"], tuple(plain["i"]))
