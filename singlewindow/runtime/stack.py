"""A whole instance started from a test or a benchmark, whose parts are known by name and can be killed by pid."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from singlewindow.runtime.instance import READY
from singlewindow.runtime.processes import ProcessMark, descendants, end_all
from singlewindow.runtime.servers import tail
from singlewindow.settings.env import PROJECT_ROOT

PARTS = ("database", "broker", "worker", "relay", "beat", "courier", "web")


class StackFailed(RuntimeError):
    """The instance did not become ready; the text holds its output."""


@dataclass(frozen=True, slots=True)
class Stack:
    """A running instance."""

    home: Path
    port: int
    supervisor: "subprocess.Popen[bytes]"

    @property
    def address(self) -> str:
        """Where its web server answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        """The address of its database."""
        return str(json.loads((self.home / "run" / "servers.json").read_text())["database_url"])

    @property
    def redis_url(self) -> str:
        """The address of its broker."""
        return str(json.loads((self.home / "run" / "servers.json").read_text())["redis_url"])

    def output(self) -> str:
        """What the supervisor printed so far."""
        return (self.home / "output.txt").read_text()

    def marks(self) -> dict[str, ProcessMark]:
        """Return the stored mark of each part that has one now."""
        found = {name: ProcessMark.read(self.home / "run" / f"{name}.pid") for name in PARTS}
        return {name: mark for name, mark in found.items() if mark is not None}

    def pids(self) -> dict[str, int]:
        """Return the stored process id of each part."""
        return {name: mark.pid for name, mark in self.marks().items()}

    def kill(self, name: str, *, whole: bool = False) -> int:
        """Kill one part by its stored process id, with everything below it where `whole`; return the id."""
        mark = self.marks()[name]
        process = mark.process()
        if process is not None:
            below = descendants(mark.pid) if whole else []
            process.kill()
            end_all(below)
        return mark.pid

    def wait_for_another(self, name: str, than: int, *, seconds: float = 30) -> int:
        """Wait until the supervisor has started a part again; return its new process id."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            mark = self.marks().get(name)
            if mark is not None and mark.pid != than and mark.process() is not None:
                return mark.pid
            time.sleep(0.02)
        raise StackFailed(f"{name} was not started again in {seconds:.0f} s.\n{self.output()}")

    def everything(self) -> list[psutil.Process]:
        """Return the supervisor and every process below it."""
        return [psutil.Process(self.supervisor.pid), *descendants(self.supervisor.pid)]

    def interrupt(self, *, seconds: float = 60) -> int:
        """Do what Ctrl-C does and wait for the end; return the exit code."""
        self.supervisor.send_signal(signal.SIGINT)
        return self.supervisor.wait(seconds)


def free_port() -> int:
    """Return a loopback port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def home_made() -> Iterator[Path]:
    """Make a home for one test, with its servers' files, and remove it at the end."""
    home = Path(tempfile.mkdtemp(prefix="csw-stack-"))
    home.chmod(0o711)  # run as root, PostgreSQL takes another user and must get to its folder
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def stack_running(
    home: Path, *, port: int | None = None, environ: Mapping[str, str] | None = None, seconds: float = 120
) -> Iterator[Stack]:
    """Run a whole instance, durable servers included, as `make run` does, for as long as the block lasts.

    Raises:
        StackFailed: it did not become ready in time.
    """
    stack = _started(home, port or free_port(), environ or {})
    try:
        _wait_until_ready(stack, seconds)
        yield stack
    finally:
        if stack.supervisor.poll() is None:
            below = descendants(stack.supervisor.pid)
            try:
                stack.interrupt()
            except subprocess.TimeoutExpired:
                stack.supervisor.kill()
                stack.supervisor.wait()
            end_all(below)


def _started(home: Path, port: int, environ: Mapping[str, str]) -> Stack:
    (home / "run" / READY).unlink(missing_ok=True)  # a run that was killed leaves its own
    own = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    own |= {"CSW_HOME": str(home), "PORT": str(port), "DJANGO_SETTINGS_MODULE": "singlewindow.settings.base"}
    with (home / "output.txt").open("wb") as output:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "singlewindow.runtime", "run"],
            cwd=PROJECT_ROOT,
            env={**own, **environ},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    return Stack(home, port, supervisor)


def _wait_until_ready(stack: Stack, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not (stack.home / "run" / READY).exists():
        if stack.supervisor.poll() is not None:
            raise StackFailed(f"The instance ended before it was ready:\n{stack.output()}")
        if time.monotonic() > deadline:
            logs = "\n".join(f"{path.name}:\n{tail(path)}" for path in (stack.home / "log").glob("*.log"))
            raise StackFailed(f"The instance was not ready in {seconds:.0f} s:\n{stack.output()}\n{logs}")
        time.sleep(0.05)


def processes_of(home: Path) -> list[psutil.Process]:
    """Return every live process that was told to use this home: what an end in order must leave empty."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            told = process.environ().get("CSW_HOME") == str(home) or str(home) in " ".join(process.cmdline())
            if told and process.pid != os.getpid() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found
