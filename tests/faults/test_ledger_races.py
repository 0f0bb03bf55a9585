"""Permits, quotas, guarantees and accounts under 64 clients in real processes, let go at one instant, 200 rounds (G22).

Each client does one act once: nothing is tried again, so a deadlock would reach it and fail the test. What a guard
is worth is seen by taking it out of the clients (`LEDGER_MUTANT`): see docs/rules/locks.md.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from agencies.models import Permit
from agencies.selectors import permits_out_of_balance
from fees.models import FiscalStatus
from fees.selectors import account_of, ledger_total
from fees.services import account_credit
from fees.services.accounts import account_open
from singlewindow.accounts.models import Organisation
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.identifiers import uuid7
from singlewindow.quotas.models import Entry, Quota
from singlewindow.quotas.selectors import quotas_out_of_balance
from singlewindow.settings.env import PROJECT_ROOT
from tests.factories import accounts, agencies, quotas
from tests.factories.guarantees import SYSTEM, books_agree, guarantee
from tests.faults.ledger_side import BARRIER

pytestmark = [pytest.mark.serial, pytest.mark.django_db(transaction=True)]

PROCESSES, THREADS = 8, 8
CLIENTS = PROCESSES * THREADS
ROUNDS = int(os.environ.get("LEDGER_ROUNDS", "48"))
"""Of each ledger's own race; with those of all together 200."""
ROUNDS_TOGETHER = min(ROUNDS, 8)
GATHERED_SQL = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = %s"
MUTANT = os.environ.get("LEDGER_MUTANT", "")
"""The guard that is taken out of the clients, for who wants to see that it matters."""


class Clients:
    """The processes and their clients."""

    def __init__(self, processes: list["subprocess.Popen[str]"]) -> None:
        self.processes = processes

    def round(self, act: str, **told: Any) -> list[str]:
        """Let every client act at one instant; what came of each, in their order."""
        line = json.dumps({"act": act, **told}, default=str) + "\n"
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [BARRIER])
            for one in self.processes:
                assert one.stdin is not None
                one.stdin.write(line)
                one.stdin.flush()
            for _ in range(10_000):
                cursor.execute(GATHERED_SQL, [BARRIER])
                if cursor.fetchone() == (CLIENTS,):
                    break
                time.sleep(0.003)
            cursor.execute("SELECT pg_advisory_unlock(%s)", [BARRIER])
        answers = []
        for one in self.processes:
            assert one.stdout is not None
            answers += json.loads(one.stdout.readline())
        return answers


@contextmanager
def clients_running() -> Iterator[Clients]:
    db = connection.settings_dict
    address = f"postgresql://{db['USER']}:{db['PASSWORD']}@/{db['NAME']}?host={db['HOST']}&port={db['PORT']}"
    environ = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
    command = [sys.executable, "-m", "tests.faults.ledger_side"]
    processes = [
        subprocess.Popen(
            [*command, str(number * THREADS), str(THREADS), MUTANT],
            cwd=PROJECT_ROOT,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    try:
        yield Clients(processes)
    finally:
        for one in processes:
            assert one.stdin is not None
            one.stdin.close()
        for one in processes:
            one.wait(timeout=30)
            assert one.stdout is not None
            one.stdout.close()


@pytest.fixture(scope="module")
def clients(django_db_setup: None, django_db_blocker: Any) -> Iterator[Clients]:
    """The processes run through all five races: to start them costs more than a race."""
    with django_db_blocker.unblock(), clients_running() as running:
        yield running


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


def ids(count: int = CLIENTS) -> list[str]:
    return [str(uuid7()) for _ in range(count)]


def owed(trader: Organisation, declarations: list[str], minor: int) -> None:
    """Declarations that owe customs so much each."""
    at = datetime.now(UTC)
    FiscalStatus.objects.bulk_create(
        FiscalStatus(
            declaration_id=one,
            mrn="26ZZ000000000000J0",
            organisation=trader,
            parties=[],
            state="ASSESSED",
            version=1,
            currency="EUR",
            total_minor=minor,
            due={"CUS": minor},
            waiting_for=[],
            changed_at=at,
        )
        for one in declarations
    )


def credited(trader: Organisation, amount: Decimal) -> None:
    with unit_of_work() as work:
        account_open(work, "authority", authority="CUS", currency="EUR")
    account_credit(
        organisation_id=trader.pk, amount=amount, currency="EUR", reference=f"race {trader.identifier}", actor=SYSTEM
    )


def test_L2_G22_a_permit_is_never_exceeded_and_used_to_the_last_kilogram(clients: Clients) -> None:
    for number in range(ROUNDS):
        trader = accounts.organisation()
        crossed = number % 2 == 1
        room = [7 + number % 11, 64] if crossed else [7 + number % 11]
        permits = [agencies.permit(trader, quantity=Decimal(kilograms)) for kilograms in room]
        answers = clients.round("permits", trader=trader.pk, permits=[one.number for one in permits])
        assert Counter(answers) == {"taken": room[0], "refused": CLIENTS - room[0]}, f"round {number}"
        used = [Permit.objects.get(pk=one.pk).used for one in permits]
        assert used == [Decimal(room[0]), Decimal(CLIENTS)][: len(room)]
    assert permits_out_of_balance() == []


def test_F46_G22_a_quota_is_never_exceeded_and_used_to_the_last_gram(clients: Clients) -> None:
    day = quotas.FRIDAY.date()
    for number in range(ROUNDS):
        numbers = [f"09{number:03d}{last}" for last in range(2)]
        made = [quotas.quota(one, volume=Decimal("17.5") + number) for one in numbers]
        told = {"numbers": numbers, "declarations": ids(), "asked": "1.777", "day": day.isoformat()}
        assert Counter(clients.round("quotas", step="claim", **told)) == {"claimed": CLIENTS}, f"round {number}"
        answers = Counter(clients.round("quotas", step="settle", **told))
        assert answers == {"settled": CLIENTS // 2, "returned": CLIENTS // 2}, f"round {number}"
        for quota in made:
            entries = Entry.objects.filter(quota=quota).order_by("id")
            granted = [one.quantity for one in entries if one.kind == "allocate"]
            asked = len(granted) * Decimal("1.777")
            assert sum(granted) == min(asked, quota.volume), f"round {number}: all of it, and no more"
            assert entries.filter(kind="return").count() + len(granted) >= CLIENTS // 2
    assert quotas_out_of_balance() == []
    assert Quota.objects.filter(balance__lt=0).count() == 0


def test_L5_G22_a_guarantee_is_never_over_drawn_and_used_to_the_last_cent(clients: Clients) -> None:
    for number in range(ROUNDS):
        voucher = number % 4 == 3
        room = 1 if voucher else 5 + number % 13
        row = guarantee(accounts.organisation(), type="4" if voucher else "1", limit_minor=1_000 * max(room, 5))
        answers = clients.round("guarantees", grn=row.grn, amount=1_000, declarations=ids())
        assert Counter(answers) == {"taken": room, "refused": CLIENTS - room}, f"round {number}"
        assert books_agree(row)
        assert row.used_minor == 1_000 * room


def test_G22_an_account_is_never_overdrawn_and_no_debt_is_paid_twice(clients: Clients) -> None:
    for number in range(ROUNDS):
        trader, room = accounts.organisation(), 4 + number % 17
        credited(trader, Decimal(room))
        declarations = ids(CLIENTS // 2)
        owed(trader, declarations, 100)
        answers = Counter(clients.round("accounts", trader=trader.pk, declarations=declarations))
        paid = FiscalStatus.objects.filter(organisation=trader, state="PAID").count()
        assert set(answers) == {"PAID", "INSUFFICIENT"}, f"round {number}: {answers}"
        assert paid == room
        account = account_of(trader.pk, currency="EUR")
        assert account is not None
        assert account.balance_minor == 0
    assert ledger_total() == 0


def test_LK_01_acts_that_need_all_of_them_in_crossed_order_never_deadlock(clients: Clients) -> None:
    for number in range(ROUNDS_TOGETHER):
        trader = accounts.organisation()
        # What comes first makes the others wait in line: every other round begins with the quotas.
        permits = [agencies.permit(trader, quantity=Decimal(1000)).number for _ in range(2 * (number % 2))]
        numbers = [f"08{number:03d}{last}" for last in range(2)]
        made = [quotas.quota(one, volume=Decimal(1000)) for one in numbers]
        row = guarantee(trader, limit_minor=1_000)
        credited(trader, Decimal(CLIENTS))
        declarations = ids()
        owed(trader, declarations, 100)
        told = {"trader": trader.pk, "permits": permits, "numbers": numbers, "grn": row.grn}
        answers = clients.round("together", declarations=declarations, **told)
        assert Counter(answers) == {"done": CLIENTS}, f"round {number}"
        for quota in made:
            quota.refresh_from_db()
            assert quota.pending == CLIENTS
        assert books_agree(row)
        assert row.used_minor == CLIENTS
    assert ledger_total() == 0
