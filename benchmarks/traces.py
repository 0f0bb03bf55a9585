"""Which rows one declaration wrote, read from the database itself: what the limit has to write as well."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2 import extensions

NOT_OURS = frozenset({"jobs_heartbeat"})
"""Tables that are written whether or not anybody files."""

TABLES_SQL = """
SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY c.relname
"""
COLUMNS_SQL = """
SELECT attname, format_type(atttypid, atttypmod),
       attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval%%', false)
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE attrelid = %s AND a.attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY a.attnum
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; a numbered one gets its value from a sequence."""

    name: str
    type: str
    numbered: bool


@dataclass(frozen=True, slots=True)
class Written:
    """The rows that one act added to one table, each value as text."""

    table: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str | None, ...], ...]
    bytes: int


@contextmanager
def cursor_on(url: str) -> Iterator[extensions.cursor]:
    """A cursor whose every statement is its own transaction."""
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def value_of(url: str, sql: str) -> Any:
    """The first value that a query gives."""
    with cursor_on(url) as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
        return row[0] if row else None


def rows_written(url: str, act: Callable[[], None]) -> tuple[Written, ...]:
    """Do something in a quiet database; the rows that it added. Rows that it only changed are left out."""
    with cursor_on(url) as cursor:
        cursor.execute(TABLES_SQL)
        tables = [(oid, name) for oid, name in cursor.fetchall() if name not in NOT_OURS]
        before = {name: _count(cursor, name) for _, name in tables}
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        first = cursor.fetchall()[0][0]
        act()
        found = []
        for oid, name in tables:
            added = _count(cursor, name) - before[name]
            if added:
                found.append(_written(cursor, oid, name, first, added))
        return tuple(found)


def _count(cursor: extensions.cursor, table: str) -> int:
    cursor.execute(f'SELECT count(*) FROM "{table}"')
    return int(cursor.fetchall()[0][0])


def _written(cursor: extensions.cursor, oid: int, table: str, first: int, added: int) -> Written:
    cursor.execute(COLUMNS_SQL, [oid])
    columns = tuple(Column(*row) for row in cursor.fetchall())
    names = ", ".join(f'"{column.name}"::text' for column in columns)
    cursor.execute(
        f'SELECT pg_column_size(t.*), {names} FROM "{table}" t '
        "WHERE xmin::text::bigint >= %s ORDER BY xmin::text::bigint DESC, ctid LIMIT %s",
        [first, added],
    )
    rows = cursor.fetchall()
    return Written(table, columns, tuple(row[1:] for row in rows), sum(row[0] for row in rows))


def shape(written: Sequence[Written]) -> dict[str, dict[str, int]]:
    """How many rows and bytes each table got."""
    return {part.table: {"rows": len(part.rows), "bytes": part.bytes} for part in written}
