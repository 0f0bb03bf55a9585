"""The proof of the order of locks: the watch sees what it is there for, and lets pass what is in order."""

import threading
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, transaction

from agencies.models import Permit
from fees.models import Account
from singlewindow.accounts.models import Organisation
from singlewindow.db.lock_order import LOCK_ORDER
from singlewindow.db.work import unit_of_work
from tests.factories import accounts, agencies, quotas
from tests.lock_watch import seen_of, watching

pytestmark = pytest.mark.django_db


@pytest.fixture
def trader() -> Organisation:
    return accounts.organisation()


@pytest.fixture(autouse=True)
def _locks_in_order():
    """These tests plant what the watch of every test would refuse; they have a watch of their own."""


def watched(act):
    """What the watch says of an act."""
    with watching() as found:
        act()
    return found


def lock(model, *ids):
    for one in ids:
        model.objects.select_for_update(no_key=True).get(pk=one)


def test_LK_01_the_order_names_tables_that_are_there():
    tables = {model._meta.db_table for model in apps.get_models()}
    assert [table for table in LOCK_ORDER if table not in tables] == []


def test_LK_01_a_smaller_rank_after_a_larger_one_is_seen(trader):
    permit, quota = agencies.permit(trader), quotas.quota()

    def act():
        with unit_of_work():
            lock(type(quota), quota.pk)
            lock(Permit, permit.pk)

    (found,) = watched(act)
    assert "agencies_permit is locked after quotas_quota" in found
    assert "tests/db/test_lock_order.py" in found


def test_LK_01_an_update_counts_as_a_lock(trader):
    permit, quota = agencies.permit(trader), quotas.quota()

    def act():
        with unit_of_work() as work:
            type(quota).objects.filter(pk=quota.pk).update(title="Other")
            work.execute("UPDATE agencies_permit SET used = used WHERE id = %s", [permit.pk])

    assert len(watched(act)) == 1


def test_LK_01_a_prepared_statement_of_which_only_the_name_is_sent_is_seen(trader):
    permit, quota = agencies.permit(trader), quotas.quota()
    guard = "UPDATE agencies_permit SET used = used WHERE id = %(permit)s AND used >= %(least)s"

    def act():
        with unit_of_work() as work:
            lock(type(quota), quota.pk)
            assert work.flush_if(guard, {"permit": permit.pk, "least": 0})

    (found,) = watched(act)
    assert "agencies_permit is locked after quotas_quota" in found


def test_LK_02_prepared_statements_out_of_the_order_of_ids_are_seen(trader):
    first, second = sorted((agencies.permit(trader).pk, agencies.permit(trader).pk))
    guard = "UPDATE agencies_permit SET used = used WHERE id = %(permit)s"

    def crossed():
        with unit_of_work() as work:
            for one in (second, first):
                work.flush_if(guard, {"permit": one})

    (found,) = watched(crossed)
    assert "out of the order of their ids" in found


def test_LK_02_rows_of_one_table_out_of_the_order_of_their_ids_are_seen(trader):
    first, second = sorted((agencies.permit(trader).pk, agencies.permit(trader).pk))

    def crossed():
        with unit_of_work():
            lock(Permit, second, first)

    def statement():
        with unit_of_work() as work:
            work.fetch("SELECT id FROM agencies_permit ORDER BY id DESC FOR NO KEY UPDATE")

    assert "out of the order of their ids" in watched(crossed)[0]
    assert "out of the order of their ids" in watched(statement)[0]


def test_LK_03_a_row_that_is_held_already_may_be_locked_again(trader):
    permit, quota = agencies.permit(trader), quotas.quota()

    def act():
        with unit_of_work():
            lock(Permit, permit.pk)
            lock(type(quota), quota.pk)
            lock(Permit, permit.pk)

    assert watched(act) == []


def test_LK_04_another_act_begins_anew_and_what_is_undone_is_not_held(trader):
    permit, quota = agencies.permit(trader), quotas.quota()

    def two_acts():
        with unit_of_work():
            lock(type(quota), quota.pk)
        with unit_of_work():
            lock(Permit, permit.pk)

    def undone():
        with unit_of_work():
            try:
                with transaction.atomic():
                    lock(type(quota), quota.pk)
                    raise LookupError
            except LookupError:
                lock(Permit, permit.pk)

    assert watched(two_acts) == []
    assert watched(undone) == []


def test_LK_05_a_posting_counts_as_a_lock_of_the_traders_account(trader):
    from decimal import Decimal

    from fees.services import account_credit
    from singlewindow.accounts.types import system_actor

    permit = agencies.permit(trader)

    def act():
        with unit_of_work() as work:
            account_credit(
                organisation_id=trader.pk, amount=Decimal(1), currency="EUR", reference="x", actor=system_actor("tests")
            )
            work.flush()
            lock(Permit, permit.pk)

    assert Account.objects.count() == 0
    assert any("agencies_permit is locked after fees_account" in one for one in watched(act))


@pytest.mark.django_db(transaction=True)
def test_LK_06_other_threads_are_watched_too():
    quota, number = quotas.quota(), agencies.permit(accounts.organisation()).pk

    def thread():
        try:
            with unit_of_work():
                lock(type(quota), quota.pk)
                lock(Permit, number)
        finally:
            connection.close()

    def act():
        one = threading.Thread(target=thread)
        one.start()
        one.join()

    assert len(watched(act)) == 1


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT 1 FROM fees_account", None),
        ("SELECT id FROM jobs_job FOR UPDATE SKIP LOCKED", None),
        ('SELECT "id" FROM "agencies_permit" WHERE id = %s FOR UPDATE', ("agencies_permit",)),
        ("SELECT p.id FROM agencies_permit p JOIN quotas_quota q ON true FOR UPDATE OF p", ("agencies_permit",)),
        ("INSERT INTO clearance_case (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 1", ("clearance_case",)),
        ("INSERT INTO clearance_case (a) VALUES (1)", None),
        ("INSERT INTO fees_demand (a) VALUES (1) ON CONFLICT (a) DO NOTHING", None),
        ("WITH b AS (INSERT INTO x SELECT 1) UPDATE agencies_permit p SET used = 1 FROM b", ("agencies_permit",)),
        ("DELETE FROM agencies_hold WHERE id = 1", ("agencies_hold",)),
    ],
)
def test_the_watch_reads_statements(sql, tables):
    seen = seen_of(sql)
    assert (seen.tables if seen else None) == tables


def test_every_table_of_the_order_is_explained():
    text = Path("docs/rules/locks.md").read_text(encoding="utf-8")
    assert [table for table in LOCK_ORDER if f"`{table}`" not in text] == []
