"""One child process: started in its own group, known by a pid file, ended with everything it started."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

LOG_BYTES = 20_000_000
"""A log longer than this is put aside when its program starts; one earlier log is kept."""

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Program:
    """What to run, as whom, and which signal asks it to end in order."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    user: tuple[int, int] | None = None
    cwd: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 10.0
    serves_others: bool = False
    """A server that the other programs use: it ends after them."""


@dataclass(frozen=True, slots=True)
class ProcessMark:
    """A pid with the moment its process began: a pid alone may by now belong to somebody else."""

    pid: int
    started: float

    @classmethod
    def of(cls, pid: int) -> "ProcessMark":
        """Take the mark of a live process."""
        return cls(pid, psutil.Process(pid).create_time())

    def process(self) -> psutil.Process | None:
        """Return the process while it lives, None once it is gone or its pid was given away."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < 1.0
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None

    def write(self, path: Path) -> None:
        """Keep the mark in a file that is whole or absent."""
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps({"pid": self.pid, "started": self.started}))
        draft.replace(path)

    @classmethod
    def read(cls, path: Path) -> "ProcessMark | None":
        """Return the mark in this file, None when there is none or it is not one."""
        try:
            found = json.loads(path.read_text())
            return cls(int(found["pid"]), float(found["started"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None


class Child:
    """A running program."""

    def __init__(self, program: Program, *, run_dir: Path, log_dir: Path) -> None:
        """Start it; its output goes to its own log file, its pid to its own pid file."""
        self.program = program
        self._pid_file = run_dir / f"{program.name}.pid"
        log_path = log_dir / f"{program.name}.log"
        if log_path.exists() and log_path.stat().st_size > LOG_BYTES:
            log_path.replace(log_path.with_suffix(".log.1"))
        with log_path.open("ab") as log:
            self._popen = start(program, output=log.fileno())
        self.mark = ProcessMark(self._popen.pid, time.time())
        with contextlib.suppress(psutil.NoSuchProcess):
            self.mark = ProcessMark.of(self._popen.pid)
        self.mark.write(self._pid_file)
        self._asked = False
        self._family: list[psutil.Process] = []

    @property
    def pid(self) -> int:
        """The pid of the program itself; what it starts is found below it."""
        return self._popen.pid

    def exit_code(self) -> int | None:
        """Return None while it lives."""
        return self._popen.poll()

    def ask_to_stop(self) -> None:
        """Ask it to end, and do not wait."""
        self._family = self._family or descendants(self.pid)
        if self._popen.poll() is None and not self._asked:
            self._asked = True
            self._popen.send_signal(self.program.stop_signal)

    def stop(self) -> None:
        """Ask it to end, wait, then end it and everything it started.

        Idempotent: a program that has ended leaves nothing to do but to clear what it started.
        """
        self.ask_to_stop()
        if self._popen.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(self.program.grace_seconds)
        if self._popen.poll() is None:
            self._popen.kill()
            self._popen.wait()
        end_all(self._family)
        end_group(self.pid)
        self._pid_file.unlink(missing_ok=True)


def start(program: Program, *, output: int) -> "subprocess.Popen[bytes]":
    """Start a program in a group of its own, so that Ctrl-C at the terminal reaches the supervisor only."""
    user, group = program.user or (None, None)
    return subprocess.Popen(
        program.argv,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env={**os.environ, **program.env},
        cwd=program.cwd,
        user=user,
        group=group,
        extra_groups=[] if program.user else None,
        start_new_session=True,
        preexec_fn=_ends_with_its_parent(program.stop_signal),  # noqa: PLW1509  (started from the main thread only)
    )


def _ends_with_its_parent(stop_signal: signal.Signals) -> Callable[[], None] | None:
    """Return what makes Linux end the child when this process dies without a chance to."""
    libc = _LIBC
    if libc is None:
        return None
    return lambda: libc.prctl(_PR_SET_PDEATHSIG, int(stop_signal), 0, 0, 0)


def descendants(pid: int) -> list[psutil.Process]:
    """Return every live process below this one."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def end_all(processes: Iterable[psutil.Process]) -> None:
    """End these processes now; those that are gone already are no error."""
    left = []
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
            left.append(process)
    psutil.wait_procs(left, timeout=5)


def end_group(leader_pid: int) -> None:
    """End what is left of the group that this pid led: grandchildren whose parent died first."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader_pid, signal.SIGKILL)
