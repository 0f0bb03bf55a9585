"""What `make run` says when it cannot start, and what it cleans up after a run that did not end in order."""

import os
import socket
import subprocess
import sys

import pytest

from singlewindow.runtime.instance import PortBusy, port_check
from singlewindow.runtime.lock import HomeBusy, home_locked, leftovers_end
from singlewindow.runtime.on_demand import needs_servers
from singlewindow.runtime.processes import Child, ProcessMark, Program
from singlewindow.runtime.stack import free_port
from singlewindow.settings.env import PROJECT_ROOT, environment

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")


def make_run(home, port):
    """Start an instance that is expected to refuse."""
    return subprocess.run(
        [sys.executable, "-m", "singlewindow.runtime", "run"],
        cwd=PROJECT_ROOT,
        env={**os.environ, "CSW_HOME": str(home), "PORT": str(port)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_second_instance_in_the_same_home_is_told_who_is_there(tmp_path):
    with home_locked(tmp_path, address="http://127.0.0.1:8000/"):
        result = make_run(tmp_path, free_port())
    assert result.returncode == 1
    assert f"Another instance already runs in {tmp_path} as process {os.getpid()}" in result.stderr
    assert "make run CSW_HOME=var-2 PORT=8001" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_busy_port_is_named_with_its_holder_and_another_is_offered(tmp_path):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        result = make_run(tmp_path, port)
    assert result.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used, process {os.getpid()}" in result.stderr
    assert "Choose another: make run PORT=" in result.stderr
    assert not (tmp_path / "database").exists()


def test_a_free_port_is_no_problem():
    port_check("127.0.0.1", free_port())


def test_a_busy_port_is_refused():
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        with pytest.raises(PortBusy):
            port_check("127.0.0.1", holder.getsockname()[1])


def test_the_lock_is_free_again_after_its_holder(tmp_path):
    with home_locked(tmp_path, address="a") as first:
        assert first == []
        with pytest.raises(HomeBusy), home_locked(tmp_path, address="b"):
            pass
    with home_locked(tmp_path, address="c") as second:
        assert second == []


def test_a_lock_that_a_crash_left_behind_is_taken_over_with_a_sentence(tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "lock").write_text('{"pid": 999999, "address": "http://127.0.0.1:8000/"}')
    with home_locked(tmp_path, address="a") as found:
        assert found == ["The last run here (process 999999) did not end in order; its lock was taken over."]


def test_what_a_crash_left_running_is_ended_and_nothing_else(tmp_path):
    run, log = tmp_path / "run", tmp_path / "log"
    run.mkdir()
    log.mkdir()
    left = Child(Program("worker", SLEEP), run_dir=run, log_dir=log)
    stranger = Child(Program("stranger", SLEEP), run_dir=tmp_path, log_dir=log)
    try:
        # The pid file of `relay` names a pid that now belongs to somebody else.
        ProcessMark(stranger.pid, stranger.mark.started - 1000).write(run / "relay.pid")
        assert leftovers_end(run) == ["worker"]
        assert left.mark.process() is None
        assert stranger.exit_code() is None
        assert list(run.glob("*.pid")) == []
    finally:
        left.stop()
        stranger.stop()


@pytest.mark.parametrize(
    ("argv", "needs"),
    [
        (["manage.py", "load_reference"], True),
        (["manage.py", "shell"], True),
        (["manage.py", "check"], False),
        (["manage.py", "relay"], False),
        (["manage.py", "load_reference", "--help"], False),
        (["manage.py", "check_message", "a.xml", "--json"], False),
        (["manage.py"], False),
        (["manage.py", "risk_evaluate", "--model", "m", "--data", "a.csv"], False),
        (["manage.py", "risk_train", "--data=a.csv", "--out", "m"], False),
        (["manage.py", "risk_train", "--out", "m"], True),
    ],
    ids=[
        "load_reference",
        "shell",
        "system checks",
        "a part of an instance",
        "help of a command",
        "check_message",
        "nothing",
        "judging a model",
        "training on a file",
        "training on outcomes here",
    ],
)
def test_a_command_brings_servers_only_where_it_needs_them(tmp_path, argv, needs):
    read = environment().model_copy(update={"home": tmp_path, "database_url": ""})
    assert needs_servers(read, argv) is needs
    assert not needs_servers(read.model_copy(update={"database_url": "postgresql://x@y/z"}), argv)
