"""The limit of the whole way: one durable transaction of pgbench that writes the same rows in one statement."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.cpu import cpu_of_run
from benchmarks.traces import Column, Written, cursor_on

SCHEMA = "bench_limit"


@dataclass(frozen=True, slots=True)
class Pgbench:
    """A prepared script and where to run it."""

    program: Path
    url: str
    script: Path

    def run(self, *, transactions: int, clients: int) -> float:
        """Run the script so often; CPU seconds of pgbench itself."""
        each, left = divmod(transactions, clients)
        assert not left, "every client does as many"
        argv = [self.program, "-n", "-M", "prepared", "-f", self.script, "-c", clients, "-t", each, self.url]
        return cpu_of_run([str(part) for part in argv])


@contextmanager
def pgbench_of(program: Path, url: str, written: Sequence[Written], known: Mapping[str, str]) -> Iterator[Pgbench]:
    """Make tables like those that were written, and the script that writes such rows.

    The tables have the columns, defaults, checks and indexes of ours, but neither foreign keys nor triggers: the limit
    is allowed to be faster than the law of the tables permits.

    Args:
        known: values of the traced declaration that must be new in each transaction, with the SQL that makes them.
    """
    with cursor_on(url) as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        cursor.execute(f"CREATE SEQUENCE {SCHEMA}.serial CACHE 100")
        for part in written:
            cursor.execute(f'CREATE TABLE {SCHEMA}."{part.table}" (LIKE public."{part.table}" INCLUDING ALL)')
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "limit.sql"
        script.write_text(statement(written, known) + "\n")
        yield Pgbench(program, url, script)


def statement(written: Sequence[Written], known: Mapping[str, str]) -> str:
    """One statement that inserts all rows again, each key new."""
    fresh = dict(known) | _references(written, known)
    made = ", ".join(f'{sql} AS "{_alias(old)}"' for old, sql in fresh.items())
    inserts = [_insert(part, fresh) for part in written]
    ctes = ", ".join(f"w{i} AS ({insert})" for i, insert in enumerate(inserts[:-1]))
    return f"WITH d AS MATERIALIZED (SELECT {made}), {ctes} {inserts[-1]};"


def _alias(old: str) -> str:
    return f"new_{old}".replace("-", "_").lower()


def _references(written: Sequence[Written], known: Mapping[str, str]) -> dict[str, str]:
    """UUIDs that stand as a key in one table and are named in another: new in each transaction, the same in both."""
    seen: dict[str, set[str]] = {}
    for part in written:
        for index, column in enumerate(part.columns):
            for row in part.rows:
                value = row[index]
                if column.type == "uuid" and value is not None and value not in known:
                    seen.setdefault(value, set()).add(f"{part.table}.{column.name}")
    keys = {row[0] for part in written for row in part.rows if part.columns[0].type == "uuid"}
    return {value: "uuidv7()" for value in seen if value in keys}


def _insert(part: Written, fresh: Mapping[str, str]) -> str:
    places = [index for index, column in enumerate(part.columns) if not column.numbered]
    names = ", ".join(f'"{part.columns[index].name}"' for index in places)
    picked = ", ".join(_picked(part, index, fresh) for index in places)
    rows = ", ".join(
        "(" + ", ".join(_literal(row[index], part.columns[index]) for index in places) + ")" for row in part.rows
    )
    aliases = ", ".join(f"c{index}" for index in places)
    return f'INSERT INTO {SCHEMA}."{part.table}" ({names}) SELECT {picked} FROM d, (VALUES {rows}) AS v ({aliases})'


def _picked(part: Written, index: int, fresh: Mapping[str, str]) -> str:
    """The value of a column: as traced, or made new where it names the declaration or is a key of its own."""
    column, values = part.columns[index], [row[index] for row in part.rows]
    named = [old for old in fresh if any(value is not None and old in value for value in values)]
    if column.type == "uuid":
        if len(named) == 1 and all(value == named[0] for value in values):
            return f'd."{_alias(named[0])}"'
        if named:
            cases = " ".join(f"WHEN '{old}' THEN d.\"{_alias(old)}\"" for old in named)
            return f"CASE c{index}::text {cases} ELSE c{index} END"
        return "uuidv7()" if column.name == "event_id" else f"c{index}"
    expression = f"c{index}"
    if column.type.startswith("character varying"):
        for old in named:
            expression = f"replace({expression}, '{old}', d.\"{_alias(old)}\"::text)"
    return expression


def _literal(value: str | None, column: Column) -> str:
    if value is None:
        return f"NULL::{column.type}"
    if column.type == "bytea":
        return f"'{value}'::bytea"
    # pgbench takes a colon before a name for a variable of its own, even inside quotes
    quoted = value.replace("\\", "\\\\").replace("'", "\\'").replace(":", "\\x3a").replace("\n", "\\n")
    return f"E'{quoted}'::{column.type}"
