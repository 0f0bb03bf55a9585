"""What the gates of the port saw of some containers: readings that agree, one that differs, one that is misread."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from declarations.models import TransportEquipment
from declarations.states import LegalState
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.capture.models import Device
from singlewindow.capture.schemas import events_read
from singlewindow.capture.services import DeviceWish, device_register, events_tell
from singlewindow.capture.types import DeviceKind
from singlewindow.db.work import unit_of_work
from singlewindow.demo.cargo import TERMINAL, actor_of
from singlewindow.kernel import clock
from singlewindow.kernel.mrn import container_number_is_valid

OFFICE, PLACE = "ZZ000101", "ZZAMAPORT1"
NUMBERS = {
    DeviceKind.GATE_CAMERA: "GATE-01",
    DeviceKind.SCALE: "SCALE-01",
    DeviceKind.SEAL_READER: "SEAL-01",
    DeviceKind.SCANNER: "XRAY-01",
}
SEEN = 8
"""So many containers of goods on their way were seen at the gate; the first is far heavier than declared."""
TARE_KG = 3_800


def devices_load() -> int:
    """Register the devices of the port's terminal. Idempotent; returns what was added."""
    known = set(Device.objects.filter(organisation__identifier=TERMINAL).values_list("number", flat=True))
    wanted = [kind for kind, number in NUMBERS.items() if number not in known]
    until: date = clock.today() + timedelta(days=365)
    for kind in wanted:
        wish = DeviceWish(
            number=NUMBERS[kind], owner=TERMINAL, office=OFFICE, kind=kind, place=PLACE, calibrated_until=until
        )
        device_register(actor=system_actor("demo"), wish=wish)
    return len(wanted)


def gates_load() -> int:
    """Tell what the gate saw of goods that are on their way; how many events there are.

    Belongs into the transaction that makes the rest of the country.
    """
    on_their_way = TransportEquipment.objects.filter(
        declaration__legal_state=LegalState.REGISTERED.value,
        declaration__office=OFFICE,
        declaration__direction="import",
    )
    rows = on_their_way.order_by("-declaration_id").values_list("equipment_id", "declaration__gross_mass_kg")
    found = [(container, mass) for container, mass in rows[:200] if container_number_is_valid(container) and mass]
    events = [event for place, one in enumerate(found[:SEEN]) for event in _seen(place, *one)]
    if not events:
        return 0
    events.append(_misread(found[-1][0]))
    with unit_of_work() as work:
        events_tell(work, events_read({"events": events}), actor_of(TERMINAL, Role.DEVICE))
    return len(events)


def _seen(place: int, container: str, mass: Decimal) -> list[dict[str, Any]]:
    gross = mass * (3 if place == 0 else 1) + TARE_KG
    at = (clock.now() - timedelta(minutes=30 - place)).isoformat()
    weight = {"gross": format(gross.quantize(Decimal(1)), "f"), "tare": str(TARE_KG), "uncertainty": "20"}
    return [
        _event(f"C{place}", "GATE-01", "container", at, container, {"number": container}),
        _event(f"W{place}", "SCALE-01", "weight", at, container, weight),
    ]


def _misread(container: str) -> dict[str, Any]:
    wrong = container[:-1] + str((int(container[-1]) + 1) % 10)
    at = (clock.now() - timedelta(minutes=20)).isoformat()
    return _event("C-MISREAD", "GATE-01", "container", at, "", {"number": wrong})


def _event(number: str, device: str, kind: str, at: str, container: str, part: dict[str, str]) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "device": device,
        "event_id": f"DEMO-{number}",
        "kind": kind,
        "happened_at": at,
        kind: part,
    }
    return plain | ({"about": {"container": container}} if container else {})
