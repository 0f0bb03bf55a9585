"""What a captured event must be before it is kept, and why it may be kept without being compared. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from singlewindow.capture.schemas import DeviceEvent
from singlewindow.capture.types import TELLS, DeviceInfo, EventKind, Mark
from singlewindow.kernel.errors import Violation
from singlewindow.kernel.mrn import container_number_is_valid

BATCH_MAX = 100
GROSS_MAX_KG = Decimal(1_000_000)
FUTURE_MAX = timedelta(hours=24)
"""A clock that is further ahead than this is not skewed but wrong."""
EARLIEST_AGE = timedelta(days=30)
"""A device that was cut off sends its readings for so long."""

KILOGRAMS = {"KGM": Decimal(1), "TNE": Decimal(1000), "LBR": Decimal("0.45359237")}
"""UN/ECE Recommendation 20."""

_NOT_IN_PLATE = re.compile(r"[^A-Z0-9]")


def plate_key(plate: str) -> str:
    """A number plate without space, sign or case: "kda 123-x" and "KDA123X" are one."""
    return _NOT_IN_PLATE.sub("", unicodedata.normalize("NFKC", plate).upper())[:35]


def event_findings(event: DeviceEvent, device: DeviceInfo, now: datetime, pointer: str) -> Iterator[Violation]:
    """Everything that keeps one event from being taken.

    Source: docs/rules/capture.md, CP-002 to CP-005, CP-010, CP-011.
    """
    if device.retired_at is not None:
        yield Violation("CP-011", f"{pointer}/device", "This device is out of use.", value=device.number)
    kind = EventKind(event.kind)
    if kind not in TELLS[device.kind]:
        text = f"A {device.kind.value.replace('_', ' ')} does not tell a {kind.value}."
        yield Violation("CP-002", f"{pointer}/kind", text, value=kind.value)
    yield from _parts(event, kind, pointer)
    if event.happened_at > now + FUTURE_MAX:
        text = "It cannot have happened so far in the future."
        remedy = "Set the clock of the device and send the event again."
        yield Violation("CP-004", f"{pointer}/happened_at", text, remedy, value=event.happened_at.isoformat())
    elif event.happened_at < now - EARLIEST_AGE:
        text = f"It happened more than {EARLIEST_AGE.days} days ago."
        yield Violation("CP-004", f"{pointer}/happened_at", text, value=event.happened_at.isoformat())
    yield from _weight(event, pointer)


def _parts(event: DeviceEvent, kind: EventKind, pointer: str) -> Iterator[Violation]:
    for name in EventKind:
        given = getattr(event, name.value) is not None
        if name is kind and not given:
            yield Violation("CP-003", f"{pointer}/{name.value}", f"Tell the {name.value} that was seen.")
        if name is not kind and given:
            text = f"This is an event of a {kind.value}; send the {name.value} as another event."
            yield Violation("CP-003", f"{pointer}/{name.value}", text)
    if event.scan is not None and (event.scan.document_id is None) == (event.scan.sha256 is None):
        text = "Name the picture: either a document that was sent here, or its digest and where it lies."
        yield Violation("CP-010", f"{pointer}/scan", text)
    elif event.scan is not None and event.scan.sha256 is not None and not event.scan.lies_at:
        yield Violation("CP-010", f"{pointer}/scan/lies_at", "Say where the picture with this digest lies.")


def _weight(event: DeviceEvent, pointer: str) -> Iterator[Violation]:
    weight = event.weight
    if weight is None:
        return
    factor = KILOGRAMS[weight.unit]
    if not 0 < weight.gross * factor <= GROSS_MAX_KG:
        text = f"A gross weight is over 0 and at most {GROSS_MAX_KG} kg."
        yield Violation("CP-005", f"{pointer}/weight/gross", text, value=format(weight.gross, "f")[:40])
    if weight.tare is not None and weight.tare >= weight.gross:
        text = "The tare is less than the gross weight."
        yield Violation("CP-005", f"{pointer}/weight/tare", text, value=format(weight.tare, "f")[:40])
    if weight.uncertainty > weight.gross:
        text = "The uncertainty of the scale is less than what it weighed."
        yield Violation("CP-005", f"{pointer}/weight/uncertainty", text, value=format(weight.uncertainty, "f")[:40])


def event_marks(event: DeviceEvent, device: DeviceInfo, now: datetime, *, skew: timedelta) -> Iterator[Mark]:
    """Why an event that is taken is not to be relied on.

    A number that fails its check digit is kept as it was read and compared with nothing: it would else be matched
    silently to goods of somebody else.

    Source: docs/rules/capture.md, CP-007 (ISO 6346), CP-008, CP-009, CP-013, CP-014.
    """
    if any(not container_number_is_valid(number) for number in containers_named(event)):
        yield Mark.MISREAD
    if event.happened_at > now + skew:
        yield Mark.CLOCK_AHEAD
    if not calibrated_on(device, event.happened_at.date()):
        yield Mark.UNCALIBRATED
    if event.weight is not None and event.weight.tare is None:
        yield Mark.NO_TARE
    if not any((*containers_named(event), plate_of(event), event.about.mrn if event.about else "")):
        yield Mark.NO_SUBJECT


def calibrated_on(device: DeviceInfo, day: date) -> bool:
    """Whether the device's calibration stood on a day; a device that needs none has no last day."""
    return device.calibrated_until is None or device.calibrated_until >= day


def containers_named(event: DeviceEvent) -> list[str]:
    """The container that was read, then the one that the event is said to be about."""
    read = event.container.number if event.container else ""
    about = (event.about.container or "") if event.about else ""
    return [number for number in (read, about) if number]


def plate_of(event: DeviceEvent) -> str:
    """The plate that was read, else the one that the event is said to be about; in its plain form."""
    read = event.plate.number if event.plate else (event.about.plate or "" if event.about else "")
    return plate_key(read)


def batch_findings(count: int) -> Iterable[Violation]:
    """A batch has 1 to 100 events. Source: CP-001."""
    if not 1 <= count <= BATCH_MAX:
        yield Violation("CP-001", "/events", f"Send 1 to {BATCH_MAX} events at once.", value=str(count))
