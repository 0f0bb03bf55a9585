"""Values of captured events that other applications may hold. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID


class EventKind(StrEnum):
    """What a device tells."""

    PLATE = "plate"
    CONTAINER = "container"
    WEIGHT = "weight"
    SEAL = "seal"
    SCAN = "scan"


class DeviceKind(StrEnum):
    """What a device is."""

    GATE_CAMERA = "gate_camera"
    SCALE = "scale"
    SEAL_READER = "seal_reader"
    SCANNER = "scanner"


TELLS: Mapping[DeviceKind, frozenset[EventKind]] = {
    DeviceKind.GATE_CAMERA: frozenset({EventKind.PLATE, EventKind.CONTAINER, EventKind.SEAL}),
    DeviceKind.SCALE: frozenset({EventKind.WEIGHT}),
    DeviceKind.SEAL_READER: frozenset({EventKind.SEAL}),
    DeviceKind.SCANNER: frozenset({EventKind.SCAN}),
}
"""What each kind of device can see."""


class Mark(StrEnum):
    """Why a reading is kept and not compared with anything."""

    MISREAD = "misread"  # The container number fails its check digit (ISO 6346).
    CLOCK_AHEAD = "clock_ahead"  # The device's clock is ahead of the window's.
    UNCALIBRATED = "uncalibrated"  # The calibration of the device was over.
    NO_TARE = "no_tare"  # A weighing without a tare says nothing of the goods.
    NO_SUBJECT = "no_subject"  # Nothing says whose goods it is about.


SILENT = frozenset({Mark.MISREAD, Mark.UNCALIBRATED, Mark.NO_TARE, Mark.NO_SUBJECT})
"""Marks of readings that are shown to officers and compared with nothing."""


class SealState(StrEnum):
    """How a seal was found."""

    INTACT = "intact"
    BROKEN = "broken"
    MISSING = "missing"


class Verdict(StrEnum):
    """What the software of a scanner says of a picture."""

    AGREES = "agrees"
    CONTRADICTS = "contradicts"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One captured event, read: who saw what, of which goods, when."""

    id: UUID
    kind: EventKind
    device: str
    office: str
    happened_at: datetime
    container: str = ""
    plate: str = ""
    """In its plain form."""
    mrn: str = ""
    net_kg: Decimal | None = None
    """Gross less tare, of a weighing."""
    uncertainty_kg: Decimal = Decimal(0)
    seal: str = ""
    seal_state: str = ""
    verdict: str = ""
    says: str = ""
    marks: tuple[Mark, ...] = ()

    @property
    def compared(self) -> bool:
        """Whether it may be compared with what is declared."""
        return not SILENT & set(self.marks)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceInfo:
    """A device that is registered."""

    id: UUID
    number: str
    organisation_id: UUID
    organisation: str
    office: str
    place: str
    kind: DeviceKind
    calibrated_until: date | None
    registered_at: datetime
    retired_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedRow:
    """One captured event as officers read it."""

    id: UUID
    kind: EventKind
    device: str
    owner: str
    office: str
    place: str
    happened_at: datetime
    received_at: datetime
    container: str
    plate: str
    mrn: str
    marks: tuple[Mark, ...]
    content: Mapping[str, Any] = field(default_factory=dict)
    remarks: tuple["Remark", ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """A declaration from which a captured event differs."""

    declaration_id: UUID
    mrn: str
    rule: str
    at: datetime
