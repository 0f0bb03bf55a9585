"""Rows as text for COPY: the fastest way into a table that checks, triggers and keys still watch over.

Source: PostgreSQL documentation, COPY, text format.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

_SPECIAL = "\\\b\f\n\r\t\v"
_ESCAPES = str.maketrans({"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"})


def _text(value: str) -> str:
    return value.translate(_ESCAPES)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode().replace("\\", "\\\\")  # JSON writes control characters by escapes


_WRITTEN: dict[type, Callable[[Any], str]] = {
    str: _text,
    int: str,
    type(None): lambda _: "\\N",
    UUID: str,
    Decimal: str,
    datetime: datetime.isoformat,
    bytes: lambda value: "\\\\x" + value.hex(),
    bool: lambda value: "t" if value else "f",
    dict: _json,
    list: _json,
}


def _other(value: object) -> str:
    """A value of a subclass (an enumeration of texts, say), written as its base is."""
    for kind, written in _WRITTEN.items():
        if isinstance(value, kind):
            return written(str.__str__(value) if kind is str else value)
    raise TypeError(f"COPY does not know how to write a {type(value).__name__}.")


def _cells(column: tuple[Any, ...]) -> Iterable[str]:
    """The values of a column as text; values of one kind at once, and texts as they are where none needs escapes."""
    kinds = set(map(type, column))
    if kinds == {str}:
        together = "".join(column)
        return map(_text, column) if any(mark in together for mark in _SPECIAL) else column
    if kinds == {datetime}:
        moments = {moment: moment.isoformat() for moment in set(column)}
        return [moments[moment] for moment in column]
    written = _WRITTEN.get(kinds.pop(), _other) if len(kinds) == 1 else None
    if written is not None:
        return map(written, column)
    return [_WRITTEN.get(type(value), _other)(value) for value in column]


def rows_encode(rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows as the text format of COPY: None is NULL, bytes are hexadecimal, lists and mappings are JSON.

    Raises:
        TypeError: a value of a kind that no table here holds.
    """
    columns = map(_cells, zip(*rows, strict=True))
    return "\n".join([*map("\t".join, zip(*columns, strict=True)), ""]).encode()


def rows_copy(table: str, columns: Sequence[str], encoded: bytes) -> None:
    """Write encoded rows into a table, in the transaction that is open.

    Args:
        table: a table of ours, never a name from outside; `columns` likewise.

    Raises:
        IntegrityError: a row breaks a constraint; none of them stays.
    """
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.wrap_database_errors, connection.cursor() as cursor:
        cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', io.BytesIO(encoded), 262_144)
