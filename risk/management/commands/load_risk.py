"""Propose the tables of facts that risk rules ask, and the entries of the alert list."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from risk.services import risk_load
from risk.services.tables import DATA
from singlewindow.approvals.commands import person_prove


class Command(BaseCommand):
    """`manage.py load_risk --by USERNAME [--folder FOLDER]`."""

    help = (
        "Store value bands, sensitive goods, routes and alerts, and put them before a second person, who agrees on the "
        "page; safe to run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--by", required=True, help="User name of the analyst who proposes them")
        parser.add_argument("--folder", type=Path, default=DATA, help="Folder of the CSV files")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = person_prove(options["by"])
        try:
            loaded = risk_load(actor=actor, folder=options["folder"])
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"risk facts {loaded.fact_set_version[:12]}: {len(loaded.proposals)} proposed")
