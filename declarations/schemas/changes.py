"""A request to change or withdraw what was lodged: what every way in (page, JSON, XML, EDIFACT) is read into.

An amendment is an ordered list of operations on the canonical form. A JSON pointer says where; positions in lists
count from 0, and each operation sees the declaration as the operations before it left it.
"""

from enum import StrEnum
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from declarations.schemas.fields import An3, Part, Text17, Text35, Text512
from declarations.schemas.parties import Party
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex

MAX_OPERATIONS = 5_000

JsonPointer = Annotated[str, Field(max_length=250, pattern=r"^(?:/(?:[a-z][a-z0-9_]*|[0-9]{1,5}|-))+$")]
Mrn = Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$")]

Operation: TypeAlias = Literal["set", "add", "remove"]


class ChangeKind(StrEnum):
    """What is asked for."""

    AMEND = "amend"
    INVALIDATE = "invalidate"


class ChangeOperation(Part):
    """One change of the canonical form."""

    op: Operation
    """`set` gives a field or a list entry its new value and makes the objects around it; `add` puts an entry into a
    list, before the one that stands there or at the end (`-`); `remove` takes a field or an entry away."""
    pointer: JsonPointer
    value: Any = None
    """The new value as JSON has it; none for `remove`."""
    reason_code: An3 | None = None
    """Why, coded (WCO 377)."""
    statement: Text512 | None = None
    """Why, in words (WCO 225)."""


class ChangeRequestMessage(Part):
    """A request to amend or to invalidate a declaration. Source: WCO Data Model, classes 42A, 06A and 97A."""

    schema_version: Literal["1"] = "1"
    kind: ChangeKind
    mrn: Mrn
    """The declaration it is about (WCO D014)."""
    reference: Text35 | None = None
    """The sender's own reference of the request (WCO D026)."""
    submitter: Party | None = None
    reason_code: An3 | None = None
    """Why, coded (WCO 377); of an amendment, that of its first operation."""
    statement: Text512 | None = None
    """Why, in words (WCO 225)."""
    operations: Annotated[tuple[ChangeOperation, ...], Field(max_length=MAX_OPERATIONS)] = ()
    """What an amendment changes; nothing for an invalidation."""

    def canonical(self) -> dict[str, Any]:
        """The request as plain JSON values, with everything empty left out."""
        plain: dict[str, Any] = self.model_dump(mode="json", exclude_defaults=True)
        plain["schema_version"] = self.schema_version
        return plain

    def sha256(self) -> str:
        """The hash that names this request."""
        return sha256_hex(canonical_bytes(self.canonical()))


class PresentationMessage(Part):
    """A notice that the goods of a pre-lodged declaration were presented. Source: WCO Data Model, class 42A (GPR)."""

    schema_version: Literal["1"] = "1"
    mrn: Mrn
    reference: Text35 | None = None
    """The sender's own reference of the notice (WCO D026)."""
    submitter: Party | None = None
    place: Text17 | None = None
    """Where they are, where the notice says so (WCO L017)."""

    def canonical(self) -> dict[str, Any]:
        """The notice as plain JSON values, with everything empty left out."""
        return self.model_dump(mode="json", exclude_defaults=True) | {"schema_version": self.schema_version}

    def sha256(self) -> str:
        """The hash that names this notice."""
        return sha256_hex(canonical_bytes(self.canonical()))
