"""Arrival before and after lodging, both to release; more than the manifest; exports that leave (F13, F18)."""

from collections.abc import Callable
from uuid import UUID

import pytest

from clearance.models import Case
from declarations.models import Declaration
from declarations.schemas import DeclarationMessage
from declarations.services import (
    declaration_accept,
    declaration_invalidate,
    declaration_lodge,
    goods_present_in,
)
from declarations.types import Channel, Lodged
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import PartyEvent
from singlewindow.cargo.messages.movement_schema import MovementKind, MovementMessage
from singlewindow.cargo.models import Bill
from singlewindow.cargo.schemas import ManifestMessage
from singlewindow.cargo.selectors import bills_out_of_balance, cargo_state
from singlewindow.cargo.services import manifest_amend, movement_take
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.models import Job
from tests.factories import accounts
from tests.factories.cargo import (
    bill_json,
    bill_of,
    carrier,
    carrier_of,
    filed,
    importing_message,
    manifest_json,
    terminal,
    told,
)
from tests.factories.clearance import trader_rich
from tests.factories.declarations import export_json

Run = Callable[[], None]

pytestmark = pytest.mark.django_db


def _lodge(trader: Organisation, *references: str, **changes: object) -> Lodged:
    actor = accounts.actor(Role.TRADER, of=trader)
    message = importing_message(*references, **changes)
    return declaration_lodge(message=message, actor=actor, channel=Channel.JSON)


def _states(declaration_id: UUID) -> tuple[str, str]:
    declaration = Declaration.objects.get(pk=declaration_id)
    return declaration.legal_state, declaration.goods_state


def test_arrival_after_lodging_presents_and_releases(importer: Organisation, jobs_done: Run) -> None:
    filed(carrier(), bill_json("BLA"), reference="VOY1")
    lodged = _lodge(importer, "BLA", type_code="IMD")
    jobs_done()
    assert _states(lodged.id) == ("REGISTERED", "EXPECTED")
    told(terminal(), manifest="VOY1")
    jobs_done()
    assert _states(lodged.id) == ("CLEARED", "RELEASABLE")
    assert bill_of("BLA").packages_written == 1


def test_arrival_before_lodging_presents_at_once(importer: Organisation, jobs_done: Run) -> None:
    filed(carrier(), bill_json("BLA"), reference="VOY1")
    told(terminal(), manifest="VOY1")
    jobs_done()
    lodged = _lodge(importer, "BLA", type_code="IMD")
    jobs_done()
    assert _states(lodged.id) == ("CLEARED", "RELEASABLE")
    row = Declaration.objects.get(pk=lodged.id)
    assert row.presented_at == bill_of("BLA").arrived_at
    assert row.accepted_at == row.lodged_at


def test_lodged_without_a_manifest_and_released_when_manifest_and_ship_come(
    importer: Organisation, jobs_done: Run
) -> None:
    lodged = _lodge(importer, "BLA", type_code="IMD")
    jobs_done()
    assert Case.objects.get(pk=lodged.id).amount_minor > 0, "the amount is known before arrival"
    told(terminal(), manifest="VOY1")
    filed(carrier(), bill_json("BLA"), reference="VOY1")
    jobs_done()
    assert _states(lodged.id) == ("CLEARED", "RELEASABLE")
    assert cargo_state(lodged.id) == "WRITTEN_OFF"


@pytest.mark.parametrize("second", [False, True], ids=["one of two containers", "both"])
def test_goods_are_here_when_all_their_containers_are(importer: Organisation, jobs_done: Run, second: bool) -> None:
    equipment = [{"sequence": 1, "id": "CSQU3054383"}, {"sequence": 2, "id": "MSKU9070323"}]
    lodged = _lodge(importer, type_code="IMD", equipment=equipment)
    gate = terminal()
    told(gate, containers=["CSQU3054383"])
    if second:
        told(gate, containers=["MSKU9070323"])
    jobs_done()
    assert (_states(lodged.id)[1] == "RELEASABLE") is second


def test_the_gate_presents_by_the_number_of_the_declaration(importer: Organisation, jobs_done: Run) -> None:
    lodged = _lodge(importer, type_code="IMD")
    told(terminal(), mrn=lodged.mrn)
    jobs_done()
    assert _states(lodged.id) == ("CLEARED", "RELEASABLE")


def test_somebody_elses_ship_presents_nothing(importer: Organisation, jobs_done: Run) -> None:
    filed(carrier(), bill_json("BLA", consignee={"id": "ZZIMP0002"}), reference="VOY1")
    lodged = _lodge(importer, "BLA", type_code="IMD")
    told(terminal(), manifest="VOY1")
    jobs_done()
    assert _states(lodged.id) == ("REGISTERED", "EXPECTED")


def test_what_falls_short_of_the_manifest_waits_and_is_released_when_there_is_room(
    importer: Organisation, jobs_done: Run
) -> None:
    filed(carrier(), bill_json("BLA", packages=3, mass="100"), reference="VOY1")
    first = _lodge(importer, "BLA", boxes=2, type_code="IMD")
    second = _lodge(importer, "BLA", boxes=2, type_code="IMD")
    told(terminal(), mrn=first.mrn)
    jobs_done()
    told(terminal(), mrn=second.mrn)
    jobs_done()
    assert _states(first.id)[0] == "CLEARED"
    assert _states(second.id) == ("ACCEPTED", "PRESENTED")
    case = Case.objects.get(pk=second.id)
    assert (case.blocking, case.holder) == ("cargo", "trader")
    assert PartyEvent.objects.filter(type="cargo.short", organisation=importer).count() == 1
    _more_room()
    jobs_done()
    assert _states(second.id)[0] == "CLEARED"
    assert bills_out_of_balance() == []


def _more_room() -> None:
    manifest = Bill.objects.get(reference="BLA").manifest
    amended = manifest_json(bill_json("BLA", packages=4, mass="100"), reference="VOY1")
    with unit_of_work() as work:
        manifest_amend(work, manifest.pk, ManifestMessage.model_validate(amended), carrier_of(manifest.carrier))


def test_room_that_an_invalidated_declaration_gives_back_covers_the_next(
    importer: Organisation, jobs_done: Run
) -> None:
    filed(carrier(), bill_json("BLA", packages=3, mass="100"))
    first = _lodge(importer, "BLA", boxes=2, type_code="IMD")
    second = _lodge(importer, "BLA", boxes=2, type_code="IMD")
    system = system_actor("clearance")
    with unit_of_work() as work:
        goods_present_in(work, actor=system, declaration_id=first.id)
        declaration_accept(work, first.id, system)
    Job.objects.filter(subject_id=str(first.id)).delete()  # it stays accepted, as if an officer looked at it
    told(terminal(), mrn=second.mrn)
    jobs_done()
    assert (_states(second.id)[0], cargo_state(second.id)) == ("ACCEPTED", "SHORT")
    with unit_of_work() as work:
        declaration_invalidate(work, first.id, system, reason="the trader asks")
    jobs_done()
    assert (_states(second.id)[0], cargo_state(second.id)) == ("CLEARED", "WRITTEN_OFF")


def test_exports_arrive_and_leave_by_their_consolidation(country: None, jobs_done: Run) -> None:
    trader = trader_rich("ZZEXP0001", "Highland Coffee Exporters")
    actor = accounts.actor(Role.TRADER, of=trader)
    plain = export_json(presented=False, ucr="6ZZ123456789-EXP1")
    plain["items"][0] |= {"commodity_code": "3926909790", "description": "Household articles of plastics"}
    message = DeclarationMessage.model_validate(plain)
    lodged = declaration_lodge(message=message, actor=actor, channel=Channel.JSON)
    jobs_done()
    port = terminal()
    with unit_of_work() as work:
        ucr = "6ZZ123456789-EXP1"
        movement_take(work, MovementMessage(kind=MovementKind.ASSOCIATION, ucr=ucr, mucr="A:1"), port)
        movement_take(work, MovementMessage(kind=MovementKind.CLOSURE, mucr="A:1"), port)
        movement_take(work, MovementMessage(kind=MovementKind.ARRIVAL, mucr="A:1", location="ZZAMA"), port)
    jobs_done()
    assert (Case.objects.get(pk=lodged.id).blocking, _states(lodged.id)[1]) == ("", "RELEASABLE")
    with unit_of_work() as work:
        movement_take(work, MovementMessage(kind=MovementKind.DEPARTURE, mucr="A:1", location="ZZAMA"), port)
    jobs_done()
    assert _states(lodged.id)[1] == "EXITED"
