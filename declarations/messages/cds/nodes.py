"""How an element of the XML message is described: its name, what it may hold, and where that goes.

A `Leaf` holds a value, a `Group` holds elements. `to` names the field of the canonical form relative to the object
around it (`transport.carrier` is the carrier in the object `transport`); a group without `to` is transparent, and its
elements go to the object around. The order of the parts is the order of the message.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from lxml.etree import _Element

WCO = "urn:wco:datamodel:WCO:DEC-DMS:2"
WCO_TYPES = "urn:wco:datamodel:WCO:Declaration_DS:DMS:2"

Object: TypeAlias = dict[str, Any]
Reader: TypeAlias = Callable[[str, _Element], Any]
Fold: TypeAlias = Callable[[Object, Object], None]


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element with a value. Without `to` it is kept among `other_elements`."""

    name: str
    to: str = ""
    read: Reader | None = None
    """Turns the text into the canonical value; text that it cannot turn passes on and is refused by the schema."""
    many: bool = False
    limit: int = 0
    """Most characters, for a value that a fold joins or drops so that the schema never sees it by itself."""
    into: str = field(init=False, compare=False, default="")
    key: str = field(init=False, compare=False, default="")

    def __post_init__(self) -> None:
        _split_target(self)


@dataclass(frozen=True, slots=True)
class Group:
    """An element that holds elements."""

    name: str
    parts: tuple["Leaf | Group", ...]
    to: str = ""
    many: bool = False
    fold: Fold | None = None
    """Puts the object read from the group into the object around it, where that is more than one field."""
    into: str = field(init=False, compare=False, default="")
    key: str = field(init=False, compare=False, default="")
    members: dict[str, tuple[int, "Leaf | Group"]] = field(init=False, compare=False, repr=False)
    """The parts by their qualified tag, with their place in the order."""

    def __post_init__(self) -> None:
        members = {f"{{{WCO}}}{part.name}": (place, part) for place, part in enumerate(self.parts)}
        object.__setattr__(self, "members", members)
        _split_target(self)


def _split_target(part: Leaf | Group) -> None:
    into, _, key = part.to.rpartition(".")
    object.__setattr__(part, "into", into)
    object.__setattr__(part, "key", key)
