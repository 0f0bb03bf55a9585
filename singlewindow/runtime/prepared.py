"""The mark that lets a second start skip the set-up: it is kept in the database that it speaks of."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import psycopg2

from singlewindow.settings.env import PROJECT_ROOT, Environment

PACKAGES = ("singlewindow", "declarations", "fees", "risk", "agencies", "clearance")


def fingerprint(read: Environment, root: Path = PROJECT_ROOT) -> str:
    """Return what the set-up depends on, in one line: every file of the packages, the lock, the demonstration."""
    state = hashlib.sha256(f"{read.home} {read.demo}\n".encode())
    for path in _files(root):
        status = path.stat()
        state.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return f"singlewindow {state.hexdigest()}"


def _files(root: Path) -> Iterator[Path]:
    yield root / "requirements.lock"
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".mo":
                yield path


def is_prepared(read: Environment, database_url: str) -> bool:
    """Say whether this very state of the project was set up in this database and this home."""
    here = (read.home / "static" / ".stamp").exists() and (not read.demo or (read.home / "accounts.txt").exists())
    return here and _comment(database_url) == fingerprint(read)


def _comment(database_url: str) -> str | None:
    connection = psycopg2.connect(database_url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
            )
            row = cursor.fetchone()
            return str(row[0]) if row else None
    finally:
        connection.close()


def prepared_record(read: Environment, database_url: str) -> None:
    """Write the mark, as the comment of the database: who empties the database takes the mark along."""
    connection = psycopg2.connect(database_url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT quote_ident(current_database())")
            row = cursor.fetchone()
            if row:
                cursor.execute(f"COMMENT ON DATABASE {row[0]} IS %s", [fingerprint(read)])
    finally:
        connection.close()
