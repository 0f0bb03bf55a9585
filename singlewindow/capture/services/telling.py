"""Devices tell what they see: each event is kept once, for ever, and set beside what is declared by job."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg2.extras import execute_values

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record, party_event_publish
from singlewindow.audit.verbs import Verb
from singlewindow.capture.models import Device
from singlewindow.capture.rules import (
    KILOGRAMS,
    batch_findings,
    containers_named,
    event_findings,
    event_marks,
    plate_of,
)
from singlewindow.capture.schemas import DeviceEvent, DeviceEvents
from singlewindow.capture.selectors import device_info
from singlewindow.capture.types import DeviceInfo, Mark
from singlewindow.db.work import Work
from singlewindow.documents.selectors import document_for
from singlewindow.jobs.services import queue
from singlewindow.kernel import clock
from singlewindow.kernel.canonical import JsonValue, sha256_hex
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, Violation
from singlewindow.kernel.identifiers import uuid7
from singlewindow.reference.selectors import profile

EVENT_CAPTURED = "EventCaptured"
DEFAULT_SKEW_S = 120
INSERT_SQL = """
INSERT INTO capture_deviceevent (id, device_id, event_id, kind, office, place, happened_at, received_at, container,
    plate, mrn, net_kg, marks, content, content_sha256, actor)
VALUES %s ON CONFLICT (device_id, event_id) DO NOTHING RETURNING id
"""
"""Of two copies at once the second waits for the first and then changes nothing."""
KEPT_SQL = """
SELECT device_id, event_id, id, received_at, marks, content_sha256 FROM capture_deviceevent
WHERE (device_id, event_id) IN %s
"""


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """One event as it is kept."""

    id: UUID
    device: str
    event_id: str
    received_at: datetime
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class TellReceipt:
    """The answer to a batch: the same for the same batch, however often it comes."""

    events: tuple[ToldEvent, ...]
    new: int
    """How many of them were not known before."""


def events_tell(work: Work, message: DeviceEvents, actor: Actor) -> TellReceipt:
    """Keep what devices of the actor's organisation saw; all events of the batch, or none.

    Locks: the key of each event, in one order, so that crossed batches wait for each other.

    Idempotent: by device and its own number of the event.

    Source: docs/rules/capture.md, CP-001 to CP-013; domain.md F32.

    Raises:
        NotPermitted: the actor is no device.
        RuleViolated: CP-001 to CP-006, CP-010, CP-011: every finding of every event at once.
        Conflict: code `event.other_content`, an event came before with other content.
    """
    actor.require(Permission.TELL_EVENT)
    if actor.organisation_id is None:
        raise NotFound
    now = clock.now()
    devices = _devices(actor.organisation_id, message)
    found = list(_findings(message, devices, actor, now))
    if found:
        raise RuleViolated(found[0].message, violations=found)
    scheme = profile(now.date()).matching
    skew = timedelta(seconds=scheme.clock_skew_seconds if scheme else DEFAULT_SKEW_S)
    rows = [_row(event, devices[event.device], actor, now, skew) for event in message.events]
    written = _write(work, rows)
    kept = _kept(work, message, devices)
    _same_content(message, devices, kept)
    for row, event in zip(rows, message.events, strict=True):
        if row[0] in written:
            _record(work, actor, event, row)
    return TellReceipt(
        tuple(_told(event, kept[devices[event.device].id, event.event_id]) for event in message.events), len(written)
    )


def _devices(owner: UUID, message: DeviceEvents) -> dict[str, DeviceInfo]:
    """The devices that are named and belong to the actor's organisation; no others exist for it."""
    numbers = {event.device for event in message.events}
    own = Device.objects.filter(organisation_id=owner, number__in=numbers)
    return {device.number: device_info(device) for device in own.select_related("organisation")}


def _findings(
    message: DeviceEvents, devices: Mapping[str, DeviceInfo], actor: Actor, now: datetime
) -> Iterator[Violation]:
    yield from batch_findings(len(message.events))
    seen: dict[tuple[str, str], int] = {}
    for place, event in enumerate(message.events[:100]):
        pointer = f"/events/{place}"
        device = devices.get(event.device)
        if device is None:
            text = "Your organisation has no such device."
            yield Violation("CP-006", f"{pointer}/device", text, "Ask customs to register it.", event.device)
            continue
        first = seen.setdefault((event.device, event.event_id), place)
        if first != place:
            text = f"This event is /events/{first} already."
            yield Violation("CP-001", f"{pointer}/event_id", text, value=event.event_id)
        yield from event_findings(event, device, now, pointer)
        if event.scan is not None and event.scan.document_id is not None:
            yield from _document(actor, event.scan.document_id, pointer)


def _document(actor: Actor, document_id: str, pointer: str) -> Iterator[Violation]:
    try:
        document_for(actor, UUID(document_id))
    except NotFound:
        text = "There is no such document on your shelf."
        remedy = "Send the picture first, then name the id that the answer gives."
        yield Violation("CP-010", f"{pointer}/scan/document_id", text, remedy, document_id)


def _row(event: DeviceEvent, device: DeviceInfo, actor: Actor, now: datetime, skew: timedelta) -> tuple[object, ...]:
    content = event.canonical_bytes()
    marks = [mark.value for mark in event_marks(event, device, now, skew=skew)]
    return (
        uuid7(),
        device.id,
        event.event_id,
        event.kind,
        device.office,
        event.place or device.place,
        event.happened_at,
        now,
        (containers_named(event) or [""])[0],
        plate_of(event),
        (event.about.mrn or "") if event.about else "",
        net_kg(event),
        marks,
        content,
        sha256_hex(content),
        actor.label,
    )


def net_kg(event: DeviceEvent) -> Decimal | None:
    """Gross less tare in kilograms, where both are told."""
    weight = event.weight
    if weight is None or weight.tare is None:
        return None
    return ((weight.gross - weight.tare) * KILOGRAMS[weight.unit]).quantize(Decimal("0.000001"))


def _write(work: Work, rows: Sequence[tuple[object, ...]]) -> set[UUID]:
    ordered = sorted(rows, key=lambda row: (str(row[1]), str(row[2])))
    with connection.cursor() as cursor:
        written = execute_values(
            cursor.cursor,
            INSERT_SQL,
            ordered,
            template="(" + ", ".join(["%s"] * 12) + ", %s::varchar[], %s, %s, %s)",
            page_size=len(ordered),
            fetch=True,
        )
    return {UUID(str(row[0])) for row in written}


Kept = tuple[UUID, datetime, list[str], str]


def _kept(work: Work, message: DeviceEvents, devices: Mapping[str, DeviceInfo]) -> dict[tuple[UUID, str], Kept]:
    keys = tuple((devices[event.device].id, event.event_id) for event in message.events)
    return {(row[0], row[1]): (row[2], row[3], row[4], row[5]) for row in work.fetch(KEPT_SQL, [keys])}


def _same_content(
    message: DeviceEvents, devices: Mapping[str, DeviceInfo], kept: Mapping[tuple[UUID, str], Kept]
) -> None:
    """Refuse the batch where an event stands with other content.

    Raises:
        Conflict: CP-012, each such event.
    """
    text = "This event of the device came before, with other content."
    remedy = "Give each event a number of its own; what was told is never changed."
    found = [
        Violation("CP-012", f"/events/{place}/event_id", text, remedy, event.event_id)
        for place, event in enumerate(message.events)
        if kept[devices[event.device].id, event.event_id][3] != sha256_hex(event.canonical_bytes())
    ]
    if found:
        raise Conflict(text, violations=found, code="event.other_content")


def _told(event: DeviceEvent, kept: Kept) -> ToldEvent:
    event_id, received_at, marks, _ = kept
    return ToldEvent(event_id, event.device, event.event_id, received_at, tuple(Mark(mark) for mark in marks))


def _record(work: Work, actor: Actor, event: DeviceEvent, row: Sequence[object]) -> None:
    event_record(
        work,
        actor=actor,
        verb=Verb.EVENT_CAPTURED,
        subject_type="device_event",
        subject_id=str(row[0]),
        data={"device": event.device, "event": event.event_id, "kind": event.kind, "content": str(row[14])},
    )
    if row[12]:
        _tell_marks(work, actor, event, row)
    queue(work, EVENT_CAPTURED, subject_id=str(row[0]), priority=2, actor=actor)


def _tell_marks(work: Work, actor: Actor, event: DeviceEvent, row: Sequence[Any]) -> None:
    """Tell the owner in its feed that a reading is not relied on, so that the device is looked after."""
    data: dict[str, JsonValue] = {
        "device": event.device,
        "event_id": event.event_id,
        "kind": event.kind,
        "marks": list(row[12]),
    }
    owners = [actor.organisation_id] if actor.organisation_id else []
    party_event_publish(work, organisation_ids=owners, type="device_event.marked", subject_id=str(row[0]), data=data)
