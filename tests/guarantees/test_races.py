"""Guarantees under concurrency: real threads, each with its own connection, let go at one instant (L5, GU-RES-01)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from singlewindow.accounts.models import Organisation
from singlewindow.db.work import unit_of_work, with_retries
from singlewindow.guarantees.models import Entry
from singlewindow.guarantees.services import guarantee_free, guarantee_reserve, guarantees_lock
from singlewindow.kernel.errors import RuleViolated
from singlewindow.kernel.identifiers import uuid7
from tests.factories import accounts
from tests.factories.guarantees import AT, CODE, SYSTEM, books_agree, guarantee, reserve

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


def at_once(act: Callable[[int], Any], times: int) -> list[Any]:
    """Run an act on as many connections at the same instant."""
    barrier = Barrier(times)

    def thread(number: int) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(thread, range(times)))


def told(act: Callable[[], Any]) -> str:
    try:
        act()
    except RuleViolated as refused:
        return ",".join(one.rule for one in refused.violations)
    return "reserved"


def test_L5_fifty_declarations_at_once_never_over_draw_a_guarantee_and_use_it_to_the_last_cent(trader):
    row = guarantee(trader, limit_minor=100_000)
    results = at_once(lambda _: told(lambda: reserve(row, 10_000)), 50)
    assert Counter(results) == {"reserved": 10, "GU-G09": 40}
    assert books_agree(row)
    assert row.used_minor == row.limit_minor == 100_000


def test_L5_amounts_of_every_size_never_over_draw_it(trader):
    row = guarantee(trader, limit_minor=100_000)
    at_once(lambda number: told(lambda: reserve(row, 1_000 + 397 * number)), 50)
    assert books_agree(row)
    assert 0 < row.used_minor <= 100_000


def test_L5_a_voucher_is_drawn_by_one_of_fifty(trader):
    row = guarantee(trader, type="4", limit_minor=1_000_000)
    results = at_once(lambda _: told(lambda: reserve(row, 10_000)), 50)
    assert Counter(results) == {"reserved": 1, "GU-G05": 49}


def test_what_is_set_aside_comes_back_once_though_sixteen_ask(trader):
    row, subject = guarantee(trader), uuid7()
    reserve(row, 30_000, subject=subject)

    def act(_: int) -> int:
        with unit_of_work() as work:
            return guarantee_free(work, subject_id=subject, actor=SYSTEM, at=AT)

    assert sorted(at_once(act, 16)) == [0] * 15 + [30_000]
    assert books_agree(row)
    assert Entry.objects.filter(guarantee=row).count() == 2


def test_two_guarantees_named_in_crossed_order_never_deadlock(trader):
    rows = [guarantee(trader, limit_minor=1_000_000) for _ in range(2)]
    tries: Counter[int] = Counter()

    def both(number: int) -> None:
        named, subject = rows[:: 1 if number % 2 else -1], uuid7()

        def act() -> None:
            tries[number] += 1
            with unit_of_work() as work:
                guarantees_lock(work, [row.grn for row in named])
                for row in named:
                    _reserve(work, row.grn, subject)

        with_retries(act)

    def _reserve(work, grn: str, subject: UUID) -> None:
        guarantee_reserve(
            work,
            grn=grn,
            access_code=CODE,
            holder_ids=[trader.pk],
            subject_id=subject,
            purpose="debt",
            amount_minor=100,
            currency="EUR",
            on=AT.date(),
            actor=SYSTEM,
            at=AT,
        )

    at_once(both, 16)
    assert set(tries.values()) == {1}
    assert all(books_agree(row) and row.used_minor == 1_600 for row in rows)
