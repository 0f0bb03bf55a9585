"""A whole instance, as `make run` starts it: ready, quick the second time, side by side, nothing left behind."""

import time
import urllib.request

import psycopg2
import pytest

from singlewindow.runtime.stack import PARTS, home_made, processes_of, stack_running

pytestmark = pytest.mark.serial


def fetch(address):
    """The status of one page."""
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.status


def rows(stack, sql):
    """Run one statement in the instance's database."""
    connection = psycopg2.connect(stack.database_url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def wait_until_ready(stack):
    """Wait until the web server answers from the database."""
    deadline = time.monotonic() + 30
    while True:
        try:
            assert fetch(f"{stack.address}/readyz") == 200
            return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.fixture(scope="module")
def home():
    with home_made() as made:
        yield made


def test_it_starts_keeps_its_data_and_leaves_no_process(home):
    with stack_running(home) as stack:
        assert fetch(f"{stack.address}/healthz") == 200
        assert set(stack.pids()) == set(PARTS)
        assert (home / "run" / "servers.json").stat().st_mode & 0o777 == 0o600
        rows(stack, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('here')")
        assert stack.interrupt() == 0
        assert processes_of(home) == []
        assert "Every process has ended." in stack.output()


def test_a_second_start_takes_under_ten_seconds_and_finds_the_data(home):
    begun = time.monotonic()
    with stack_running(home) as stack:
        assert time.monotonic() - begun < 10
        assert rows(stack, "SELECT word FROM kept") == [("here",)]
        assert "did not end in order" not in stack.output()


def test_the_servers_are_durable_and_open_to_nobody_else(home):
    with stack_running(home) as stack:
        shown = {name: rows(stack, f"SHOW {name}")[0][0] for name in ("fsync", "synchronous_commit")}
        assert shown == {"fsync": "on", "synchronous_commit": "on"}
        assert rows(stack, "SHOW listen_addresses") == [("",)]


def test_each_part_that_is_killed_comes_back_and_the_web_answers(home):
    with stack_running(home) as stack:
        for name in PARTS:
            before = stack.kill(name)
            stack.wait_for_another(name, than=before)
            wait_until_ready(stack)


def test_when_the_supervisor_itself_is_killed_nothing_stays(home):
    with stack_running(home) as stack:
        family = stack.everything()
        stack.supervisor.kill()
        stack.supervisor.wait()
        deadline = time.monotonic() + 30
        while any(process.is_running() and process.status() != "zombie" for process in family):
            assert time.monotonic() < deadline
            time.sleep(0.1)
    with stack_running(home) as stack:
        assert "did not end in order; its lock was taken over" in stack.output()
        assert rows(stack, "SELECT word FROM kept") == [("here",)]


def test_two_instances_run_side_by_side(home):
    with home_made() as other, stack_running(home) as one, stack_running(other) as two:
        assert fetch(f"{one.address}/healthz") == fetch(f"{two.address}/healthz") == 200
        assert one.database_url != two.database_url
