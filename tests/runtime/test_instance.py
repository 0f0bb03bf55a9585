"""A whole instance, as `make run` starts it: ready, quick the second time, side by side, nothing left behind."""

import os
import signal
import subprocess
import sys
import time
import urllib.request

import psycopg2
import pytest

from singlewindow.runtime import stack as whole
from singlewindow.runtime.servers import servers_running
from singlewindow.runtime.stack import PARTS, free_port, home_made, processes_of
from singlewindow.settings.env import PROJECT_ROOT

pytestmark = pytest.mark.serial


def stack_running(home, **environ):
    """An instance without the demonstration country, which has tests of its own and takes its time."""
    return whole.stack_running(home, environ={"CSW_DEMO": "false", **environ})


def fetch(address):
    """The status of one page."""
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.status


def crowding():
    """How many times longer everything takes here now: 1 on a machine that does nothing else."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


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


def test_it_starts_on_durable_servers_and_leaves_no_process(home):
    with stack_running(home) as stack:
        assert fetch(f"{stack.address}/healthz") == 200
        assert set(stack.pids()) == set(PARTS)
        shown = {name: rows(stack, f"SHOW {name}")[0][0] for name in ("fsync", "synchronous_commit")}
        assert shown == {"fsync": "on", "synchronous_commit": "on"}
        assert rows(stack, "SHOW listen_addresses") == [("",)]
        assert (home / "run" / "servers.json").stat().st_mode & 0o777 == 0o600
        rows(stack, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('here')")
        assert stack.interrupt() == 0
        assert processes_of(home) == []
        assert "Every process has ended." in stack.output()


def test_a_second_start_takes_under_ten_seconds_and_finds_the_data(home):
    begun = time.monotonic()
    with stack_running(home) as stack:
        assert time.monotonic() - begun < 10 * crowding()
        assert rows(stack, "SELECT word FROM kept") == [("here",)]
        assert "did not end in order" not in stack.output()


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


def reset(home):
    """Do what `make reset` does."""
    return subprocess.run(
        [sys.executable, "-m", "singlewindow.runtime", "reset"],
        cwd=PROJECT_ROOT,
        env={**os.environ, "CSW_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def make_run(home, output):
    """Start `make run` as a terminal does: a process group of its own, to which Ctrl-C goes."""
    own = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    environ = {**own, "CSW_HOME": str(home), "PORT": str(free_port()), "CSW_DEMO": "false"}
    with output.open("wb") as file:
        return subprocess.Popen(
            ["make", "run"],
            cwd=PROJECT_ROOT,
            env=environ,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


@pytest.mark.parametrize("moment", ["servers.json", "ready"], ids=["while it sets up", "when it is ready"])
def test_ctrl_c_at_the_terminal_stops_every_process(home, tmp_path, moment):
    make = make_run(home, tmp_path / "output.txt")
    deadline = time.monotonic() + 120
    while not (home / "run" / moment).exists():
        assert make.poll() is None, (tmp_path / "output.txt").read_text()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.killpg(make.pid, signal.SIGINT)
    make.wait(60)
    assert "Every process has ended." in (tmp_path / "output.txt").read_text()
    assert processes_of(home) == []
    assert not (home / "run" / "lock").exists()


def test_servers_that_the_environment_names_are_used_and_none_is_started(home):
    with home_made() as other, servers_running(home, durable=True) as places:
        named = {"DATABASE_URL": places.database_url, "REDIS_URL": places.redis_url}
        with stack_running(other, **named) as stack:
            assert set(stack.pids()) == {"web", "worker", "relay", "beat", "courier"}
            assert rows(stack, "SELECT word FROM kept") == [("here",)]
            wait_until_ready(stack)


def test_two_instances_run_side_by_side_and_reset_empties_one_that_stands_still(home):
    with home_made() as other:
        with stack_running(home) as one, stack_running(other) as two:
            assert fetch(f"{one.address}/healthz") == fetch(f"{two.address}/healthz") == 200
            assert one.database_url != two.database_url
            refused = reset(other)
            assert refused.returncode == 1
            assert "Another instance already runs" in refused.stderr
        assert reset(other).returncode == 0
        assert not (other / "database").exists()
        assert list((other / "broker").glob("*")) == []
        assert (home / "database").exists()
