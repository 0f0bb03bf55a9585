"""CPU seconds of whole process trees, as the system counts them: time on the wall says little on a shared machine."""

import os
import subprocess
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress

import psutil

SETTLE_S = 0.05
"""A process that has just ended is counted once its parent has taken note of it."""


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time of these processes, of all below them, and of those below them that have ended."""
    time.sleep(SETTLE_S)
    total = 0.0
    for pid in pids:
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += sum(process.cpu_times()[:4])
    return total


def cpu_of_run(argv: Sequence[str]) -> float:
    """Run a program to its end; its own CPU seconds.

    Raises:
        RuntimeError: it failed; the text is its output.
    """
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        raise RuntimeError(output)
    return used.ru_utime + used.ru_stime
