"""Load the tariff, the schedule of charges and everything else that an assessment reads."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fees.services.tariff import DATA, change_propose, change_read, envelope_change_read, tariff_load
from fees.services.tariff.reading import FILE_BYTES_MOST, FILES
from singlewindow.accounts.types import Actor
from singlewindow.approvals.commands import person_prove
from singlewindow.kernel.errors import DomainError, NotPermitted


class Command(BaseCommand):
    """python manage.py load_fees [FOLDER | ENVELOPE.xml] [--by USERNAME]"""

    help = (
        "Load the first tariff and charges of a database. Later ones are proposed (--by) and in force when another "
        "person agrees; files that change nothing do nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """One folder, that of the demonstration country without it, or one TARIC3 envelope."""
        parser.add_argument("source", nargs="?", type=Path, default=DATA)
        parser.add_argument("--by", metavar="USERNAME", help="who proposes a change of the tariff that stands")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load or propose, and say what changed."""
        source: Path = options["source"]
        try:
            if options["by"]:
                self.stdout.write(_proposed(source, person_prove(options["by"])))
                return
            loaded = tariff_load(source)
        except NotPermitted as refused:
            if source == DATA:  # a start with newer files than were loaded once goes on with the tariff in force
                self.stdout.write(f"{refused.detail} The shipped files differ: propose them with --by USERNAME.")
                return
            raise CommandError(f"{refused.detail} Name who proposes it: --by USERNAME.") from refused
        except DomainError as refused:
            lines = [refused.detail, *(violation.message for violation in refused.violations)]
            raise CommandError("\n".join(lines)) from refused
        except OSError as error:
            raise CommandError(str(error)) from error
        change = f"{loaded.added} rows begin" if loaded.changed else "nothing changed"
        self.stdout.write(f"{loaded.label}: {change}")


def _proposed(source: Path, actor: Actor) -> str:
    if source.is_dir():
        paths = [source / name for name in FILES if (source / name).is_file()]
        change_id = change_read(files={path.name: _content(path) for path in paths}, actor=actor)
    else:
        change_id = envelope_change_read(name=source.name, content=_content(source), actor=actor)
    proposal_id = change_propose(change_id=change_id, actor=actor)
    return f"Proposed {proposal_id}; it is in force when another person agrees."


def _content(path: Path) -> bytes:
    if path.stat().st_size > FILE_BYTES_MOST:
        raise CommandError(f"{path.name} is larger than {FILE_BYTES_MOST} bytes.")
    return path.read_bytes()
