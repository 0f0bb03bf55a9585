"""Text for COPY: whatever a cell holds comes back from the table as it was."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from singlewindow.db.copying import rows_copy, rows_encode

AT = datetime(2026, 3, 1, 10, 0, 0, 250, tzinfo=UTC)
AWKWARD = "tab\tline\nreturn\rback\\slash \\N \\x41 \b\f\v é \U0001f600 'quote' \"double\""


class Kind(StrEnum):
    ONE = "one"


@pytest.fixture
def table(db: None) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE copied (place int, a text, b numeric, c timestamptz, d bytea, e jsonb,"
            " f uuid, g bool) ON COMMIT DROP"
        )
    return "copied"


def copied(table: str, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    rows_copy(table, ("place", "a", "b", "c", "d", "e", "f", "g"), rows_encode(rows))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT a, b, c, d, e::text, f, g FROM {table} ORDER BY place")
        found = cursor.fetchall()
    return [(a, b, c, d if d is None else bytes(d), e, f, g) for a, b, c, d, e, f, g in found]


FULL = ("plain", Decimal("1.50"), AT, b"\x00\\N\n", {"a": 'q"\\\n'}, UUID(int=5), True)
FULL_BACK = ("plain", Decimal("1.50"), AT, b"\x00\\N\n", '{"a": "q\\"\\\\\\n"}', UUID(int=5), True)


def test_columns_of_one_kind_come_back_as_they_were(table: str) -> None:
    assert copied(table, [(1, *FULL), (2, *FULL)]) == [FULL_BACK, FULL_BACK]


def test_a_column_that_is_NULL_in_some_rows_comes_back_as_it_was(table: str) -> None:
    nothing = (None,) * 7
    assert copied(table, [(1, *FULL), (2, *nothing), (3, *FULL)]) == [FULL_BACK, nothing, FULL_BACK]


@pytest.mark.parametrize("beside", ["plain", None, Kind.ONE], ids=["texts", "with NULL", "with an enumeration"])
def test_a_text_with_every_special_character_is_one_cell_of_one_row(table: str, beside: str | None) -> None:
    rows = [(1, AWKWARD, *FULL[1:]), (2, beside, *FULL[1:]), (3, "\\N", *FULL[1:])]
    assert [row[0] for row in copied(table, rows)] == [AWKWARD, beside, "\\N"]


def test_instants_of_several_zones_stay_the_instants_they_were(table: str) -> None:
    zone = timezone(timedelta(hours=2))
    rows = [(n, *FULL[:2], at, *FULL[3:]) for n, at in enumerate([AT, AT.astimezone(zone), AT + timedelta(days=1)])]
    assert [row[2] for row in copied(table, rows)] == [AT, AT, AT + timedelta(days=1)]


def test_a_kind_that_no_table_holds_is_refused() -> None:
    with pytest.raises(TypeError):
        rows_encode([(1, object())])


def test_rows_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        rows_encode([(1, 2), (1,)])
