"""Rows that are written only if a guard holds, in one statement with it.

A guard is a conditional UPDATE of a row that many acts draw on. Whatever is sent between it and the commit keeps the
others waiting, so what belongs to it travels with it.
"""

import hashlib
from functools import lru_cache

from singlewindow.db.prepared import Prepared

Shape = tuple[str, tuple[str, ...]]
"""A table and the columns of the one row that is written to it."""


def row_name(part: int, column: int) -> str:
    """The parameter of a value: the part that it belongs to, and its column there."""
    return f"row_{part}_{column}"


@lru_cache(maxsize=64)
def guarded(guard: str, parts: tuple[Shape, ...]) -> Prepared:
    """A guard and one row of each part as one prepared statement; it answers with the ids of what the guard touched.

    Args:
        guard: an UPDATE by named parameters of a table whose key is `id`; it touches one row at the most.
    """
    inserts = [f"row_{part} AS ({_insert_sql(part, table, columns)})" for part, (table, columns) in enumerate(parts)]
    sql = f"WITH {', '.join([f'guard AS ({guard} RETURNING id)', *inserts])} SELECT id FROM guard"  # noqa: S608
    return Prepared(f"guarded_{hashlib.sha256(sql.encode()).hexdigest()[:24]}", sql)


def _insert_sql(part: int, table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{column}"' for column in columns)
    values = ", ".join(f"%({row_name(part, place)})s" for place in range(len(columns)))
    # names come from models and from code, never from outside; values are parameters
    return f'INSERT INTO "{table}" ({names}) SELECT {values} FROM guard'  # noqa: S608
