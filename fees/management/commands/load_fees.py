"""Load the tariff, the schedule of charges and everything else that an assessment reads."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fees.services.tariff import DATA, tariff_load
from singlewindow.kernel.errors import RuleViolated


class Command(BaseCommand):
    """python manage.py load_fees [FOLDER]"""

    help = "Load tariff and charges as a new version of the data; files that change nothing make none."

    def add_arguments(self, parser: CommandParser) -> None:
        """One folder, that of the demonstration country without it."""
        parser.add_argument("folder", nargs="?", type=Path, default=DATA)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what changed."""
        try:
            loaded = tariff_load(options["folder"])
        except RuleViolated as error:
            raise CommandError("\n".join(violation.message for violation in error.violations)) from error
        change = f"{loaded.added} rows begin, {loaded.ended} end" if loaded.changed else "nothing changed"
        self.stdout.write(f"{loaded.label}: {change}")
