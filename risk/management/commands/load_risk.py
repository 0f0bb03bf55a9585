"""Load the tables of facts that risk rules ask."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from risk.services import risk_load
from risk.services.tables import DATA
from singlewindow.accounts.types import system_actor


class Command(BaseCommand):
    """`manage.py load_risk [--folder FOLDER]`."""

    help = "Load value bands, sensitive goods, routes and alerts, and commit the rule set; safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=DATA, help="Folder of the CSV files")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = risk_load(actor=system_actor("load_risk"), folder=options["folder"])
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        state = "new" if loaded.fact_set_new else "unchanged"
        self.stdout.write(f"risk facts {loaded.fact_set_version[:12]} ({state}), {loaded.alerts_new} alerts added")
