"""One running instance a home: the lock, and what a run that did not end in order left behind."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from singlewindow.runtime.processes import ProcessMark, descendants, end_all


class HomeBusy(RuntimeError):
    """Another instance runs in this home."""


@contextmanager
def home_locked(home: Path, *, address: str) -> Iterator[list[str]]:
    """Hold a home for this process and end what an earlier run left there; yields sentences on what was found.

    The system gives the lock back when a process dies, so a file that a crash left behind never blocks.

    Raises:
        HomeBusy: a live instance holds it.
    """
    run = home / "run"
    run.mkdir(parents=True, exist_ok=True)
    path = run / "lock"
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeBusy(_busy_sentence(path, home)) from None
        found = _stale_sentences(path, run)
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "address": address}))
        file.flush()
        try:
            yield found
        finally:
            path.unlink(missing_ok=True)


def _holder(path: Path) -> tuple[int | None, str]:
    try:
        content = json.loads(path.read_text())
        return int(content["pid"]), str(content["address"])
    except (OSError, ValueError, KeyError, TypeError):
        return None, ""


def _busy_sentence(path: Path, home: Path) -> str:
    pid, address = _holder(path)
    who = f" as process {pid}, {address}" if pid else ""
    return (
        f"Another instance already runs in {home}{who}. "
        "Stop it with Ctrl-C in its terminal, or give this one its own folder and port: "
        "make run CSW_HOME=var-2 PORT=8001"
    )


def _stale_sentences(path: Path, run: Path) -> list[str]:
    pid, _ = _holder(path)
    ended = leftovers_end(run)
    if pid is None and not ended:
        return []
    sentence = f"The last run here (process {pid or 'unknown'}) did not end in order; its lock was taken over."
    if ended:
        sentence += f" What it left running was ended: {', '.join(ended)}."
    return [sentence]


def leftovers_end(run: Path) -> list[str]:
    """End the processes whose pid files still stand, and only those; return their names."""
    ended = []
    for path in sorted(run.glob("*.pid")):
        mark = ProcessMark.read(path)
        process = mark.process() if mark else None
        if process is not None:
            end_all([*descendants(process.pid), process])
            ended.append(path.stem)
        with contextlib.suppress(FileNotFoundError):
            path.unlink()
    return ended
