"""Permits under concurrency: real threads, each with its own connection, let go at one instant (AG-020, L2, L4)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from agencies.models import WriteOff
from agencies.selectors import permits_out_of_balance
from agencies.services import permits_free, permits_reserve, reservation
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work, with_retries
from tests.factories import accounts, agencies
from tests.factories.agencies import AT, citing, oranges, snapshot

pytestmark = pytest.mark.django_db(transaction=True)

SYSTEM = system_actor("clearance")
THREADS = 16


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


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


def reserving(trader: Organisation, *numbers: tuple[str, ...]) -> Callable[[int], list[str]]:
    """An act that accepts one more declaration; the citations take turns."""
    messages = [
        oranges({"documents": citing(*some, quantity="1", unit="KGM")}, trader=trader.identifier) for some in numbers
    ]

    def act(number: int) -> list[str]:
        def accept() -> list[str]:
            declaration = snapshot(messages[number % len(messages)], of=trader)
            with unit_of_work() as work:
                outcomes = permits_reserve(work, declaration, actor=SYSTEM, at=AT)
            return [outcome.state.value for outcome in outcomes]

        return with_retries(accept)

    return act


def test_L2_of_64_reservations_on_a_permit_with_room_for_10_exactly_10_succeed(trader):
    permit = agencies.permit(trader, quantity=Decimal(10))
    results = at_once(reserving(trader, (permit.number,)), 64)
    assert Counter(state for states in results for state in states) == {"reserved": 10, "exhausted": 54}
    permit.refresh_from_db()
    assert (permit.used, permit.state) == (10, "exhausted")
    assert WriteOff.objects.filter(permit=permit).count() == 10
    assert permits_out_of_balance() == []


def test_L2_two_permits_in_crossed_order_never_deadlock(trader, monkeypatch):
    tries: Counter[str] = Counter()
    take = reservation._take

    def counted(*args: Any) -> bool:
        tries["takes"] += 1
        return take(*args)

    monkeypatch.setattr(reservation, "_take", counted)
    first, second = agencies.permit(trader), agencies.permit(trader)
    act = reserving(trader, (first.number, second.number), (second.number, first.number))
    results = at_once(act, 80)
    assert all(states == ["reserved", "reserved"] for states in results)
    assert tries["takes"] == 160, "no transaction was tried again, so none was the victim of a deadlock"


def test_L4_a_reservation_that_everyone_gives_back_at_once_is_given_back_once(trader):
    permit = agencies.permit(trader, quantity=Decimal(10))
    declaration = snapshot(oranges({"documents": citing(permit.number)}, trader=trader.identifier), of=trader)
    with unit_of_work() as work:
        permits_reserve(work, declaration, actor=SYSTEM, at=AT)

    def act(_number: int) -> int:
        with unit_of_work() as work:
            return permits_free(work, declaration.id, actor=SYSTEM, at=AT)

    assert sum(at_once(act, 32)) == 1
    permit.refresh_from_db()
    assert (permit.used, permit.state) == (0, "issued")
    assert permits_out_of_balance() == []


def test_the_race_is_real_without_its_guards_the_permit_is_exceeded(trader, monkeypatch):
    """Takes out the condition and the constraint, and sees the first test's claim broken: the guards carry it."""
    unguarded = """
        UPDATE agencies_permit SET used = %(quantity)s + %(seen)s WHERE id = %(permit)s AND %(on)s IS NOT NULL"""

    def read_check_write(work: Any, permit_id: Any, quantity: Decimal, on: Any, _value: Any) -> bool:
        ((seen, limit),) = work.fetch("SELECT used, quantity FROM agencies_permit WHERE id = %s", [permit_id])
        if seen + quantity > limit:
            return False
        parameters = {"permit": permit_id, "quantity": quantity, "seen": seen, "on": on}
        return work.execute(unguarded, parameters) == 1

    monkeypatch.setattr(reservation, "_take", read_check_write)
    permit = agencies.permit(trader, quantity=Decimal(10))
    results = at_once(reserving(trader, (permit.number,)), 64)
    granted = sum(state == "reserved" for states in results for state in states)
    assert granted > 10
    assert permits_out_of_balance() == [permit.pk]
