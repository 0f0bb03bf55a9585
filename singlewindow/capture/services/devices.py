"""Devices are registered by customs, calibrated anew and taken out of use."""

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_by_identifier
from singlewindow.accounts.types import Actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.capture.models import Device
from singlewindow.capture.types import DeviceKind
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated, TransitionRefused, Violation
from singlewindow.reference.selectors import offices

NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,39}", re.ASCII)
PLACE = re.compile(r"[A-Z0-9]{0,35}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceWish:
    """A device as it is to be registered."""

    number: str
    owner: str
    """The identifier of its organisation."""
    office: str
    kind: DeviceKind
    place: str = ""
    calibrated_until: date | None = None


def device_register(*, actor: Actor, wish: DeviceWish) -> UUID:
    """Register a device; only what is registered is heard.

    Source: docs/rules/capture.md, CP-020.

    Raises:
        RuleViolated: CP-020, the form of the number, an unknown owner or office, a scale without a calibration.
        Conflict: the owner has a device of this number.
    """
    actor.require(Permission.MANAGE_DEVICES)
    owner = organisation_by_identifier(wish.owner)
    found = list(_findings(wish, known=owner is not None))
    if found or owner is None:
        raise RuleViolated(found[0].message, violations=found)
    with unit_of_work() as work:
        device = Device(
            number=wish.number,
            organisation_id=owner.id,
            office=wish.office,
            place=wish.place,
            kind=wish.kind.value,
            calibrated_until=wish.calibrated_until,
            registered_at=clock.now(),
            registered_by=actor.label,
        )
        try:
            with transaction.atomic():
                device.save(force_insert=True)
        except IntegrityError as error:
            text = f"This organisation has a device {wish.number} already."
            raise Conflict(text, code="device.registered") from error
        _record(work, actor, Verb.DEVICE_REGISTERED, device, owner=wish.owner, kind=wish.kind.value)
        return device.pk


def _findings(wish: DeviceWish, *, known: bool) -> list[Violation]:
    found = []
    if not NUMBER.fullmatch(wish.number):
        text = "A number has 1 to 40 letters, digits and . _ : / -, and begins with a letter or digit."
        found.append(Violation("CP-020", "/number", text, value=wish.number[:40]))
    if not known:
        found.append(Violation("CP-020", "/owner", "No organisation has this identifier.", value=wish.owner[:17]))
    if wish.office not in {office.id for office in offices(clock.today())}:
        found.append(Violation("CP-020", "/office", "This is no office of this country.", value=wish.office[:17]))
    if not PLACE.fullmatch(wish.place):
        found.append(Violation("CP-020", "/place", "A place has at most 35 capital letters and digits."))
    if wish.kind is DeviceKind.SCALE and wish.calibrated_until is None:
        text = "A scale is calibrated: say until when."
        found.append(Violation("CP-020", "/calibrated_until", text))
    return found


def device_calibrate(*, actor: Actor, device_id: UUID, until: date) -> None:
    """Note that a device was calibrated anew, until a day.

    Locks: the device.

    Raises:
        NotFound: there is no such device.
        TransitionRefused: it is out of use.
        RuleViolated: CP-021, the day is past.
    """
    with unit_of_work() as work:
        device = _in_use(actor, device_id)
        if until < clock.today():
            text = "A calibration that is over says nothing."
            raise RuleViolated(text, violations=[Violation("CP-021", "/calibrated_until", text, value=str(until))])
        device.calibrated_until = until
        device.save(update_fields=["calibrated_until"])
        _record(work, actor, Verb.DEVICE_CHANGED, device, step="calibrated", until=until.isoformat())


def device_retire(*, actor: Actor, device_id: UUID) -> None:
    """Take a device out of use for good: nothing more is taken from it, what it told stays.

    Locks: the device.

    Raises:
        NotFound: there is no such device.
        TransitionRefused: it is out of use already.
    """
    with unit_of_work() as work:
        device = _in_use(actor, device_id)
        device.retired_at = clock.now()
        device.save(update_fields=["retired_at"])
        _record(work, actor, Verb.DEVICE_CHANGED, device, step="retired")


def _in_use(actor: Actor, device_id: UUID) -> Device:
    actor.require(Permission.MANAGE_DEVICES)
    device = Device.objects.select_for_update().filter(pk=device_id).first()
    if device is None:
        raise NotFound
    if device.retired_at is not None:
        raise TransitionRefused("This device is out of use.")
    return device


def _record(work: Work, actor: Actor, verb: Verb, device: Device, **data: str) -> None:
    event_record(
        work,
        actor=actor,
        verb=verb,
        subject_type="device",
        subject_id=str(device.pk),
        data={"number": device.number, "office": device.office, **data},
    )
