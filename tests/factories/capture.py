"""Devices and what they tell, for tests."""

from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from singlewindow.accounts.models import Organisation, OrganisationKind
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from singlewindow.capture.schemas import events_read
from singlewindow.capture.services import DeviceWish, TellReceipt, device_register, events_tell
from singlewindow.capture.types import DeviceKind
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from tests.factories import accounts

_numbers = count(1)
CONTAINER = "CSQU3054383"
NUMBERS = {
    DeviceKind.GATE_CAMERA: "GATE-01",
    DeviceKind.SCALE: "SCALE-01",
    DeviceKind.SEAL_READER: "SEAL-01",
    DeviceKind.SCANNER: "XRAY-01",
}


def gate(identifier: str = "") -> Actor:
    """The software that speaks for the devices of a new terminal, one of each kind at the port."""
    owner = accounts.organisation(identifier=identifier, kind=OrganisationKind.TERMINAL)
    supervisor = accounts.actor(Role.SUPERVISOR)
    for kind in DeviceKind:
        device_registered(supervisor, owner, kind)
    return accounts.actor(Role.DEVICE, of=owner)


def device_registered(actor: Actor, owner: Organisation, kind: DeviceKind, **changes: Any) -> UUID:
    """A device of an organisation, registered by customs."""
    until: date | None = clock.today() + timedelta(days=90)
    wish = {"number": NUMBERS[kind], "owner": owner.identifier, "office": "ZZ000101", "kind": kind}
    return device_register(actor=actor, wish=DeviceWish(**({"calibrated_until": until, **wish} | changes)))


def event_json(kind: str = "weight", **changes: Any) -> dict[str, Any]:
    """One event of a kind about the container of the declarations' factory."""
    device = {"plate": "GATE-01", "container": "GATE-01", "weight": "SCALE-01", "seal": "SEAL-01", "scan": "XRAY-01"}
    parts: dict[str, Any] = {
        "plate": {"number": "KDA 123X", "country": "KE"},
        "container": {"number": CONTAINER},
        "weight": {"gross": "14272", "tare": "14220", "uncertainty": "20"},
        "seal": {"number": "SL123456", "state": "intact"},
        "scan": {"sha256": "ab" * 32, "lies_at": "archive/1", "verdict": "agrees"},
    }
    plain = {
        "device": device[kind],
        "event_id": f"E{next(_numbers)}",
        "kind": kind,
        "happened_at": clock.now().isoformat(),
        "about": {"container": CONTAINER},
        kind: parts[kind],
    }
    return plain | changes


def told(actor: Actor, *events: dict[str, Any]) -> TellReceipt:
    """Events that were told."""
    with unit_of_work() as work:
        return events_tell(work, events_read({"events": list(events)}), actor)
