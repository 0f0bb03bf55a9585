"""Rows as text for COPY: the fastest way into a table that checks, triggers and keys still watch over.

Source: PostgreSQL documentation, COPY, text format.
"""

import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from django.db import connection

_SPECIAL = re.compile(r"[\\\b\f\n\r\t\v]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"})


def _text(value: str) -> str:
    return value.translate(_ESCAPES) if _SPECIAL.search(value) else value


def _json(value: Any) -> str:
    return _text(orjson.dumps(value).decode())


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


def rows_encode(rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows as the text format of COPY: None is NULL, bytes are hexadecimal, lists and mappings are JSON.

    Raises:
        TypeError: a value of a kind that no table here holds.
    """
    find = _WRITTEN.get
    lines = ["\t".join([(find(type(value)) or _other)(value) for value in row]) for row in rows]
    lines.append("")
    return "\n".join(lines).encode()


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
