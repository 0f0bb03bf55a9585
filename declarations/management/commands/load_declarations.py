"""`manage.py load_declarations FILE --organisation ID`: lodge many declarations, one JSON message a line."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from declarations.services import declarations_load
from declarations.services.batches import BatchReport
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_by_identifier
from singlewindow.accounts.types import Actor, ActorKind


class Command(BaseCommand):
    """For the move from another system, and for running beside one. Safe to run again after a stop."""

    help = "Lodge declarations from a file of JSON lines, with every check, in commits of a thousand."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, who files, and how many processes."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--organisation", required=True, help="identifier of the organisation that files")
        parser.add_argument("--processes", type=int, choices=(1, 2), default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print each line that was refused, and what it came to in all."""
        actor = self._actor(options["organisation"])
        read = lodged = known = refused = 0
        try:
            with options["file"].open("rb") as lines:
                for report in declarations_load(lines, actor=actor, processes=options["processes"]):
                    self._tell(report)
                    read, lodged, known = read + report.read, lodged + report.lodged, known + report.known
                    refused += len(report.refused)
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        self.stdout.write(f"{read} lines: {lodged} lodged, {known} lodged before, {refused} refused.")

    def _actor(self, identifier: str) -> Actor:
        organisation = organisation_by_identifier(identifier)
        if organisation is None:
            raise CommandError(f"There is no organisation {identifier}.")
        return Actor(
            kind=ActorKind.SYSTEM,
            id="load_declarations",
            organisation_id=organisation.pk,
            organisation_identifier=organisation.identifier,
            organisation_name=organisation.name,
            permissions=frozenset({Permission.LODGE_DECLARATION}),
        )

    def _tell(self, report: BatchReport) -> None:
        for line, refusal in report.refused:
            found = "; ".join(f"{one.rule} {one.pointer} {one.message}" for one in refusal.violations)
            self.stderr.write(f"line {line}: {found}")
