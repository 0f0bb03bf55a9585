"""What a rule finds: its number, and the pointer of the field that is wrong or missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from singlewindow.ens.profile import EntryProfile
from singlewindow.ens.types import EntryMessage

Finding: TypeAlias = tuple[int, str]
Findings: TypeAlias = Iterator[Finding]

CONSIGNEE_UNKNOWN = "10600"
"""Additional information: negotiable bill of lading to order, the consignee is not known."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules look at."""

    message: EntryMessage
    profile: EntryProfile
    reduced: bool

    @property
    def values(self) -> dict[str, Any]:
        """All fields."""
        return self.message.values

    @property
    def header(self) -> dict[str, Any]:
        """The fields of the header."""
        return self.message.header

    @property
    def items(self) -> list[dict[str, Any]]:
        """The goods items."""
        return self.message.items

    @property
    def mode(self) -> int:
        """The mode of transport."""
        return self.message.mode

    @property
    def circumstance(self) -> str:
        """The specific circumstance, or nothing."""
        return str(self.header.get("special_circumstance", ""))


def consignee_unknown(item: dict[str, Any]) -> bool:
    """Whether an item says that its consignee is not known."""
    return any(mention["code"] == CONSIGNEE_UNKNOWN for mention in item.get("special_mentions", ()))


def leading_zero(text: str) -> bool:
    """Whether a number begins with a zero that does not count."""
    return len(text) > 1 and text[0] == "0"
