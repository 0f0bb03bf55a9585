"""Reads of captured events: what was seen of some goods, the officers' list, the devices."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.capture.models import Device, DeviceEvent, EventRemark
from singlewindow.capture.types import CapturedRow, DeviceInfo, DeviceKind, EventKind, Mark, Reading, Remark
from singlewindow.kernel.errors import FormatRefused, NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of

READ_MOST = 500
"""Readings of one declaration's goods that are looked at, the newest first."""

KILOGRAMS = {"KGM": Decimal(1), "TNE": Decimal(1000), "LBR": Decimal("0.45359237")}

READINGS_SQL = """
SELECT e.id, e.kind, d.number, e.office, e.happened_at, e.container, e.plate, e.mrn, e.net_kg, e.marks, e.content
FROM capture_deviceevent e JOIN capture_device d ON d.id = e.device_id
WHERE e.id IN (
    SELECT id FROM capture_deviceevent WHERE container = ANY(%(containers)s) AND container <> ''
    UNION SELECT id FROM capture_deviceevent WHERE plate = ANY(%(plates)s) AND plate <> ''
    UNION SELECT id FROM capture_deviceevent WHERE mrn = %(mrn)s AND mrn <> '')
  AND e.happened_at > %(since)s
ORDER BY e.happened_at DESC, e.id DESC LIMIT %(most)s
"""


def readings_of(
    *, containers: Collection[str], plates: Collection[str], mrn: str, since: datetime
) -> tuple[Reading, ...]:
    """What devices saw of some goods since an instant, newest first: by container, by plate or by MRN; one query."""
    parameters: dict[str, Any] = {
        "containers": list(containers),
        "plates": list(plates),
        "mrn": mrn,
        "since": since,
        "most": READ_MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(READINGS_SQL, parameters)
        return tuple(_reading(row) for row in cursor.fetchall())


def reading(event_id: UUID) -> Reading:
    """One captured event, read. Raises NotFound."""
    row = DeviceEvent.objects.select_related("device").filter(pk=event_id).first()
    if row is None:
        raise NotFound
    return _reading(
        (
            row.pk,
            row.kind,
            row.device.number,
            row.office,
            row.happened_at,
            row.container,
            row.plate,
            row.mrn,
            row.net_kg,
            row.marks,
            row.content,
        )
    )


def _reading(row: tuple[Any, ...]) -> Reading:
    event_id, kind, device, office, happened_at, container, plate, mrn, net_kg, marks, content = row
    told = orjson.loads(bytes(content))
    weight, seal, scan = told.get("weight", {}), told.get("seal", {}), told.get("scan", {})
    return Reading(
        id=event_id,
        kind=EventKind(kind),
        device=device,
        office=office,
        happened_at=happened_at,
        container=container,
        plate=plate,
        mrn=mrn,
        net_kg=net_kg,
        uncertainty_kg=Decimal(weight.get("uncertainty", "0")) * KILOGRAMS[weight.get("unit", "KGM")],
        seal=seal.get("number", ""),
        seal_state=seal.get("state", ""),
        verdict=scan.get("verdict", ""),
        says=scan.get("says", ""),
        marks=tuple(Mark(mark) for mark in marks),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedFilter:
    """What of the captured events is listed."""

    container: str = ""
    plate: str = ""
    kind: str = ""
    difference: str = ""
    """`differs`, `marked`, or all."""


def captured_page_for(
    actor: Actor, chosen: CapturedFilter, *, cursor: str = "", size: int = PAGE_SIZE
) -> Page[CapturedRow]:
    """A page of captured events, newest first: two queries, whatever their number.

    Raises:
        NotFound: the actor does not see cargo.
        FormatRefused: the cursor was not made by this list.
    """
    rows = _rows_for(actor)
    if chosen.container:
        rows = rows.filter(container=chosen.container)
    if chosen.plate:
        rows = rows.filter(plate=chosen.plate)
    if chosen.kind:
        rows = rows.filter(kind=chosen.kind)
    if chosen.difference == "differs":
        rows = rows.filter(Exists(EventRemark.objects.filter(event_id=OuterRef("pk"))))
    if chosen.difference == "marked":
        rows = rows.exclude(marks=[])
    if cursor:
        rows = rows.filter(pk__lt=_uuid(str(cursor_decode(cursor, str)[0])))
    found = list(rows.order_by("-pk")[: size + 1])
    return page_of(_shown(found), size, lambda row: (str(row.id),))


def captured_for(actor: Actor, event_id: UUID) -> CapturedRow:
    """One captured event. Raises NotFound."""
    found = list(_rows_for(actor).filter(pk=event_id))
    if not found:
        raise NotFound
    return _shown(found)[0]


def _rows_for(actor: Actor) -> QuerySet[DeviceEvent]:
    if not actor.may(Permission.VIEW_CARGO):
        raise NotFound
    return DeviceEvent.objects.select_related("device__organisation")


def _shown(rows: Sequence[DeviceEvent]) -> list[CapturedRow]:
    remarks: dict[UUID, list[Remark]] = {}
    for one in EventRemark.objects.filter(event_id__in=[row.pk for row in rows]).order_by("at", "rule"):
        remarks.setdefault(one.event_id, []).append(Remark(one.declaration_id, one.mrn, one.rule, one.at))
    return [
        CapturedRow(
            id=row.pk,
            kind=EventKind(row.kind),
            device=row.device.number,
            owner=row.device.organisation.name,
            office=row.office,
            place=row.place,
            happened_at=row.happened_at,
            received_at=row.received_at,
            container=row.container,
            plate=row.plate,
            mrn=row.mrn,
            marks=tuple(Mark(mark) for mark in row.marks),
            content=orjson.loads(bytes(row.content)),
            remarks=tuple(remarks.get(row.pk, ())),
        )
        for row in rows
    ]


def devices_for(actor: Actor) -> Sequence[DeviceInfo]:
    """Every device, those in use first.

    Raises:
        NotFound: the actor manages no devices.
    """
    if not actor.may(Permission.MANAGE_DEVICES):
        raise NotFound
    rows: Iterable[Device] = Device.objects.select_related("organisation").order_by("office", "number")
    return sorted((device_info(row) for row in rows), key=lambda device: device.retired_at is not None)


def device_info(row: Device) -> DeviceInfo:
    """The row as a value; its organisation must have been read with it."""
    return DeviceInfo(
        id=row.pk,
        number=row.number,
        organisation_id=row.organisation_id,
        organisation=row.organisation.name,
        office=row.office,
        place=row.place,
        kind=DeviceKind(row.kind),
        calibrated_until=row.calibrated_until,
        registered_at=row.registered_at,
        retired_at=row.retired_at,
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise FormatRefused("The cursor belongs to another list; start again without it.", code="cursor") from error


def owners_of_devices_at(office: str) -> list[UUID]:
    """The terminals that have a device in use at an office."""
    rows = Device.objects.filter(office=office, retired_at=None, organisation__kind="terminal")
    return list(rows.order_by("organisation_id").values_list("organisation_id", flat=True).distinct())
