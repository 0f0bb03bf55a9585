"""What is compared, and what a difference is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from declarations.schemas import DeclarationMessage
from singlewindow.capture.types import Reading
from singlewindow.cargo.types import CargoClaim, ManifestedBill
from singlewindow.kernel.canonical import canonical_bytes, sha256_hex
from singlewindow.reference.types import MatchingScheme

NO_MASS = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What a declaration says that can be compared."""

    packages: int
    gross_mass_kg: Decimal
    containers: tuple[str, ...]
    seals: Mapping[str, tuple[str, ...]]
    """By container."""
    plates: tuple[str, ...]
    """Registrations of its road vehicles, in their plain form."""
    conveyance: tuple[str, ...]
    """Every name of the means of transport at the border."""
    party_id: str
    party_name: str
    """The importer of an import, the exporter of an export."""
    commodities: tuple[tuple[int, str, str], ...]
    """Number, code and description of each item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchFacts:
    """Everything that is compared, frozen."""

    claim: CargoClaim
    declared: Declared
    bills: tuple[ManifestedBill, ...]
    readings: tuple[Reading, ...]
    """Newest first."""
    shared: frozenset[str]
    """Containers that other declarations name too: their weight says nothing of one of them."""
    presented_at: datetime | None
    scheme: MatchingScheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that is declared and found otherwise, beyond what is tolerated."""

    rule: str
    subject: str
    """Which container, bill or item; empty for the whole declaration."""
    expected: str
    found: str
    tolerance: str = ""
    source: str
    """`manifest` or `device`."""
    source_id: UUID | None = None
    pointer: str = ""
    step: int = 0
    """How many tolerances it lies off, so that the next weighing of the same load is the same difference."""
    key: str = field(init=False)
    """The same for the same difference, whenever it is found."""

    def __post_init__(self) -> None:
        found = str(self.step) if self.step else self.found
        plain = canonical_bytes([self.rule, self.subject, self.expected, found])
        object.__setattr__(self, "key", sha256_hex(plain))


def declared_of(message: DeclarationMessage, claim: CargoClaim) -> Declared:
    """What of a message is compared."""
    party = message.exporter if message.direction == "export" else message.importer
    transport = message.transport
    names = (transport.border_id, transport.border_name) if transport else ()
    masses = [item.gross_mass_kg for item in message.items if item.gross_mass_kg is not None]
    whole = message.total_gross_mass_kg
    return Declared(
        packages=sum(line.packages for line in claim.lines)
        or sum((one.count or 0) for item in message.items for one in item.packages),
        gross_mass_kg=whole if whole is not None else sum(masses, NO_MASS),
        containers=claim.containers,
        seals={one.id: tuple(one.seals) for one in message.equipment if one.id and one.seals},
        plates=claim.plates,
        conveyance=tuple(name for name in names if name),
        party_id=(party.id or "") if party else "",
        party_name=(party.name or "") if party else "",
        commodities=tuple((item.number, item.commodity_code or "", item.description or "") for item in message.items),
    )


def mass_tolerance(scheme: MatchingScheme, declared: Decimal) -> Decimal:
    """By how much a mass may be off: a share of what is declared, and never less than a fixed mass."""
    return max(scheme.mass_kg, declared * scheme.mass_share)


def plain(number: Decimal) -> str:
    """A number without needless zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
