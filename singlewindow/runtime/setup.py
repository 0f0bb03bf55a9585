"""What stands between an empty database and a working system, done once and skipped quickly after that."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from io import TextIOBase
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from singlewindow.approvals.limits import limits_tell
from singlewindow.runtime.translations import translations_compile

LOADERS = {
    "Reference data": "load_reference",
    "Tariff and fee schedule": "load_fees",
    "Agencies and their requirements": "load_agencies",
    "Quotas": "load_quotas",
}
"""The commands that load what is shipped, in this order: later ones refer to earlier ones.

The tables of risk are none of them: two people put those in force (`load_risk --by`, then the page of proposals).
"""


def prepare(say: Callable[[str], None], *, demo: bool) -> None:
    """Bring the database up to date: tables, shipped data and, if wished, the demonstration country.

    Idempotent: each step finds out for itself that there is nothing to do.
    """
    _step(say, "Database tables", tables_migrate)
    loaders = LOADERS | ({"Demonstration country": "load_demo"} if demo else {})
    for title, command in loaders.items():
        _step(say, title, partial(_command, command, say))


def _step(say: Callable[[str], None], title: str, step: Callable[[], bool]) -> None:
    begun = time.monotonic()
    say(f"{title} ...")
    done = step()
    say(f"{title}: {'done' if done else 'up to date'} ({time.monotonic() - begun:.1f} s)")


def tables_migrate() -> bool:
    """Bring the tables up to date; say whether there was anything to do."""
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        limits_tell()  # a migration tells them too; the settings may have changed without one
        return False
    call_command("migrate", interactive=False, verbosity=0)
    return True


class _Lines(TextIOBase):
    """A stream that hands each whole line on: the progress of a command shows while it runs."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._rest = ""

    def write(self, text: str, /) -> int:
        """Take text; lines that are complete go out."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self._say(f"  {line.strip()}")
        return len(text)


def _command(name: str, say: Callable[[str], None]) -> bool:
    call_command(name, stdout=_Lines(say))
    return True


def _static_sources() -> Iterator[tuple[str, Path]]:
    for finder in get_finders():
        for path, storage in finder.list([]):
            yield path, Path(storage.path(path))


def _collect_static() -> bool:
    state = hashlib.sha256()
    for name, path in sorted(_static_sources()):
        status = path.stat()
        state.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    stamp = settings.STATIC_ROOT / ".stamp"
    if stamp.exists() and stamp.read_text() == state.hexdigest():
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=["redoc"])
    stamp.write_text(state.hexdigest())
    return True


def main() -> None:
    """Prepare, then write down who may sign in."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "singlewindow.settings.base")
    django.setup()

    def say(line: str) -> None:
        print(f"  {line}", flush=True)  # noqa: T201  (its output is the progress of make run)

    prepare(say, demo=settings.CSW_DEMO)
    _step(say, "Translations", lambda: translations_compile() > 0)
    _step(say, "Static files", _collect_static)
    if settings.CSW_DEMO:
        accounts = settings.CSW_HOME / "accounts.txt"
        with accounts.open("w") as file:
            accounts.chmod(0o600)
            call_command("demo_accounts", stdout=file)


if __name__ == "__main__":
    main()
