"""The unit of work: a transaction whose new rows travel to the database together.

Rows are collected and written by one statement of several inserts (common table expressions) at the end, or
earlier by `flush`. One round trip instead of one per table is most of what makes filing cheap (ADR 0003).
"""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import OperationalError, connection, models, transaction
from psycopg2.extras import Json

from singlewindow.db.copying import rows_copy, rows_encode
from singlewindow.db.guarded import guarded, row_name

R = TypeVar("R")
Parameters = Sequence[Any] | Mapping[str, Any]

RETRIED = frozenset({"40001", "40P01"})
"""SQLSTATE of a serialization failure and of a deadlock: the same work, tried again, succeeds."""


class Work:
    """The rows that one act has still to write."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, tuple[str, ...]], list[Sequence[Any]]] = {}

    def insert(self, model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Add rows of a table; `columns` are database columns, in the order of the values.

        Lists and mappings are written as JSON. Values that the database computes are simply left out.
        """
        self._rows.setdefault((model._meta.db_table, tuple(columns)), []).extend(rows)

    def flush(self) -> None:
        """Write what was collected so far, in one statement.

        Raises:
            IntegrityError: a row breaks a constraint; the whole act is undone.
        """
        rows, self._rows = self._rows, {}
        parts = [(key, values) for key, values in rows.items() if values]
        if not parts:
            return
        parameters: list[Any] = [_adapted(value) for _, values in parts for row in values for value in row]
        inserts = [_insert_sql(table, columns, len(values)) for (table, columns), values in parts]
        ctes = ", ".join(f"w{i} AS ({insert})" for i, insert in enumerate(inserts[:-1]))
        statement = f"WITH {ctes} {inserts[-1]}" if ctes else inserts[-1]
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)

    def flush_if(self, guard: str, parameters: Mapping[str, Any]) -> bool:
        """Write what was collected so far if a guard touches a row; say whether it did. If not, all stays collected.

        One row a table travels with the guard in one statement, so that the row which it locks is not held for another
        journey. More than that follows in a second.

        Args:
            guard: a conditional UPDATE by named parameters, of one row at the most, in a table whose key is `id`.

        Locks: the row that the guard names.

        Raises:
            IntegrityError: a row breaks a constraint; the whole act is undone.
        """
        parts = [(key, values) for key, values in self._rows.items() if values]
        if any(len(values) > 1 for _, values in parts):
            if not self.execute(guard, parameters):
                return False
            self.flush()
            return True
        statement = guarded(guard, tuple(key for key, _ in parts))
        values = {
            row_name(part, place): _adapted(value)
            for part, (_, (row,)) in enumerate(parts)
            for place, value in enumerate(row)
        }
        if not statement.fetch({**parameters, **values}):
            return False
        self._rows = {}
        return True

    def encoded(self) -> list[tuple[str, tuple[str, ...], bytes]]:
        """Take what was collected so far as text for COPY: table, columns and rows of each."""
        rows, self._rows = self._rows, {}
        return [(table, columns, rows_encode(values)) for (table, columns), values in rows.items() if values]

    def copy(self) -> None:
        """Write what was collected so far by COPY, one a table: for acts of hundreds of rows.

        Raises:
            IntegrityError: a row breaks a constraint; the whole act is undone.
        """
        for table, columns, rows in self.encoded():
            rows_copy(table, columns, rows)

    def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one statement in the same transaction; the number of rows that it touched."""
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return int(cursor.rowcount)

    def fetch(self, sql: str, parameters: Parameters = ()) -> list[tuple[Any, ...]]:
        """Run one query in the same transaction and return its rows."""
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())


def _insert_sql(table: str, columns: tuple[str, ...], count: int) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    row = f"({', '.join(['%s'] * len(columns))})"
    # names come from models and from code, never from outside; values are parameters
    return f'INSERT INTO "{table}" ({names}) VALUES {", ".join([row] * count)}'  # noqa: S608


def _adapted(value: object) -> object:
    return Json(value) if isinstance(value, dict | list) else value


_current: ContextVar[Work | None] = ContextVar("unit_of_work", default=None)


@contextmanager
def unit_of_work() -> Iterator[Work]:
    """Open a transaction and write its rows at the end; every act of every service runs in one.

    Inside another unit of work this joins it: one act may be made of several services, and stands or falls whole.
    A service that must read back what another one has just written calls `flush` first.
    """
    outer = _current.get()
    if outer is not None:
        yield outer
        return
    with transaction.atomic():
        work = Work()
        token = _current.set(work)
        try:
            yield work
            work.flush()
        finally:
            _current.reset(token)


def with_retries(act: Callable[[], R], *, tries: int = 3) -> R:
    """Run an act again when the database chose it as the victim of a deadlock or serialization failure.

    Only for an act that is one whole transaction and has no effect outside the database.
    """
    for attempt in range(1, tries + 1):
        try:
            return act()
        except OperationalError as error:
            state = getattr(error.__cause__, "pgcode", None)
            if state not in RETRIED or attempt == tries or connection.in_atomic_block:
                raise
            time.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311  (jitter)
    raise AssertionError("unreachable: the last try returns or raises")
