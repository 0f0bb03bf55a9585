"""Keyset pages: a cursor says after which row to go on, so no row is seen twice or missed under inserts."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

import orjson

from singlewindow.kernel.errors import FormatRefused

T = TypeVar("T")

PAGE_SIZE = 50
PAGE_SIZE_MAX = 200


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows and the cursor of the next page, empty when this is the last."""

    rows: Sequence[T]
    next_cursor: str = ""


def cursor_encode(*keys: str | int) -> str:
    """An opaque cursor from the sort keys of the last row shown."""
    return base64.urlsafe_b64encode(orjson.dumps(keys)).decode().rstrip("=")


def cursor_decode(cursor: str, *kinds: type) -> list[str | int]:
    """The sort keys of a cursor, checked against their kinds.

    Raises:
        FormatRefused: code `cursor`, the text was not made by `cursor_encode` for this list.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        keys = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise FormatRefused("The cursor was not made by this list; start again without it.", code="cursor") from error
    if not isinstance(keys, list) or [type(key) for key in keys] != list(kinds):
        raise FormatRefused("The cursor belongs to another list; start again without it.", code="cursor")
    return keys


def uuid_decode(cursor: str) -> UUID:
    """The id that a cursor of a list ordered by id alone holds.

    Raises:
        FormatRefused: code `cursor`, as `cursor_decode` does.
    """
    (text,) = cursor_decode(cursor, str)
    try:
        return UUID(str(text))
    except ValueError as error:
        raise FormatRefused("The cursor belongs to another list; start again without it.", code="cursor") from error


def page_of(rows: Sequence[T], size: int, keys: Callable[[T], tuple[str | int, ...]]) -> Page[T]:
    """A page from up to `size + 1` fetched rows: the extra one only tells that there is more."""
    if len(rows) <= size:
        return Page(rows)
    return Page(rows[:size], cursor_encode(*keys(rows[size - 1])))
