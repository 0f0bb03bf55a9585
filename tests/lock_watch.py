"""A watch over every statement of every test: rows of the named tables are locked in the one order, or the test fails.

What counts as a lock: SELECT … FOR UPDATE or FOR NO KEY UPDATE, UPDATE, DELETE, INSERT … ON CONFLICT … DO UPDATE, and
the posting whose trigger moves the balance of a trader's account. What does not: a new row, which nobody else sees;
rows taken with SKIP LOCKED, which nobody waits for; the share locks of foreign keys, which conflict with none of
these but FOR UPDATE.

An act is the outermost atomic block that is not the test's own. A row that the act holds already may be locked again.
"""

import re
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.backends.signals import connection_created

from singlewindow.db.lock_order import NEWEST_FIRST, OF_ONE_DECLARATION, RANK
from singlewindow.db.prepared import WRITTEN

ROOT = f"{Path(__file__).resolve().parent.parent}/"


@lru_cache(maxsize=64)
def key_of(table: str) -> str:
    """The column of a table's primary key."""
    return next(str(one._meta.pk.column) for one in apps.get_models() if one._meta.db_table == table)


_NAME = r'"?(\w+)"?'
_UPDATE = re.compile(rf"(?<!FOR )(?<!KEY )(?<!DO )\bUPDATE\s+(?:ONLY\s+)?{_NAME}", re.IGNORECASE)
_DELETE = re.compile(rf"\bDELETE\s+FROM\s+{_NAME}", re.IGNORECASE)
_UPSERT = re.compile(rf"\bINSERT\s+INTO\s+{_NAME}[^;]*?ON\s+CONFLICT[^;]*?DO\s+UPDATE", re.IGNORECASE | re.DOTALL)
_FOR = re.compile(r"\bFOR\s+(?:NO\s+KEY\s+)?UPDATE\b(?:\s+OF\s+\"?(\w+)\"?)?(\s+SKIP\s+LOCKED)?", re.IGNORECASE)
_FROM = re.compile(
    rf"\b(?:FROM|JOIN)\s+{_NAME}(?:\s+(?:AS\s+)?(?!(?:WHERE|ON|ORDER|LEFT|JOIN|FOR|USING)\b)(\w+))?", re.IGNORECASE
)
_POSTING = re.compile(r'INSERT INTO "fees_posting" \(([^)]*)\) VALUES ', re.IGNORECASE)
_SAVEPOINT = re.compile(r'^(SAVEPOINT|ROLLBACK TO SAVEPOINT) "?([^"]+)"?')
_EXECUTE = re.compile(r"^EXECUTE (\w+) ")
_ASKED = re.compile(r'\b"?(id|declaration_id)"?\s*(?:=\s*ANY\s*\(|=|IN\s*\()\s*(%s|%\(\w+\)s)', re.IGNORECASE)


def as_written(sql: str, params: Any) -> tuple[str, Any]:
    """The text and the named parameters of a prepared statement, of which the name was sent; others as they are."""
    match = _EXECUTE.match(sql)
    if match is None or match.group(1) not in WRITTEN:
        return sql, params
    statement = WRITTEN[match.group(1)]
    return statement.sql, dict(zip(statement.order, params, strict=True))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a statement locks."""

    tables: tuple[str, ...]
    waits: bool
    rows_returned: bool


@lru_cache(maxsize=4096)
def seen_of(sql: str) -> Seen | None:
    """What a statement locks of the named tables; None where it locks nothing."""
    tables = [name.lower() for pattern in (_UPDATE, _DELETE, _UPSERT) for name in pattern.findall(sql)]
    waits, returned = bool(tables), "RETURNING" in sql.upper()
    for one in _FOR.finditer(sql):
        named = [(table.lower(), alias.lower()) for table, alias in _FROM.findall(sql)]
        of = (one.group(1) or "").lower()
        tables += [table for table, alias in named if not of or of in (table, alias)]
        waits = waits or not one.group(2)
        returned = True
    found = tuple(dict.fromkeys(table for table in tables if table in RANK))
    return Seen(found, waits, returned) if found else None


@dataclass(slots=True)
class Watch:
    """What one connection holds within its act."""

    connection: Any
    found: list[str]
    outside: list[Any] = field(default_factory=list)
    """Blocks that a fixture holds open around whole tests."""
    act: Any = None
    held: dict[str, set[str]] = field(default_factory=dict)
    points: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Run a statement, then look at what it locked."""
        result = execute(sql, params, many, context)
        sql, params = as_written(sql, params)
        self._act_follow(sql)
        if self.act is not None:
            if seen := seen_of(sql):
                self._take(sql, params, seen, context["cursor"])
            if match := _POSTING.search(sql):
                for account in _posted(sql, params, match):
                    self._locked("fees_account", self._traders([account]), sql)
        return result

    def _act_follow(self, sql: str) -> None:
        """Notice when another act begins, and what is undone to a savepoint."""
        own = [one for one in self.connection.atomic_blocks if not one._from_testcase and one not in self.outside]
        act = own[0] if own else None
        if act is not self.act:
            self.act, self.held, self.points = act, {}, {}
        point = _SAVEPOINT.match(sql)
        if point and point.group(1) == "SAVEPOINT":
            self.points[point.group(2)] = {table: set(ids) for table, ids in self.held.items()}
        elif point and point.group(2) in self.points:
            self.held = {table: set(ids) for table, ids in self.points[point.group(2)].items()}

    def _take(self, sql: str, params: Any, seen: Seen, cursor: Any) -> None:
        for table in sorted(seen.tables, key=RANK.__getitem__):
            ids = _returned(cursor, key_of(table)) if seen.rows_returned and len(seen.tables) == 1 else None
            if not ids:
                # A row that was looked for under lock and is not there is the act's to insert.
                ids = _inserted(sql, params, table) or _asked(sql, params, key_of(table))
            if ids is None and seen.rows_returned and cursor.rowcount == 0:
                continue  # no row, no lock
            if table == "fees_account" and ids:
                ids = self._traders(ids)
            if seen.waits:
                self._locked(table, ids, sql)
            else:
                self.held.setdefault(table, set()).update(ids or [])

    def _locked(self, table: str, ids: Sequence[str] | None, sql: str) -> None:
        """Compare a lock with what is held; rows that cannot be told apart count as new once."""
        mine = self.held.get(table, set())
        new = [one for one in ids if one not in mine] if ids is not None else ([] if mine else ["?"])
        if not new:
            return
        later = [other for other in self.held if RANK[other] > RANK[table] and self.held[other]]
        if table == "declarations_declaration" and mine and "?" not in new and max(new) < min(mine):
            later = [other for other in later if other not in OF_ONE_DECLARATION]  # the older one, after the newer
        if later:
            self._tell(f"{table} is locked after {', '.join(sorted(later))}", sql)
        newest_first = table in NEWEST_FIRST
        last = sorted((one for one in mine if one != "?"), reverse=newest_first)[-1:]
        if "?" not in new and [*last, *new] != sorted([*last, *new], reverse=newest_first):
            self._tell(f"rows of {table} are locked out of the order of their ids", sql)
        self.held.setdefault(table, set()).update(new)

    def _traders(self, ids: Sequence[str]) -> list[str]:
        """Those of some accounts that are a trader's: only their rows are ever waited for."""
        with self.connection.connection.cursor() as cursor:
            cursor.execute("SELECT id FROM fees_account WHERE kind = 'trader' AND id::text = ANY(%s)", [list(ids)])
            traders = {str(row[0]) for row in cursor.fetchall()}
        return [one for one in ids if one in traders]

    def _tell(self, what: str, sql: str) -> None:
        where = [
            f"{one.filename.removeprefix(ROOT)}:{one.lineno} {one.name}"
            for one in traceback.extract_stack()
            if one.filename.startswith(ROOT) and "/site-packages/" not in one.filename
        ]
        inside = [one for one in where if not one.startswith(("tests/lock_watch", "singlewindow/db/work"))]
        self.found.append(f"{what}\n  {' '.join(sql.split())[:160]}\n  " + "\n  ".join(inside[-6:]))


def _returned(cursor: Any, key: str) -> list[str] | None:
    """The keys among the rows of an answer, in their order; the answer is left as it was found."""
    names = [column[0] for column in cursor.description or ()]
    if key not in names or cursor.cursor.name is not None:
        return None
    rows = cursor.fetchall()
    if rows:
        cursor.cursor.scroll(0, mode="absolute")
    return [str(row[names.index(key)]) for row in rows]


def _asked(sql: str, params: Any, key: str) -> list[str] | None:
    """The keys that a statement names as parameters; None where it names none."""
    ids: list[str] = []
    _, where, condition = sql.rpartition("WHERE")
    if not where:
        return None
    for match in _ASKED.finditer(condition):
        if match.group(1) != key:
            continue
        value = _parameter(sql, params, len(sql) - len(condition) + match.start(2), match.group(2))
        ids += [str(one) for one in (value if isinstance(value, list | tuple | set) else [value])]
    return ids or None


def _inserted(sql: str, params: Any, table: str) -> list[str] | None:
    """The key of the one row that an INSERT … ON CONFLICT names."""
    match = re.search(rf'INSERT\s+INTO\s+"?{table}"?\s*\(([^)]*)\)\s*VALUES\s*\(', sql, re.IGNORECASE)
    if match is None or isinstance(params, Mapping):
        return None
    columns = [name.strip().strip('"') for name in match.group(1).split(",")]
    place = sql[: match.end()].count("%s")
    return [str(params[place + columns.index(key_of(table))])] if key_of(table) in columns else None


def _parameter(sql: str, params: Any, position: int, mark: str) -> Any:
    if isinstance(params, Mapping):
        return params[mark[2:-2]] if mark.startswith("%(") else None
    return params[sql[:position].count("%s")]


def _posted(sql: str, params: Any, match: re.Match[str]) -> Iterator[str]:
    """The accounts of the postings that a statement inserts, in their order."""
    columns = [name.strip().strip('"') for name in match.group(1).split(",")]
    first = sql[: match.end()].count("%s")
    count = sql[match.end() :].partition("INSERT INTO")[0].count("%s")
    for start in range(first, first + count, len(columns)):
        yield str(params[start + columns.index("account_id")])


@contextmanager
def watching() -> Iterator[list[str]]:
    """Watch every connection, those of other threads too; yields what was found against the order."""
    found: list[str] = []
    begun: list[tuple[Any, Watch]] = []

    def watch(connection: Any, **_: Any) -> None:
        if not any(isinstance(one, Watch) for one in connection.execute_wrappers):
            one = Watch(connection, found, list(connection.atomic_blocks))
            connection.execute_wrappers.append(one)
            begun.append((connection, one))

    watch(connections["default"])
    connection_created.connect(watch)
    try:
        yield found
    finally:
        connection_created.disconnect(watch)
        for connection, one in begun:
            if one in connection.execute_wrappers:
                connection.execute_wrappers.remove(one)
