"""The movement message: what became of a consignment, known by its reference, and where."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

from singlewindow.kernel.canonical import canonical_bytes, sha256_hex

Text3 = Annotated[str, Field(min_length=1, max_length=3)]
Text35 = Annotated[str, Field(min_length=1, max_length=35)]
Ucr = Annotated[str, Field(pattern=r"^[0-9A-Z()/:\-]{1,35}$")]
"""A unique consignment reference of a declaration (DUCR) or of a consolidation (MUCR). Source: WCO UCR guidelines."""
Instant = Annotated[
    datetime,
    PlainSerializer(
        lambda at: at.astimezone(UTC).isoformat().replace("+00:00", "Z"), return_type=str, when_used="json"
    ),
]


class MovementKind(StrEnum):
    """What is told."""

    ARRIVAL = "arrival"  # EAL, and the goods arrival of an import: the goods are at the place.
    ANTICIPATED_ARRIVAL = "anticipated_arrival"  # EAA: they will be.
    RETROSPECTIVE_ARRIVAL = "retrospective_arrival"  # RET: they were, and were not announced in time.
    DEPARTURE = "departure"  # EDL: they left the place.
    ASSOCIATION = "association"  # EAC with both references: a consignment joins a consolidation.
    DISASSOCIATION = "disassociation"  # EAC without the consolidation's reference: it leaves it.
    CLOSURE = "closure"  # CST: the consolidation is shut, nothing joins it any more.
    MATCH = "match"  # A port's answer: whether a consignment was matched to a declaration.


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class MovementTransport(_Part):
    """The means of transport that takes the goods away."""

    id: Text35 | None = None
    mode: Annotated[str, Field(pattern=r"^[0-9]$")] | None = None
    nationality: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None


class MovementMessage(_Part):
    """A movement, an association, or the presence of goods. Source: inventory linking, imports and exports."""

    schema_version: Literal["1"] = "1"
    kind: MovementKind
    code: Text3 = ""
    """The sender's message code (EAL, EDL); none where the message itself says it."""
    ucr: Ucr | None = None
    """The consignment (DUCR); in an association also a consolidation that joins a larger one."""
    ucr_is_master: bool = False
    """Whether `ucr` of an association is itself a consolidation."""
    mucr: Ucr | None = None
    """The consolidation (MUCR)."""
    mrn: Annotated[str, Field(pattern=r"^[0-9A-Z]{1,35}$")] | None = None
    """The declaration, where the sender names it."""
    entry_version: Annotated[int, Field(ge=0, le=99999)] | None = None
    """The version of that declaration."""
    consignment_reference: Text35 | None = None
    """The reference of the consignment in the port's own inventory."""
    location: Annotated[str, Field(min_length=1, max_length=17)] | None = None
    """Where it happened (WCO L097)."""
    at: Instant | None = None
    """When it happened; the moment of receipt where the sender leaves it out."""
    departs_at: Instant | None = None
    """When the goods will leave, where an arrival says so."""
    shed: Text3 | None = None
    reference: Annotated[str, Field(min_length=1, max_length=25)] | None = None
    """The sender's own reference of the movement."""
    master_option: Literal["A", "F", "R", "X"] | None = None
    transport: MovementTransport | None = None
    agent: Annotated[str, Field(min_length=1, max_length=17)] | None = None
    """Who tells it, by identification."""
    agent_role: Text3 | None = None
    result_codes: tuple[Annotated[str, Field(pattern=r"^[0-9A-Z]{1,3}$")], ...] = ()
    """Of a match: 000 it was matched; every other code says why not."""

    def canonical(self) -> dict[str, Any]:
        """The message as plain JSON values, with everything empty left out."""
        plain: dict[str, Any] = self.model_dump(mode="json", exclude_defaults=True)
        return plain | {"schema_version": self.schema_version}

    def sha256(self) -> str:
        """The hash that names this content."""
        return sha256_hex(canonical_bytes(self.canonical()))
