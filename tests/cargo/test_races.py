"""Bills under concurrency: real threads, each with its own connection, let go at one instant (CA-010, L2, L4)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from declarations.services import declaration_accept, declaration_lodge
from declarations.types import Channel
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor, system_actor
from singlewindow.cargo.models import WriteOff
from singlewindow.cargo.schemas import ArrivalMessage
from singlewindow.cargo.selectors import bills_out_of_balance, cargo_state
from singlewindow.cargo.services import arrival_tell, write_off_reverse
from singlewindow.db.work import unit_of_work, with_retries
from tests.factories import accounts
from tests.factories.cargo import bill_json, bill_of, carrier, filed, importing_message, terminal

pytestmark = pytest.mark.django_db(transaction=True)

SYSTEM = system_actor("clearance")
THREADS = 16


@pytest.fixture
def trader() -> Actor:
    return accounts.actor(Role.TRADER, of=accounts.organisation(identifier="ZZIMP0001", name="Amari Foods Ltd"))


def at_once(act: Callable[[int], Any], times: int) -> list[Any]:
    """Run an act many times, on as many connections as there are threads, all beginning together."""
    barrier = Barrier(THREADS)

    def thread(first: int) -> list[Any]:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return [act(number) for number in range(first, times, THREADS)]
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        return [result for results in pool.map(thread, range(THREADS)) for result in results]


def lodged(trader: Actor, *references: str) -> UUID:
    message = importing_message(*references)
    return declaration_lodge(message=message, actor=trader, channel=Channel.JSON).id


def accepting(ids: list[UUID], tries: Counter[str]) -> Callable[[int], None]:
    def act(number: int) -> None:
        def accept() -> None:
            tries["all"] += 1
            with unit_of_work() as work:
                declaration_accept(work, ids[number], SYSTEM)

        with_retries(accept)

    return act


def test_L2_of_32_declarations_on_a_bill_with_room_for_10_exactly_10_are_written_off(trader):
    filed(carrier(), bill_json("BLA", packages=10, mass="1000"))
    ids = [lodged(trader, "BLA") for _ in range(32)]
    at_once(accepting(ids, Counter()), 32)
    assert Counter(cargo_state(one) for one in ids) == {"WRITTEN_OFF": 10, "SHORT": 22}
    assert bill_of("BLA").packages_written == 10
    assert WriteOff.objects.count() == 10
    assert bills_out_of_balance() == []


def test_L2_two_bills_in_crossed_order_never_deadlock(trader):
    filed(carrier(), bill_json("BLA", packages=8, mass="1000"), bill_json("BLB", packages=30, mass="1000"))
    ids = [lodged(trader, *(("BLA", "BLB") if number % 2 else ("BLB", "BLA"))) for number in range(32)]
    tries: Counter[str] = Counter()
    at_once(accepting(ids, tries), 32)
    assert tries["all"] == 32, "no transaction was tried again, so none was the victim of a deadlock"
    assert {cargo_state(one) for one in ids} == {"WRITTEN_OFF"}
    assert (bill_of("BLA").packages_written + bill_of("BLB").packages_written) == 32
    assert bills_out_of_balance() == []


def test_L4_sixteen_returns_at_once_give_back_once(trader):
    filed(carrier(), bill_json("BLA", packages=10, mass="1000"))
    declaration_id = lodged(trader, "BLA")
    with unit_of_work() as work:
        declaration_accept(work, declaration_id, SYSTEM)

    def act(_: int) -> int:
        with unit_of_work() as work:
            return write_off_reverse(work, declaration_id, SYSTEM)

    assert Counter(at_once(act, 16)) == {1: 1, 0: 15}
    assert bill_of("BLA").packages_written == 0
    assert bills_out_of_balance() == []


def test_a_conveyance_that_is_told_to_have_arrived_by_many_at_once_arrives_once():
    receipt = filed(carrier(), reference="VOYX")
    gate = terminal()

    def act(_: int) -> str:
        with unit_of_work() as work:
            return arrival_tell(work, ArrivalMessage(manifest="VOYX"), gate).manifest

    assert set(at_once(act, 16)) == {"ARRIVED"}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_event WHERE verb = 'manifest.arrived' AND subject_id = %s", [str(receipt.id)]
        )
        assert cursor.fetchone()[0] == 1
