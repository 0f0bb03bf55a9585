"""Units of work: whole or not at all, in one statement, tried again when the database chose a victim."""

from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from singlewindow.db.work import Work, unit_of_work, with_retries
from singlewindow.jobs.models import Heartbeat, Job
from singlewindow.kernel import clock
from tests.factories import accounts

pytestmark = pytest.mark.django_db

JOB = ("kind", "subject_id", "payload")


def test_rows_of_several_tables_travel_in_one_statement() -> None:
    with CaptureQueriesContext(connection) as queries, unit_of_work() as work:
        work.insert(Job, JOB, [("t", "1", {"a": 1}), ("t", "2", {})])
        work.insert(Heartbeat, ("name", "at"), [("x", clock.now())])
    written = [query["sql"] for query in queries if "INSERT" in query["sql"]]
    assert len(written) == 1
    assert Job.objects.get(subject_id="1").payload == {"a": 1}
    assert Heartbeat.objects.filter(name="x").exists()


def test_an_act_that_fails_writes_nothing() -> None:
    def act() -> None:
        with unit_of_work() as work:
            work.insert(Job, JOB, [("t", "1", {})])
            work.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert not Job.objects.exists()


def test_an_inner_unit_joins_the_outer_one_and_falls_with_it() -> None:
    def act() -> None:
        with unit_of_work() as outer:
            with unit_of_work() as inner:
                assert inner is outer
                inner.insert(Job, JOB, [("t", "1", {})])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        act()
    assert not Job.objects.exists()


def test_a_unit_after_a_failed_one_is_a_new_one() -> None:
    with pytest.raises(RuntimeError), unit_of_work():
        raise RuntimeError
    with unit_of_work() as work:
        work.insert(Job, JOB, [("t", "1", {})])
    assert Job.objects.count() == 1


def test_nothing_to_write_is_no_statement() -> None:
    with CaptureQueriesContext(connection) as queries, unit_of_work() as work:
        work.insert(Job, JOB, [])
    assert not [query for query in queries if "INSERT" in query["sql"]]


GUARD = "UPDATE accounts_organisation SET name = name || %(more)s WHERE id = %(id)s AND name = %(was)s"


@pytest.mark.parametrize("jobs", [1, 2], ids=["one row a table", "several rows"])
@pytest.mark.parametrize("holds", [True, False], ids=["it holds", "it does not"])
def test_rows_behind_a_guard_are_written_if_it_holds_and_stay_collected_if_not(jobs: int, holds: bool) -> None:
    organisation = accounts.organisation()
    guard = {"more": "!", "id": organisation.pk, "was": organisation.name if holds else "another"}
    work = Work()
    work.insert(Job, JOB, [("t", str(number), {"a": [number]}) for number in range(jobs)])
    work.insert(Heartbeat, ("name", "at"), [("x", clock.now())])
    with CaptureQueriesContext(connection) as queries:
        assert work.flush_if(GUARD, guard) is holds
    assert len(queries) == (2 if holds and jobs == 2 else 1)
    organisation.refresh_from_db()
    assert organisation.name.endswith("!") is holds
    assert (Job.objects.filter(kind="t").count(), Heartbeat.objects.filter(name="x").count()) == (jobs * holds, holds)
    if holds:
        assert Job.objects.get(subject_id="0").payload == {"a": [0]}
    work.flush()
    assert Job.objects.filter(kind="t").count() == jobs, "written once, and what stayed collected is not lost"


def test_what_is_behind_a_guard_falls_with_a_row_that_breaks_a_constraint() -> None:
    organisation = accounts.organisation()
    Heartbeat.objects.create(name="x", at=clock.now())
    work = Work()
    work.insert(Heartbeat, ("name", "at"), [("x", clock.now())])
    with pytest.raises(IntegrityError), transaction.atomic():
        work.flush_if(GUARD, {"more": "!", "id": organisation.pk, "was": organisation.name})
    organisation.refresh_from_db()
    assert not organisation.name.endswith("!")


class Victim(Exception):
    """What the driver says of a transaction that was chosen as victim."""

    def __init__(self, code: str) -> None:
        self.pgcode = code


def _failing(code: str, times: int) -> Any:
    calls: list[int] = []

    def act() -> int:
        calls.append(1)
        if len(calls) <= times:
            raise OperationalError from Victim(code)
        return len(calls)

    return act


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_a_victim_of_a_deadlock_is_tried_again_up_to_three_times(code: str) -> None:
    assert with_retries(_failing(code, 2)) == 3
    with pytest.raises(OperationalError):
        with_retries(_failing(code, 3))


@pytest.mark.django_db(transaction=True)
def test_any_other_fault_is_not_tried_again() -> None:
    with pytest.raises(OperationalError):
        with_retries(_failing("57014", 1))


def test_a_broken_key_undoes_the_whole_act() -> None:
    def act() -> None:
        with unit_of_work() as work:
            work.insert(Job, (*JOB, "dedup_key"), [("t", "1", {}, "same"), ("t", "2", {}, "same")])

    with pytest.raises(IntegrityError):
        act()
