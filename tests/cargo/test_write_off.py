"""Write-off of bills: taken at acceptance, never more than is left, given back once (CA-010 to CA-016)."""

from decimal import Decimal
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from declarations.services import declaration_accept, declaration_invalidate, declaration_lodge
from declarations.services.cargo import cargo_amend
from declarations.types import Channel
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.cargo.models import CargoLink, WriteOff
from singlewindow.cargo.selectors import bills_out_of_balance, cargo_short, cargo_state
from singlewindow.cargo.services import manifest_met, write_off_reverse
from singlewindow.cargo.states import CargoState
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.types import JobContext
from singlewindow.kernel.errors import RuleViolated
from tests.factories import accounts
from tests.factories.cargo import bill_json, bill_of, carrier, filed, importing_message

pytestmark = pytest.mark.django_db

SYSTEM = system_actor("clearance")


@pytest.fixture
def trader() -> Actor:
    return accounts.actor(Role.TRADER, of=accounts.organisation(identifier="ZZIMP0001", name="Amari Foods Ltd"))


@pytest.fixture
def ship() -> Actor:
    return carrier()


def lodged(trader: Actor, *references: str, **changes: object) -> UUID:
    message = importing_message(*references, **changes)
    return declaration_lodge(message=message, actor=trader, channel=Channel.JSON).id


def accepted(trader: Actor, *references: str, **changes: object) -> UUID:
    declaration_id = lodged(trader, *references, **changes)
    with unit_of_work() as work:
        declaration_accept(work, declaration_id, SYSTEM)
    return declaration_id


def left(reference: str) -> tuple[int, Decimal]:
    bill = bill_of(reference)
    return bill.packages - bill.packages_written, bill.mass_kg - bill.mass_written_kg


def test_an_accepted_declaration_writes_off_packages_and_mass(trader, ship):
    filed(ship, bill_json("BLA", packages=10, mass="100"))
    declaration_id = accepted(trader, "bl-a", boxes=4)
    assert left("BLA") == (6, Decimal("79.2"))
    assert cargo_state(declaration_id) is CargoState.WRITTEN_OFF
    entry = WriteOff.objects.get()
    assert (entry.item, entry.packages, entry.mass_kg) == (1, 4, Decimal("20.8"))
    assert bills_out_of_balance() == []


def test_lodging_alone_writes_nothing_off(trader, ship):
    filed(ship, bill_json("BLA"))
    declaration_id = lodged(trader, "BLA")
    assert left("BLA") == (10, Decimal(100))
    assert cargo_state(declaration_id) is CargoState.CITED


@pytest.mark.parametrize(("boxes", "refused"), [(10, False), (11, True)], ids=["all that is there", "one more"])
def test_CA_010_more_packages_than_the_bill_has_left_is_refused_at_lodging(trader, ship, boxes, refused):
    filed(ship, bill_json("BLA", packages=10, mass="1000"))
    if not refused:
        lodged(trader, "BLA", boxes=boxes)
        return
    with pytest.raises(RuleViolated) as caught:
        lodged(trader, "BLA", boxes=boxes)
    (found,) = caught.value.violations
    assert (found.rule, found.pointer) == ("CA-010", "/items/0")
    assert found.message == "Item 1 takes 11 packages where 10 are left on BLA."
    assert not CargoLink.objects.exists()


@pytest.mark.parametrize(("mass", "refused"), [("52", False), ("51.999999", True)], ids=["exactly", "a trace less"])
def test_CA_010_more_mass_than_the_bill_has_left_is_refused_at_lodging(trader, ship, mass, refused):
    filed(ship, bill_json("BLA", packages=100, mass=mass))
    if not refused:
        lodged(trader, "BLA", boxes=10)
        return
    with pytest.raises(RuleViolated) as caught:
        lodged(trader, "BLA", boxes=10)
    assert [found.rule for found in caught.value.violations] == ["CA-010"]


def test_CA_010_items_of_one_declaration_share_what_is_left(trader, ship):
    filed(ship, bill_json("BLA", packages=10, mass="1000"))
    with pytest.raises(RuleViolated) as caught:
        lodged(trader, "BLA", boxes=4, items=3)
    assert [found.pointer for found in caught.value.violations] == ["/items/2"]


def test_several_bills_are_written_off_in_the_order_in_which_they_are_named(trader, ship):
    filed(ship, bill_json("BLA", packages=3, mass="1000"), bill_json("BLB", packages=5, mass="1000"))
    accepted(trader, "BLA", "BLB", boxes=6)
    assert (left("BLA")[0], left("BLB")[0]) == (0, 2)
    assert bills_out_of_balance() == []


def test_CA_013_whoever_is_accepted_second_falls_short_and_takes_nothing(trader, ship):
    filed(ship, bill_json("BLA", packages=10, mass="1000"))
    first, second = lodged(trader, "BLA", boxes=6), lodged(trader, "BLA", boxes=6)
    for accepted_one in (first, second):
        with unit_of_work() as work:
            declaration_accept(work, accepted_one, SYSTEM)
    assert [cargo_state(first), cargo_state(second)] == [CargoState.WRITTEN_OFF, CargoState.SHORT]
    assert cargo_short(second)
    assert left("BLA")[0] == 4


def test_CA_014_a_declaration_that_names_a_bill_of_no_manifest_is_lodged_and_written_off_when_it_comes(trader, ship):
    declaration_id = accepted(trader, "BLA", boxes=4)
    assert cargo_state(declaration_id) is CargoState.UNMANIFESTED
    receipt = filed(ship, bill_json("BLA"))
    job = JobContext(1, "cargo.link", str(receipt.id), {}, "", 1)
    for _ in range(2):
        with unit_of_work() as work:
            manifest_met(work, job)
    assert cargo_state(declaration_id) is CargoState.WRITTEN_OFF
    assert left("BLA")[0] == 6


def test_a_declaration_that_names_no_bill_is_found_by_its_container(trader, ship):
    filed(ship, bill_json("BLA"))
    declaration_id = accepted(trader, boxes=4)
    assert cargo_state(declaration_id) is CargoState.WRITTEN_OFF
    assert left("BLA")[0] == 6


@pytest.mark.parametrize(
    ("changes", "known"),
    [
        ({"consignee": {"id": "ZZIMP0001"}}, True),
        ({"consignee": {"id": "ZZOTHER"}, "notify": {"id": "ZZIMP0001"}}, True),
        ({"consignee": {"name": "AMARI FOODS, Ltd."}}, True),
        ({"consignee": {"name": "To Order of Bank"}}, True),
        ({"consignee": {"id": "ZZOTHER"}, "to_order": True}, True),
        ({"consignee": {"id": "ZZOTHER", "name": "Amari Foods Ltd"}}, False),
        ({"consignee": {"name": "Somebody else"}}, False),
    ],
    ids=["consignee", "notify party", "consignee by name", "to order by name", "to order", "other id", "other name"],
)
def test_A5_a_bill_that_is_for_somebody_else_is_as_if_there_were_none(trader, ship, changes, known):
    filed(ship, bill_json("BLA", packages=1, **changes))
    if known:
        with pytest.raises(RuleViolated):
            lodged(trader, "BLA", boxes=2)
    else:
        declaration_id = accepted(trader, "BLA", boxes=2)
        assert cargo_state(declaration_id) is CargoState.UNMANIFESTED
        assert left("BLA")[0] == 1


def test_CA_011_writing_another_partys_name_into_a_declaration_opens_no_bill(ship):
    stranger: Organisation = accounts.organisation(identifier="ZZIMP0009", name="Stranger")
    filed(ship, bill_json("BLA", packages=1, consignee={"name": "Amari Foods Ltd"}))
    party = {"id": "ZZIMP0009", "name": "Amari Foods Ltd"}
    actor = accounts.actor(Role.TRADER, of=stranger)
    declaration_id = accepted(actor, "BLA", boxes=2, importer=party, declarant=party)
    assert cargo_state(declaration_id) is CargoState.UNMANIFESTED


def test_CA_012_a_master_that_is_split_into_house_bills_is_not_written_off_itself(trader, ship):
    house = bill_json("HBL", kind="house", master="MBL", packages=10)
    filed(ship, bill_json("MBL", kind="master", packages=10, to_order=True), house)
    with pytest.raises(RuleViolated) as caught:
        lodged(trader, "MBL", boxes=1)
    assert [(found.rule, found.pointer) for found in caught.value.violations] == [
        ("CA-012", "/previous_documents/0/id")
    ]
    cited = [{"category": "Z", "type": code, "id": name} for code, name in (("741", "MBL"), ("714", "HBL"))]
    accepted(trader, boxes=2, previous_documents=cited)
    assert (left("HBL")[0], left("MBL")[0]) == (8, 10)


def test_CA_015_an_invalidated_declaration_gives_back_once(trader, ship):
    filed(ship, bill_json("BLA"))
    declaration_id = accepted(trader, "BLA", boxes=4)
    with unit_of_work() as work:
        declaration_invalidate(work, declaration_id, SYSTEM, reason="by mistake")
        assert write_off_reverse(work, declaration_id, SYSTEM) == 0
    assert left("BLA") == (10, Decimal(100))
    assert cargo_state(declaration_id) is CargoState.RETURNED
    assert WriteOff.objects.count() == 2
    assert bills_out_of_balance() == []


def test_CA_015_the_database_refuses_to_return_one_entry_twice(trader, ship):
    filed(ship, bill_json("BLA"))
    declaration_id = accepted(trader, "BLA", boxes=4)
    with unit_of_work() as work:
        write_off_reverse(work, declaration_id, SYSTEM)
    entry = WriteOff.objects.get(reverses=None)
    again = WriteOff.objects.exclude(reverses=None).get()
    again.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)
    assert again.reverses_id == entry.pk


@pytest.mark.parametrize("number", ["packages_written", "mass_written_kg"])
@pytest.mark.parametrize("value", [-1, 101])
def test_the_database_holds_what_is_written_between_nothing_and_what_was_manifested(ship, number, value):
    filed(ship, bill_json("BLA"))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE cargo_bill SET {number} = %s", [value])


@pytest.mark.parametrize(("boxes", "kept"), [(2, 8), (9, 1)], ids=["less", "more"])
def test_CA_016_an_amendment_takes_the_difference(trader, ship, boxes, kept):
    filed(ship, bill_json("BLA"))
    declaration_id = accepted(trader, "BLA", boxes=4)
    with unit_of_work() as work:
        cargo_amend(work, declaration_id, "mrn", importing_message("BLA", boxes=boxes), trader)
    assert left("BLA")[0] == kept
    assert bills_out_of_balance() == []


def test_CA_016_an_amendment_that_asks_for_too_much_changes_nothing(trader, ship):
    filed(ship, bill_json("BLA"))
    declaration_id = accepted(trader, "BLA", boxes=4)
    with pytest.raises(RuleViolated), unit_of_work() as work:
        cargo_amend(work, declaration_id, "mrn", importing_message("BLA", boxes=11), trader)
    assert left("BLA")[0] == 6
    assert WriteOff.objects.count() == 1
