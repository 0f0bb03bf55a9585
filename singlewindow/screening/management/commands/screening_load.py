"""Load lists of sanctioned and denied parties and propose them to a second person."""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from singlewindow.approvals.commands import person_prove
from singlewindow.kernel.errors import DomainError
from singlewindow.screening.reading import SourceFile
from singlewindow.screening.reading.lists import FILE_BYTES_MOST
from singlewindow.screening.services import Loaded, lists_load


class Command(BaseCommand):
    """`manage.py screening_load FILE... --by USERNAME`."""

    help = (
        "Load lists as published: OFAC SDN or consolidated (primary, alternates, addresses, comments), UN XML, US CSL. "
        "Nothing is used before another person agreed. The password is asked for, or read from CSW_PASSWORD."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="all files of a list together")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="who loads and proposes")
        parser.add_argument("--published", type=date.fromisoformat, help="day of publication, where no file tells it")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = person_prove(options["by"])
        try:
            files = [_file(path) for path in options["files"]]
            loaded = lists_load(files=files, actor=actor, published_on=options["published"])
        except DomainError as refused:
            lines = [refused.detail]
            lines += [f"  {one.rule} {one.message} {one.remedy}".rstrip() for one in refused.violations]
            raise CommandError("\n".join(lines)) from refused
        except OSError as error:
            raise CommandError(str(error)) from error
        for one in loaded:
            self.stdout.write(_told(one))


def _file(path: Path) -> SourceFile:
    if path.stat().st_size > FILE_BYTES_MOST:
        raise CommandError(f"{path.name} is larger than {FILE_BYTES_MOST} bytes.")
    return SourceFile(path.name, path.read_bytes())


def _told(one: Loaded) -> str:
    counts = f"{one.entries} entries, {one.names} names, {one.addresses} addresses"
    state = f"proposed {one.proposal_id}, waits for another person" if one.proposal_id else "here already, unchanged"
    notes = "".join(f"\n  {note}" for note in one.notes)
    return f"{one.source.value}: {counts}; {state} ({one.content_sha256[:12]}){notes}"
