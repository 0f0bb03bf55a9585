"""The supervisor: what dies is started again with growing pauses, and an end in order leaves nothing."""

import sys
import time

import psutil
import pytest

from singlewindow.runtime.processes import Program, descendants
from singlewindow.runtime.servers import Places
from singlewindow.runtime.supervisor import Supervisor

SLEEP = "import time; time.sleep(60)"
PARENT = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); time.sleep(60)"
DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"


@pytest.fixture
def said():
    return []


@pytest.fixture
def supervisor(tmp_path, said):
    for name in ("run", "log"):
        (tmp_path / name).mkdir()
    nowhere = tmp_path / "unused"
    places = Places(tmp_path, tmp_path / "run", tmp_path / "log", nowhere, nowhere, nowhere, nowhere, None)
    supervisor = Supervisor(places, said.append)
    yield supervisor
    supervisor.stop()


def program(name, code, grace=5.0):
    """A Python process that runs this code."""
    return Program(name, (sys.executable, "-c", code), grace_seconds=grace)


def until(condition, seconds=10):
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_the_pid_of_each_child_is_in_its_file(supervisor, tmp_path):
    child = supervisor.start(program("worker", SLEEP))
    assert f'"pid": {child.pid}' in (tmp_path / "run" / "worker.pid").read_text()


def test_a_child_that_was_killed_is_started_again(supervisor, said):
    first = supervisor.start(program("worker", SLEEP))
    psutil.Process(first.pid).kill()

    def again():
        supervisor.look_after()
        return supervisor.pids().get("worker", first.pid) != first.pid

    until(again)
    assert "worker was killed by signal 9; starting it again in 0.1 s" in said[0]


def test_a_child_that_dies_at_once_is_started_with_growing_pauses(supervisor, said):
    supervisor.start(program("worker", "raise SystemExit(3)"))

    def thrice():
        supervisor.look_after()
        return len(said) >= 3

    until(thrice)
    pauses = [line.split("again in ")[1].split(" s")[0] for line in said[:3]]
    assert pauses == ["0.1", "0.2", "0.4"]


def test_stopping_ends_grandchildren_too(supervisor):
    child = supervisor.start(program("worker", PARENT))
    until(lambda: descendants(child.pid))
    family = [psutil.Process(child.pid), *descendants(child.pid)]
    supervisor.stop()
    assert not any(process.is_running() for process in family)


def test_a_grandchild_that_outlived_its_parent_is_ended_before_the_next_start(supervisor):
    child = supervisor.start(program("worker", PARENT))
    until(lambda: descendants(child.pid))
    orphan = descendants(child.pid)[0]
    psutil.Process(child.pid).kill()

    def gone():
        supervisor.look_after()
        return not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE

    until(gone)


def test_a_child_that_will_not_end_is_ended(supervisor):
    child = supervisor.start(program("worker", DEAF, grace=0.3))
    time.sleep(0.3)  # until it is deaf
    process = psutil.Process(child.pid)
    supervisor.stop()
    assert not process.is_running()
