"""Values of cargo that other applications may hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from singlewindow.cargo.states import BillState, CargoState, ManifestState


class Mode(StrEnum):
    """How the conveyance travels."""

    SEA = "sea"
    RAIL = "rail"
    ROAD = "road"
    AIR = "air"


class ManifestKind(StrEnum):
    """Who speaks: the carrier of the conveyance, or a forwarder who splits a carrier's master bills."""

    CARRIER = "carrier"
    CONSOLIDATION = "consolidation"


class BillKind(StrEnum):
    """What a transport document is to the others."""

    STRAIGHT = "straight"  # Carrier to trader, nothing below it.
    MASTER = "master"  # Carrier to forwarder; its goods are told again by house bills.
    HOUSE = "house"  # Forwarder to trader, under a master.


class ArrivalSubject(StrEnum):
    """What a port, terminal, gate or carrier says of something: that it is here, or that it has left."""

    MANIFEST = "manifest"
    CALL = "call"  # A conveyance on a voyage, where no manifest is named.
    BILL = "bill"
    CONTAINER = "container"
    MRN = "mrn"
    UCR = "ucr"


class Movement(StrEnum):
    """What happened to it."""

    ARRIVED = "arrived"
    DEPARTED = "departed"
    EXPECTED = "expected"  # Announced: it will be here.
    MATCHED = "matched"  # A port's inventory knows the declaration, or says why not.


@dataclass(frozen=True, slots=True)
class CitedBill:
    """A transport document that a declaration names, and where."""

    reference: str
    pointer: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class CargoLine:
    """What one goods item takes from the manifests."""

    item: int
    packages: int
    mass_kg: Decimal
    bills: tuple[CitedBill, ...] = ()
    pointer: str = ""
    """The item's place in the declaration."""

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "item": self.item,
            "packages": self.packages,
            "mass_kg": format(self.mass_kg, "f"),
            "pointer": self.pointer,
            "bills": [[bill.reference, bill.pointer, bill.code] for bill in self.bills],
        }

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> "CargoLine":
        """The line as it was kept."""
        bills = tuple(CitedBill(*bill) for bill in kept["bills"])
        return cls(kept["item"], kept["packages"], Decimal(kept["mass_kg"]), bills, kept["pointer"])


@dataclass(frozen=True, slots=True, kw_only=True)
class CargoClaim:
    """Everything that a declaration says of the transport of its goods."""

    mrn: str = ""
    direction: str = "import"
    office: str = ""
    lines: tuple[CargoLine, ...] = ()
    keys: tuple[str, ...] = ()
    """Who the declaration's parties are, as `party_keys` writes them: whose bills it may take from."""
    containers: tuple[str, ...] = ()
    plates: tuple[str, ...] = ()
    """Number plates of the road vehicles that bring the goods."""
    ucrs: tuple[str, ...] = ()
    manifest_reference: str = ""
    awaits_arrival: bool = False


@dataclass(frozen=True, slots=True)
class WriteOffOutcome:
    """What came of a write-off: the declaration's state, and the items that stand against it."""

    state: CargoState
    short: tuple[tuple[int, str], ...] = ()
    """Items that ask for more than is left, with the sentence."""
    missing: tuple[int, ...] = ()
    """Items whose transport document is in no manifest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestRow:
    """One manifest of a list."""

    id: UUID
    reference: str
    kind: ManifestKind
    mode: Mode
    direction: str
    conveyance_id: str
    conveyance_name: str
    nationality: str
    voyage: str
    office: str
    place: str
    state: ManifestState
    version: int
    expected_at: datetime | None
    arrived_at: datetime | None
    departed_at: datetime | None
    filed_at: datetime
    carrier_id: UUID
    carrier_name: str
    bill_count: int
    packages: int
    packages_written: int
    mass_kg: Decimal
    mass_written_kg: Decimal

    @property
    def share_declared(self) -> Decimal:
        """Which part of the goods was declared and written off, by packages, or by mass where none are counted."""
        if self.packages:
            return Decimal(self.packages_written) / self.packages
        return self.mass_written_kg / self.mass_kg if self.mass_kg else Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BillRow:
    """One transport document of a manifest."""

    id: UUID
    reference: str
    kind: BillKind
    master: str
    state: BillState
    consignor: str
    consignee: str
    notify: str
    to_order: bool
    loading: str
    discharge: str
    packages: int
    packages_written: int
    mass_kg: Decimal | None
    mass_written_kg: Decimal
    arrived_at: datetime | None
    goods: str
    houses: int
    house_packages: int
    house_mass_kg: Decimal
    containers: tuple[str, ...] = field(default=())

    @property
    def packages_left(self) -> int:
        """Packages that nobody declared yet."""
        return self.packages - self.packages_written

    @property
    def mass_left_kg(self) -> Decimal:
        """Mass that nobody declared yet."""
        return (self.mass_kg or Decimal(0)) - self.mass_written_kg


@dataclass(frozen=True, slots=True, kw_only=True)
class Undeclared:
    """Goods that arrived and are not, or not wholly, declared."""

    bill_id: UUID
    reference: str
    manifest_id: UUID
    manifest_reference: str
    carrier: str
    consignee: str
    mode: Mode
    office: str
    goods: str
    packages: int
    packages_left: int
    mass_left_kg: Decimal
    arrived_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmanifested:
    """A declaration whose goods are in no manifest."""

    declaration_id: UUID
    mrn: str
    direction: str
    office: str
    state: CargoState
    references: tuple[str, ...]
    """The transport documents that no manifest holds; empty where it names none."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestedBill:
    """What a manifest says of goods that a declaration means."""

    id: UUID
    key: str
    """The reference in its one written form."""
    reference: str
    kind: BillKind
    split: bool
    """A master whose goods are told again by house bills."""
    packages: int
    mass_kg: Decimal | None
    party_id: str
    """The consignee of an import, the consignor of an export."""
    party_name: str
    theirs: bool
    """Whether the bill is for the declaration's parties, or for whoever holds it."""
    goods: tuple[tuple[str, str], ...]
    """Commodity code and description of each line."""
    containers: Mapping[str, tuple[str, ...]]
    """Seals by container."""
    mode: Mode
    state: ManifestState
    conveyance_id: str
    conveyance_name: str
    voyage: str
    arrived_at: datetime | None
    expected_at: datetime | None
