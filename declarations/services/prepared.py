"""Batches that are ready to be written, and a second process that takes its share of them."""

import gc
import multiprocessing
import pickle
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue

from django.db import connections

from declarations.services.batches import BatchReport

JOIN_S = 10.0

Batch = tuple[int, list[bytes]]
"""The number of the first line, and the lines."""

Load = Callable[[Iterator[Batch]], Iterator[BatchReport]]
MORE = b"more"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch as text for COPY, and what it came to."""

    tables: list[tuple[str, tuple[str, ...], bytes]]
    report: BatchReport

    @classmethod
    def joined(cls, parts: Sequence["Prepared"]) -> "Prepared":
        """Parts of one batch as a whole, each table once."""
        tables: dict[tuple[str, tuple[str, ...]], list[bytes]] = {}
        for part in parts:
            for table, columns, rows in part.tables:
                tables.setdefault((table, columns), []).append(rows)
        reports = [part.report for part in parts]
        whole = BatchReport(
            reports[0].first_line,
            sum(one.read for one in reports),
            sum(one.lodged for one in reports),
            sum(one.known for one in reports),
            tuple(refused for one in reports for refused in one.refused),
        )
        return cls([(table, columns, b"".join(rows)) for (table, columns), rows in tables.items()], whole)


@contextmanager
def collected_rarely() -> Iterator[None]:
    """Look for garbage cycles seldom, and not among what was there before: a load makes many objects and few cycles."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def shared_with_another(batches: Iterator[Batch], load: Load) -> Iterator[BatchReport]:
    """Load batches in this process and in one beside it, each taking the next batch when it has room for it.

    Raises:
        RuntimeError: the other process failed or was killed; what was committed stays, its last batches may be missing.
    """
    # A forked process has the code lists and the compiled messages already; psycopg2 leaves a connection alone that
    # another process opened.
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe()
    child = context.Process(target=_child, args=(theirs, ours, load), daemon=True)
    child.start()
    theirs.close()
    share = _Share(batches)
    answers: SimpleQueue[BatchReport | RuntimeError | None] = SimpleQueue()
    with ThreadPoolExecutor(1, thread_name_prefix="share") as helper:
        helper.submit(_serve, ours, share, answers)
        try:
            for report in load(iter(share.take, None)):
                yield report
                while not answers.empty():
                    yield from _told(answers)
            while not share.served:
                yield from _told(answers)
        finally:
            share.stop()
    ours.close()
    child.join(JOIN_S)
    if child.is_alive():
        child.terminate()
        child.join()
    child.close()


class _Share:
    """The batches that two processes take from, one at a time."""

    def __init__(self, batches: Iterator[Batch]) -> None:
        self._batches = batches
        self._lock = threading.Lock()
        self._stopped = False
        self.served = False
        """Whether the last answer of the other process was told."""

    def take(self) -> Batch | None:
        """The next batch; nothing when there is none."""
        with self._lock:
            return None if self._stopped else next(self._batches, None)

    def stop(self) -> None:
        """Give out no more."""
        with self._lock:
            self._stopped = True

    def told(self) -> None:
        """Note that the other process has nothing more to say."""
        self.served = True


def _serve(child: Connection, share: _Share, answers: "SimpleQueue[BatchReport | RuntimeError | None]") -> None:
    """Give the other process batches when it asks, and take its reports, until it ends."""
    try:
        while said := child.recv_bytes():
            if said == MORE:
                batch = share.take()
                child.send_bytes(pickle.dumps(batch) if batch else b"")
                continue
            value = pickle.loads(said)  # noqa: S301  (written by our own child)
            answers.put(RuntimeError(value) if isinstance(value, str) else value)
    except (EOFError, OSError):
        answers.put(RuntimeError("The other process has ended before its work was done."))
    except Exception as error:  # noqa: BLE001  (a fault of whoever gives the lines is told where they are read)
        answers.put(RuntimeError(f"{type(error).__name__}: {error}"))
    finally:
        share.told()
        answers.put(None)


def _told(answers: "SimpleQueue[BatchReport | RuntimeError | None]") -> Iterator[BatchReport]:
    answer = answers.get()
    if isinstance(answer, RuntimeError):
        raise answer
    if answer is not None:
        yield answer


def _child(parent: Connection, other_end: Connection, load: Load) -> None:
    other_end.close()
    for one in connections.all(initialized_only=True):
        one.connection = None
    try:
        for report in load(_asked(parent)):
            parent.send_bytes(pickle.dumps(report))
        parent.send_bytes(b"")
    except (BrokenPipeError, EOFError):
        return  # the parent went away
    except Exception as error:  # noqa: BLE001  (told to the parent, which raises it)
        parent.send_bytes(pickle.dumps(f"{type(error).__name__}: {error}"))
        parent.send_bytes(b"")
    finally:
        connections.close_all()


def _asked(parent: Connection) -> Iterator[Batch]:
    while True:
        parent.send_bytes(MORE)
        batch = parent.recv_bytes()
        if not batch:
            return
        yield pickle.loads(batch)  # noqa: S301  (written by our own parent)
