"""What can be wrong with an interchange, and where: rules `format.edifact.*`, each place in one written form."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from singlewindow.kernel.errors import FormatRefused, Violation

if TYPE_CHECKING:
    from singlewindow.kernel.edifact.interchange import InterchangeHeader

_PLACE = re.compile(
    r"(?:UNH (?P<message>.{1,14}) )?segment (?P<segment>[0-9]+) (?P<tag>[A-Z0-9]{1,6})"
    r"(?: element (?P<element>[0-9]+)(?:\.(?P<component>[0-9]+))?)?"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A segment of a message (counted from its UNH, which is 1) or of an interchange, and an element in it."""

    message: str
    """Reference of the message; empty for service segments around messages."""
    segment: int
    tag: str
    element: int = 0
    """Counted from 1 after the tag; 0 means the whole segment."""
    component: int = 0
    """Counted from 1 in a composite; 0 means the whole element."""

    def __str__(self) -> str:
        inside = f"UNH {self.message} " if self.message else ""
        element = f" element {self.element}" if self.element else ""
        component = f".{self.component}" if self.component else ""
        return f"{inside}segment {self.segment} {self.tag}{element}{component}"

    @classmethod
    def of(cls, source: str) -> "Place | None":
        """The place that the source of a finding names, if it names one."""
        found = _PLACE.fullmatch(source)
        if found is None:
            return None
        return cls(
            found["message"] or "",
            int(found["segment"]),
            found["tag"],
            int(found["element"] or 0),
            int(found["component"] or 0),
        )


def edifact_fault(
    name: str, message: str, place: Place | None = None, *, remedy: str = "", value: str = ""
) -> Violation:
    """A finding `format.edifact.<name>`; it has no pointer, since nothing of it reached the canonical form."""
    source = str(place) if place else ""
    return Violation(f"format.edifact.{name}", "", message, remedy, value[:80], source)


class InterchangeRefused(FormatRefused):
    """The bytes are no interchange that can be read; what of its header could be read goes with the refusal."""

    code = "format.edifact"
    title = "The interchange cannot be read"

    def __init__(self, fault: Violation, header: "InterchangeHeader | None" = None, *, status: int = 400) -> None:
        super().__init__(fault.message, violations=(fault,), code=fault.rule)
        self.header = header
        self.status = status
