"""What stands between an empty database and a working system, done once and skipped quickly after that."""

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def prepare(say: Callable[[str], None]) -> None:
    """Bring database, reference data, demonstration country and static files up to date.

    Idempotent: each step finds out for itself that there is nothing to do.
    """
    steps: list[tuple[str, Callable[[], bool]]] = [
        ("Database tables", _migrate),
        ("Reference data", lambda: _command("load_reference")),
        ("Static files", _collect_static),
    ]
    if settings.CSW_DEMO:
        steps.insert(2, ("Demonstration country", lambda: _command("load_demo")))
    for title, step in steps:
        begun = time.monotonic()
        say(f"{title} ...")
        done = step()
        say(f"{title}: {'done' if done else 'up to date'} ({time.monotonic() - begun:.1f} s)")


def _migrate() -> bool:
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return False
    call_command("migrate", interactive=False, verbosity=0)
    return True


def _command(name: str) -> bool:
    if name not in get_commands():
        return False
    call_command(name, stdout=sys.stdout)
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
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(state.hexdigest())
    return True


def main() -> None:
    """Prepare, then print who may sign in."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "singlewindow.settings.base")
    django.setup()
    prepare(lambda line: print(f"  {line}", flush=True))  # noqa: T201  (its output is the progress of make run)
    if settings.CSW_DEMO and "demo_accounts" in get_commands():
        accounts = settings.CSW_HOME / "run" / "accounts.txt"
        with accounts.open("w") as file:
            accounts.chmod(0o600)
            call_command("demo_accounts", stdout=file)


if __name__ == "__main__":
    main()
