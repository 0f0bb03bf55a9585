"""Take a trained model into the register."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from singlewindow.approvals.commands import person_prove
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import DomainError
from singlewindow.learning.services import folder_read, model_register
from singlewindow.learning.types import LibraryMissing


class Command(BaseCommand):
    """`manage.py risk_register --model FOLDER --by USERNAME`."""

    help = "Keep a trained model for ever, so that a rule set may name it. Nothing uses it by that."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--model", type=Path, required=True, help="Folder that risk_train wrote")
        parser.add_argument("--by", required=True, help="Username of the analyst; proved by the password")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = person_prove(options["by"])
        try:
            files = folder_read(options["model"])
            with unit_of_work() as work:
                view = model_register(work, files, actor=actor)
        except (DomainError, LibraryMissing, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"model {view.hash} registered by {view.registered_by} at {view.registered_at.isoformat()}")
