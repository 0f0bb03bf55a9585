"""Permits under concurrency: real threads, each with its own connection, let go at one instant (AG-020, L2, L4)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import OperationalError, connection

from agencies.models import CertificateCitation, ForeignCertificate, Permit, WriteOff
from agencies.selectors import permits_out_of_balance
from agencies.services import (
    certificate_receive,
    part_issue,
    permit_write_off,
    permits_change,
    permits_free,
    permits_reserve,
    reservation,
    write_off_reverse,
)
from singlewindow.accounts.models import Organisation
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work, with_retries
from singlewindow.jobs.models import Job
from singlewindow.kernel.errors import TransitionRefused
from tests.factories import accounts, agencies
from tests.factories.agencies import AT, citing, oranges, snapshot
from tests.factories.certificates import number_new, sps_xml

pytestmark = pytest.mark.django_db(transaction=True)

SYSTEM = system_actor("clearance")
THREADS = 16
LOCK_NOT_AVAILABLE = "55P03"


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


def at_once(act: Callable[[int], Any], times: int, *, threads: int = THREADS) -> list[Any]:
    """Run an act many times, on as many connections as there are threads, all beginning together."""
    barrier = Barrier(threads)

    def thread(first: int) -> list[Any]:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=180)
            return [act(number) for number in range(first, times, threads)]
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return [result for results in pool.map(thread, range(threads)) for result in results]


def patiently(act: Callable[[], Any]) -> Any:
    """Do an act again when it waited longer for a lock than a connection may, as the queue does with a job.

    A deadlock is not one of these: it would come out here.
    """
    for _ in range(50):
        try:
            return act()
        except OperationalError as error:
            if getattr(error.__cause__, "pgcode", None) != LOCK_NOT_AVAILABLE:
                raise
    raise AssertionError("no lock was given")


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

        return patiently(lambda: with_retries(accept))

    return act


@pytest.mark.parametrize(
    ("quantity", "state"), [("10", "exhausted"), ("10.5", "issued")], ids=["to the last unit", "with a rest"]
)
def test_L2_of_64_reservations_on_a_permit_with_room_for_10_exactly_10_succeed(trader, quantity, state):
    """With a rest the state never ends, and the sum alone refuses."""
    permit = agencies.permit(trader, quantity=Decimal(quantity))
    results = at_once(reserving(trader, (permit.number,)), 64, threads=64)
    assert Counter(state for states in results for state in states) == {"reserved": 10, "exhausted": 54}
    permit.refresh_from_db()
    assert (permit.used, permit.state) == (10, state)
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


def test_L4_cancelled_and_amended_at_once_a_declaration_is_given_back_once_for_each_reservation(trader):
    """Whoever comes first: what stands reserved afterwards is the newest version's, or nothing."""
    permit = agencies.permit(trader, quantity=Decimal(1000))
    message = oranges({"documents": citing(permit.number)}, trader=trader.identifier)
    declaration = snapshot(message, of=trader)
    with unit_of_work() as work:
        permits_reserve(work, declaration, actor=SYSTEM, at=AT)
    newer = replace(declaration, version=2)

    def act(number: int) -> None:
        with unit_of_work() as work:
            work.fetch("SELECT pg_advisory_xact_lock(1)")  # stands for the declaration's row, which every caller holds
            if number % 2:
                permits_free(work, declaration.id, actor=SYSTEM, at=AT)
            elif number == 0:
                permits_change(work, newer, actor=SYSTEM, at=AT)

    at_once(act, 16)
    backs = WriteOff.objects.filter(permit=permit, kind__in=["free", "recredit"]).values_list("version", flat=True)
    assert sorted(backs) in ([1], [1, 2]), "each reservation comes back at most once"
    assert permits_out_of_balance() == []


def test_L4_an_entry_that_everyone_reverses_at_once_is_reversed_once(trader):
    permit = agencies.permit(trader, valid_to="2030-12-31")
    officer = accounts.actor(Role.AGENCY_OFFICER, agency="PHY")
    permit_write_off(permit_id=permit.pk, actor=officer, quantity=Decimal(40), unit="KGM", reason="Paper")
    entry = WriteOff.objects.get(kind="manual")

    def act(_number: int) -> bool:
        try:
            write_off_reverse(permit_id=permit.pk, entry_id=entry.pk, actor=officer, reason="Wrong permit")
        except TransitionRefused:
            return False
        return True

    assert sum(at_once(act, 16)) == 1
    permit.refresh_from_db()
    assert (permit.used, permits_out_of_balance()) == (0, [])


def test_a_part_that_two_officers_issue_at_once_is_issued_once(trader):
    agencies.requirement()
    part_id = agencies.applied(trader).parts[0].id
    officers = [accounts.actor(Role.AGENCY_OFFICER, agency="PHY") for _ in range(4)]

    def act(number: int) -> bool:
        try:
            part_issue(actor=officers[number % 4], part_id=part_id, order=agencies.issue_order())
        except TransitionRefused:
            return False
        return True

    assert sum(at_once(act, 16)) == 1
    assert Permit.objects.count() == 1


def test_AG_085_a_certificate_and_the_declaration_that_names_it_never_miss_each_other(trader):
    """Both come at one instant, twelve times over: it is matched at once, or the arrival finds the waiting citation."""
    agencies.certificate_kind()
    officer = accounts.actor(Role.AGENCY_OFFICER, agency="PHY")
    numbers = [number_new() for _ in range(12)]
    declarations = [
        snapshot(oranges({"documents": [{"code": "N851", "id": number}]}, trader=trader.identifier), of=trader)
        for number in numbers
    ]

    def act(number: int) -> None:
        patiently(lambda: once(number))

    def once(number: int) -> None:
        which = number // 2
        with unit_of_work() as work:
            if number % 2:
                body = sps_xml(numbers[which], issued="20260520")
                certificate_receive(work, body=body, actor=officer)
            else:
                permits_reserve(work, declarations[which], actor=SYSTEM, at=AT)

    at_once(act, 24, threads=24)
    for number, declaration in zip(numbers, declarations, strict=True):
        state = CertificateCitation.objects.get(number=number).state
        woken = Job.objects.filter(kind="agencies.certificate", subject_id=str(declaration.id)).exists()
        assert state == "matched" or woken, number


def test_AG_083_of_many_declarations_that_name_one_certificate_only_so_many_are_matched_as_it_bears(trader):
    agencies.certificate_kind()
    number = number_new()
    with unit_of_work() as work:
        officer = accounts.actor(Role.AGENCY_OFFICER, agency="PHY")
        certificate_receive(work, body=sps_xml(number, issued="20260520", net="50"), actor=officer)

    def act(_number: int) -> str:
        message = oranges({"documents": [{"code": "N851", "id": number}]}, trader=trader.identifier)
        with unit_of_work() as work:
            (outcome,) = permits_reserve(work, snapshot(message, of=trader), actor=SYSTEM, at=AT)
        return outcome.state.value

    assert Counter(at_once(act, 32)) == {"matched": 5, "reused": 27}
    assert ForeignCertificate.objects.get().used_kg == 50


def test_the_race_is_real_without_its_guards_the_permit_is_exceeded(trader, monkeypatch):
    """Takes out the condition and the constraint, and sees the first test's claim broken: the guards carry it."""
    unguarded = """
        UPDATE agencies_permit SET used = %(quantity)s + %(seen)s WHERE id = %(permit)s AND %(on)s IS NOT NULL"""

    def read_check_write(work: Any, permit_id: Any, quantity: Decimal, on: Any, _value: Any) -> bool:
        ((seen, limit),) = work.fetch("SELECT used, quantity FROM agencies_permit WHERE id = %s", [permit_id])
        if seen + quantity > limit:
            return False
        work.flush()
        parameters = {"permit": permit_id, "quantity": quantity, "seen": seen, "on": on}
        return work.execute(unguarded, parameters) == 1

    monkeypatch.setattr(reservation, "_take", read_check_write)
    permit = agencies.permit(trader, quantity=Decimal(10))
    results = at_once(reserving(trader, (permit.number,)), 64)
    granted = sum(state == "reserved" for states in results for state in states)
    assert granted > 10
    assert permits_out_of_balance() == [permit.pk]
