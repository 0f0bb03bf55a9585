"""Batches that are ready to be written, made by this process or by one beside it."""

import multiprocessing
import pickle
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection

from django.db import connections

from declarations.services.batches import BatchReport

JOIN_S = 10.0

Preparation = Callable[[Iterable[list[bytes]]], Iterator["Prepared"]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch as text for COPY, and what it came to."""

    tables: list[tuple[str, tuple[str, ...], bytes]]
    report: BatchReport


def prepared_by_another(batches: Iterable[list[bytes]], prepare: Preparation) -> Iterator[Prepared]:
    """Let another process prepare, while this one writes; a pipe each way holds it back when writing is slower.

    Raises:
        RuntimeError: that process failed or was killed; what was written before stays.
    """
    # A forked process has the code lists and the compiled messages already; psycopg2 leaves a connection alone that
    # another process opened.
    context = multiprocessing.get_context("fork")
    to_child, from_parent = context.Pipe(duplex=False)[::-1]
    to_parent, from_child = context.Pipe(duplex=False)[::-1]
    ours = (to_child, from_child)
    child = context.Process(target=_child, args=(from_parent, to_parent, ours, prepare), daemon=True)
    child.start()
    from_parent.close()
    to_parent.close()
    try:
        with ThreadPoolExecutor(1, thread_name_prefix="feed") as feeder:
            fed = feeder.submit(_feed, to_child, batches)
            try:
                yield from _received(from_child)
                fed.result()
            finally:
                from_child.close()  # the child cannot answer any more and ends, and with it whoever feeds it
    finally:
        to_child.close()
        child.join(JOIN_S)
        if child.is_alive():
            child.terminate()
            child.join()
        child.close()


def _feed(to_child: Connection, batches: Iterable[list[bytes]]) -> None:
    try:
        for batch in batches:
            to_child.send_bytes(pickle.dumps(batch))
        to_child.send_bytes(b"")
    except BrokenPipeError:
        return  # the other process has ended; whoever reads its answers learns why


def _received(from_child: Connection) -> Iterator[Prepared]:
    while True:
        try:
            answer = from_child.recv_bytes()
        except (EOFError, OSError) as error:
            raise RuntimeError("The process that checks declarations has ended before its work was done.") from error
        if not answer:
            return
        value = pickle.loads(answer)  # noqa: S301  (written by our own child)
        if isinstance(value, str):
            raise RuntimeError(value)  # noqa: TRY004  (a fault of the child, in words)
        yield value


def _child(
    from_parent: Connection, to_parent: Connection, others: tuple[Connection, ...], prepare: Preparation
) -> None:
    for end in others:
        end.close()
    for one in connections.all(initialized_only=True):
        one.connection = None
    try:
        for batch in prepare(_asked(from_parent)):
            to_parent.send_bytes(pickle.dumps(batch))
        to_parent.send_bytes(b"")
    except (BrokenPipeError, EOFError):
        return  # the parent went away
    except Exception as error:  # noqa: BLE001  (told to the parent, which raises it)
        to_parent.send_bytes(pickle.dumps(f"{type(error).__name__}: {error}"))
    finally:
        connections.close_all()


def _asked(from_parent: Connection) -> Iterator[list[bytes]]:
    while batch := from_parent.recv_bytes():
        yield pickle.loads(batch)  # noqa: S301  (written by our own parent)
