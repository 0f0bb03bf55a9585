"""What devices tell is kept once, marked where it cannot be relied on, and refused whole where it is wrong."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from singlewindow.audit.models import PartyEvent
from singlewindow.capture.models import Device, DeviceEvent
from singlewindow.capture.selectors import reading
from singlewindow.capture.services import device_calibrate, device_retire
from singlewindow.capture.types import DeviceKind, Mark
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotPermitted, RuleViolated, TransitionRefused
from tests.factories import accounts
from tests.factories.capture import CONTAINER, device_registered, event_json, gate, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def device() -> Actor:
    return gate()


def refused(actor: Actor, *events: dict[str, Any]) -> list[str]:
    with pytest.raises(RuleViolated) as refusal:
        told(actor, *events)
    assert not DeviceEvent.objects.exists(), "nothing half-written stays"
    return [found.rule for found in refusal.value.violations]


def test_a_batch_of_every_kind_is_kept_with_what_was_read(device: Actor) -> None:
    receipt = told(device, *(event_json(kind) for kind in ("plate", "container", "weight", "seal", "scan")))
    assert receipt.new == 5
    assert [event.marks for event in receipt.events] == [()] * 5
    weight = DeviceEvent.objects.get(kind="weight")
    assert (weight.container, weight.net_kg) == (CONTAINER, 52)
    assert DeviceEvent.objects.get(kind="plate").plate == "KDA123X"
    read = reading(weight.pk)
    assert (read.net_kg, read.uncertainty_kg, read.compared) == (52, 20, True)


def test_CP012_the_same_event_again_is_the_same_answer_and_one_row(device: Actor) -> None:
    event = event_json()
    first, second = told(device, event), told(device, event)
    assert first.events == second.events
    assert (first.new, second.new, DeviceEvent.objects.count()) == (1, 0, 1)


def test_CP012_other_content_under_the_same_number_is_refused_and_the_rest_of_the_batch_with_it(device: Actor) -> None:
    event = event_json()
    told(device, event)
    with pytest.raises(Conflict) as refusal:
        told(device, event_json("seal"), event | {"weight": {"gross": "15000", "tare": "14220"}})
    assert refusal.value.code == "event.other_content"
    assert [found.pointer for found in refusal.value.violations] == ["/events/1/event_id"]


def test_CP006_a_device_of_another_organisation_is_unknown_in_the_same_words_as_one_that_is_nowhere(
    device: Actor,
) -> None:
    words = set()
    for number in ("GATE-77", "NOWHERE"):
        if number == "GATE-77":
            owner = accounts.organisation()
            device_registered(accounts.actor(Role.SUPERVISOR), owner, DeviceKind.GATE_CAMERA, number=number)
        with pytest.raises(RuleViolated) as refusal:
            told(device, event_json("plate", device=number))
        words |= {(found.rule, found.message) for found in refusal.value.violations}
    assert words == {("CP-006", "Your organisation has no such device.")}


def test_CP002_a_scale_tells_no_plate(device: Actor) -> None:
    assert refused(device, event_json("plate", device="SCALE-01")) == ["CP-002"]


def test_CP003_the_part_of_the_kind_is_given_and_no_other(device: Actor) -> None:
    assert refused(device, event_json("seal", seal=None)) == ["CP-003"]
    assert refused(device, event_json("seal", weight={"gross": "5"})) == ["CP-003"]


@pytest.mark.parametrize(
    ("ahead", "taken", "marks"),
    [
        (timedelta(seconds=120), True, ()),
        (timedelta(seconds=121), True, (Mark.CLOCK_AHEAD,)),
        (timedelta(hours=24), True, (Mark.CLOCK_AHEAD,)),
        (timedelta(hours=24, seconds=1), False, ()),
        (-timedelta(days=30), True, ()),
        (-timedelta(days=30, seconds=1), False, ()),
    ],
)
def test_CP004_and_CP008_a_clock_ahead_is_marked_and_a_wrong_one_refused(
    device: Actor, ahead: timedelta, taken: bool, marks: tuple[Mark, ...]
) -> None:
    with clock.frozen(clock.now()):
        event = event_json(happened_at=(clock.now() + ahead).isoformat())
        if taken:
            assert told(device, event).events[0].marks == marks
        else:
            assert refused(device, event) == ["CP-004"]


@pytest.mark.parametrize(
    ("weight", "rules"),
    [
        ({"gross": "1000000", "tare": "1"}, []),
        ({"gross": "1000000.1", "tare": "1"}, ["CP-005"]),
        ({"gross": "1000.1", "tare": "1", "unit": "TNE"}, ["CP-005"]),
        ({"gross": "0", "tare": "0"}, ["CP-005", "CP-005"]),
        ({"gross": "10", "tare": "10"}, ["CP-005"]),
        ({"gross": "10", "tare": "9.9"}, []),
        ({"gross": "10", "tare": "9", "uncertainty": "11"}, ["CP-005"]),
    ],
)
def test_CP005_weights_are_possible_weights(device: Actor, weight: dict[str, str], rules: list[str]) -> None:
    if rules:
        assert refused(device, event_json(weight=weight)) == rules
    else:
        told(device, event_json(weight=weight))


def test_CP007_a_misread_number_is_kept_and_marked_and_compared_with_nothing(device: Actor) -> None:
    receipt = told(device, event_json("container", container={"number": "CSQU3054384"}, about=None))
    assert receipt.events[0].marks == (Mark.MISREAD,)
    read = reading(receipt.events[0].id)
    assert (read.container, read.compared) == ("CSQU3054384", False)
    (notice,) = PartyEvent.objects.filter(organisation_id=device.organisation_id)
    assert (notice.type, notice.data["marks"]) == ("device_event.marked", ["misread"])


def test_CP009_what_a_scale_says_after_its_calibration_is_kept_and_compared_with_nothing(device: Actor) -> None:
    supervisor = accounts.actor(Role.SUPERVISOR)
    with clock.frozen(clock.now() + timedelta(days=91)):
        late = told(device, event_json())
        assert late.events[0].marks == (Mark.UNCALIBRATED,)
        scale = Device.objects.get(organisation_id=device.organisation_id, number="SCALE-01")
        device_calibrate(actor=supervisor, device_id=scale.pk, until=clock.today())
        assert told(device, event_json()).events[0].marks == ()


def test_CP010_a_picture_is_a_document_of_ones_own_or_a_digest_with_its_place(device: Actor) -> None:
    foreign = {"document_id": "01998877-4d4d-7a6b-8f4e-7a1c2d3e4f50"}
    both = foreign | {"sha256": "ab" * 32, "lies_at": "x"}
    for scan in ({"verdict": "agrees"}, {"sha256": "ab" * 32}, foreign):
        assert refused(device, event_json("scan", scan=scan)) == ["CP-010"]
    assert set(refused(device, event_json("scan", scan=both))) == {"CP-010"}


def test_CP011_nothing_is_taken_from_a_device_that_is_out_of_use(device: Actor) -> None:
    supervisor = accounts.actor(Role.SUPERVISOR)
    scale = Device.objects.get(organisation_id=device.organisation_id, number="SCALE-01")
    device_retire(actor=supervisor, device_id=scale.pk)
    assert refused(device, event_json()) == ["CP-011"]
    with pytest.raises(TransitionRefused):
        device_retire(actor=supervisor, device_id=scale.pk)


def test_CP001_a_batch_has_1_to_100_events_each_once(device: Actor) -> None:
    assert refused(device) == ["CP-001"]
    told_100 = told(device, *(event_json() for _ in range(100)))
    assert told_100.new == 100
    with pytest.raises(RuleViolated):
        told(device, *(event_json() for _ in range(101)))
    event = event_json()
    with pytest.raises(RuleViolated) as refusal:
        told(device, event, event)
    assert [found.pointer for found in refusal.value.violations] == ["/events/1/event_id"]


def test_only_devices_tell_and_only_customs_registers(device: Actor) -> None:
    for role in (Role.TRADER, Role.TERMINAL, Role.OFFICER):
        with pytest.raises(NotPermitted):
            told(accounts.actor(role), event_json())
    with pytest.raises(NotPermitted):
        device_registered(device, accounts.organisation(), DeviceKind.SCANNER)


def test_what_was_told_and_who_told_it_never_change(device: Actor) -> None:
    told(device, event_json())
    for sql in (
        "UPDATE capture_deviceevent SET container = ''",
        "DELETE FROM capture_deviceevent",
        "DELETE FROM capture_device",
        "UPDATE capture_device SET number = 'X'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
