"""Servers for one command: `manage.py load_reference` and its like work with nothing running."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from singlewindow.runtime.lock import HomeBusy, home_locked
from singlewindow.runtime.servers import ServerFailed, servers_running
from singlewindow.settings.env import Environment, embedded_addresses

WITHOUT_DATABASE = frozenset(
    {
        "check", "check_message", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help",
        "makemessages", "makemigrations", "relay", "risk_evaluate", "spectacular", "startapp", "test", "version",
    }
)  # fmt: skip
"""Commands that ask nothing of a database, or that are part of a running instance."""


def needs_servers(read: Environment, argv: Sequence[str]) -> bool:
    """Say whether this command line needs a database and none is running or named."""
    command = argv[1] if len(argv) > 1 else "help"
    asks_for_help = bool({"--help", "-h"} & set(argv))
    reads_a_file = command == "risk_train" and any(word.startswith("--data") for word in argv)
    plain = command.startswith("-") or command in WITHOUT_DATABASE or asks_for_help or reads_a_file
    return not plain and not read.database_url and embedded_addresses(read.home) is None


@contextmanager
def servers_for_command(read: Environment, argv: Sequence[str]) -> Iterator[bool]:
    """Run the embedded servers for as long as one command lasts, where it needs them; yields whether they are new.

    Raises:
        SystemExit: an instance that is just starting or stopping holds the home.
    """
    if not needs_servers(read, argv):
        yield False
        return
    try:
        with home_locked(read.home, address="one command"), servers_running(read.home, durable=True) as places:
            os.environ["DATABASE_URL"] = places.database_url
            os.environ["REDIS_URL"] = read.redis_url or places.redis_url
            yield True
    except (HomeBusy, ServerFailed) as error:
        sys.exit(str(error))


def prepare_for_command(argv: Sequence[str]) -> None:
    """Make an embedded database that no instance has set up fit for a command; tells of it on the error stream."""
    import django

    django.setup()
    from singlewindow.runtime.setup import prepare, tables_migrate

    def say(line: str) -> None:
        if first_time and not line.endswith("..."):
            sys.stderr.write(f"  {line}\n")

    first_time = tables_migrate() if argv[1] not in {"migrate", "flush"} else False
    if not argv[1].startswith(("load_", "migrate", "flush", "dbshell")):
        prepare(say, demo=False)
