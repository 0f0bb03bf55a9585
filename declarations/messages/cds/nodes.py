"""How an element of the XML message is described: its name, what it may hold, and where that goes.

A `Leaf` holds a value, a `Group` holds elements. `to` names the field of the canonical form relative to the object
around it (`transport.carrier` is the carrier in the object `transport`); a group without `to` is transparent, and its
elements go to the object around. The order of the parts is the order of the message.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from declarations.messages.cds.forms import Form, form_of

WCO = "urn:wco:datamodel:WCO:DEC-DMS:2"
WCO_TYPES = "urn:wco:datamodel:WCO:Declaration_DS:DMS:2"

Object: TypeAlias = dict[str, Any]


class Attributes(Protocol):
    """The attributes of an element, or the element itself."""

    def get(self, name: str, /) -> str | None:
        """The value of one of them."""


Reader: TypeAlias = Callable[[str, Attributes], Any]
Fold: TypeAlias = Callable[[Object, Object], None]


@dataclass(frozen=True, slots=True)
class Leaf:
    """An element with a value. Without `to` it is kept among `other_elements`."""

    name: str
    to: str = ""
    read: Reader | None = None
    """Turns the text into the canonical value; text that it cannot turn passes on and is refused by the schema."""
    many: bool = False
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
    most: int = 20_000
    """Most elements of this name in a row; one more ends the reading."""
    into: str = field(init=False, compare=False, default="")
    key: str = field(init=False, compare=False, default="")
    members: dict[str, tuple[int, "Leaf | Group", Form | None]] = field(init=False, compare=False, repr=False)
    """The parts by their qualified tag, with their place in the order and the form of a value."""
    numbered: bool = field(init=False, compare=False, default=False)
    """Whether each must bear its number, and no field of the canonical form asks for it."""

    def __post_init__(self) -> None:
        members = {
            f"{{{WCO}}}{part.name}": (place, part, form_of(self.name, part.name) if isinstance(part, Leaf) else None)
            for place, part in enumerate(self.parts)
        }
        object.__setattr__(self, "members", members)
        number = next((part for part in self.parts if part.name == "SequenceNumeric"), None)
        asked = number is not None and number.to != "" and self.fold is None
        object.__setattr__(self, "numbered", number is not None and not asked and self.name != "Pointer")
        _split_target(self)


def _split_target(part: Leaf | Group) -> None:
    into, _, key = part.to.rpartition(".")
    object.__setattr__(part, "into", into)
    object.__setattr__(part, "key", key)
