"""Guards of the ledgers in the database, each taken out once: what it refused goes through without it (LK-07)."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from agencies.services import permits_reserve
from fees.services import account_credit
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.identifiers import uuid7
from singlewindow.quotas.services import QuotaChange, quota_change_propose
from singlewindow.quotas.types import ChangeKind
from tests.factories import accounts, agencies, guarantees, quotas
from tests.factories.quotas import FRIDAY, claimed, settle

pytestmark = pytest.mark.django_db

SYSTEM = system_actor("tests")


@dataclass(frozen=True)
class Guard:
    """A guard, how it is taken out, and a write that only it refuses."""

    name: str
    table: str
    world: Callable[[], object]
    write: str
    trigger: bool = False

    @property
    def taken_out(self) -> str:
        kind = "DISABLE TRIGGER" if self.trigger else "DROP CONSTRAINT"
        return f"ALTER TABLE {self.table} {kind} {self.name}"


def permit() -> None:
    trader = accounts.organisation()
    number = agencies.permit(trader).number
    message = agencies.oranges({"documents": agencies.citing(number)}, trader=trader.identifier)
    with unit_of_work() as work:
        permits_reserve(work, agencies.snapshot(message, of=trader), actor=SYSTEM, at=agencies.AT)


def quota() -> None:
    made = quotas.quota()
    claimed("10")
    settle(made, FRIDAY.date())


def proposed() -> None:
    change = QuotaChange(kind=ChangeKind.VOLUME, reason="More", quantity=Decimal(1))
    quota_change_propose(quota_id=quotas.quota().pk, change=change, actor=accounts.actor(Role.SUPERVISOR))


def guarantee() -> None:
    guarantees.reserve(guarantees.guarantee(accounts.organisation()), subject=uuid7())


def account() -> None:
    trader = accounts.organisation()
    account_credit(organisation_id=trader.pk, amount=Decimal(5), currency="EUR", reference="guard", actor=SYSTEM)


POSTED = """
INSERT INTO fees_posting (transaction_id, account_id, amount_minor)
SELECT t.id, a.id, {amount} FROM fees_ledgertransaction t, fees_account a WHERE a.kind = 'trader'
"""
TAKEN = """
INSERT INTO fees_posting (transaction_id, account_id, amount_minor)
SELECT t.id, a.id, CASE a.kind WHEN 'trader' THEN -600 ELSE 600 END FROM fees_ledgertransaction t, fees_account a
"""
TWICE = """
WITH again AS (
    INSERT INTO fees_ledgertransaction (id, source_event, at, text, mrn, actor)
    SELECT gen_random_uuid(), source_event, at, text, mrn, actor FROM fees_ledgertransaction RETURNING id)
INSERT INTO fees_posting (transaction_id, account_id, amount_minor)
SELECT again.id, p.account_id, p.amount_minor FROM again, fees_posting p
"""
COPIED = "INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} {where}"
CLAIM = "quota_id, kind, declaration_id, item, version, quantity, demand, accepted_on, at, actor, reason, source"
RESERVED = (
    "guarantee_id, subject_id, purpose, sequence, kind, amount_minor, open_after_minor, taken_after_minor, "
    "used_after_minor, at, actor, reason, undone"
)
ADJUSTED = """
INSERT INTO quotas_entry (quota_id, kind, quantity, at, actor, source, reason)
SELECT id, 'adjust', 5, now(), 'x', 'change:none', '' FROM quotas_quota
"""
GUARDS = [
    Guard("permit_never_exceeded", "agencies_permit", permit, "UPDATE agencies_permit SET used = quantity * 3"),
    Guard("agencies_writeoff_append_only", "agencies_writeoff", permit, "DELETE FROM agencies_writeoff", True),
    Guard("quota_never_exceeded", "quotas_quota", quota, "UPDATE quotas_quota SET balance = -1"),
    Guard("quotas_entry_append_only", "quotas_entry", quota, "UPDATE quotas_entry SET quantity = 1", True),
    Guard("quotas_entry_agreed", "quotas_entry", quota, ADJUSTED, True),
    Guard("quotas_run_keep", "quotas_run", quota, "UPDATE quotas_run SET granted = 0", True),
    Guard(
        "quota_run_once_a_day",
        "quotas_run",
        quota,
        "INSERT INTO quotas_run (id, quota_id, day, planned_at) SELECT gen_random_uuid(), quota_id, day, now() "
        "FROM quotas_run",
    ),
    Guard(
        "quotas_change_state_needs_grant", "quotas_change", proposed, "UPDATE quotas_change SET state = 'applied'", True
    ),
    Guard(
        "guarantee_never_over_drawn",
        "guarantees_guarantee",
        guarantee,
        "UPDATE guarantees_guarantee SET used_minor = limit_minor + 1",
    ),
    Guard(
        "guarantee_entry_once",
        "guarantees_entry",
        guarantee,
        COPIED.format(table="guarantees_entry", columns=RESERVED, where=""),
    ),
    Guard("guarantees_entry_append_only", "guarantees_entry", guarantee, "DELETE FROM guarantees_entry", True),
    Guard("account_never_below_zero", "fees_account", account, TAKEN),
    Guard("fees_account_keep", "fees_account", account, "UPDATE fees_account SET balance_minor = 7", True),
    Guard("fees_posting_append_only", "fees_posting", account, "DELETE FROM fees_posting", True),
    Guard("fees_posting_balances", "fees_posting", account, POSTED.format(amount=1), True),
    Guard(
        "fees_ledgertransaction_source_event_key",
        "fees_ledgertransaction",
        account,
        TWICE,
    ),
]
INDEXES = [
    Guard(
        "write_off_once",
        "agencies_writeoff",
        permit,
        "INSERT INTO agencies_writeoff (permit_id, declaration_id, item, version, kind, quantity, at, actor, reason) "
        "SELECT permit_id, declaration_id, item, version, kind, quantity, at, actor, reason FROM agencies_writeoff",
    ),
    Guard(
        "quota_entry_once",
        "quotas_entry",
        quota,
        COPIED.format(table="quotas_entry", columns=CLAIM, where="WHERE kind = 'claim'"),
    ),
]


def refused(write: str) -> bool:
    """Whether the database refuses a write, looking at what it checks at the end of an act too; nothing stays."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(write)
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    except IntegrityError:
        return True
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return False


@pytest.mark.parametrize("guard", [*GUARDS, *INDEXES], ids=lambda one: one.name)
def test_LK_07_without_the_guard_the_database_takes_what_it_refused(guard: Guard) -> None:
    guard.world()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing may wait when the table is changed
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    assert refused(guard.write), "the guard does not refuse it"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {guard.name}" if guard in INDEXES else guard.taken_out)
    assert not refused(guard.write), "something else refuses it: the guard was not seen to matter"
