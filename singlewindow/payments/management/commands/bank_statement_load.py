"""Load statements of the bank from files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from singlewindow.approvals.commands import person_prove
from singlewindow.kernel.errors import DomainError
from singlewindow.kernel.safe_xml import MAX_BYTES
from singlewindow.payments.services.bank_files import bank_file_load


class Command(BaseCommand):
    """`manage.py bank_statement_load FILE... --by USERNAME`."""

    help = (
        "Load files of the bank: statements (camt.053) and answers to payment orders (pain.002). A file that was "
        "loaded before books nothing. The password is asked for, or read from CSW_PASSWORD."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="who loads; a person who may book money")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = person_prove(options["by"])
        for path in options["files"]:
            try:
                if path.stat().st_size > MAX_BYTES:
                    raise CommandError(f"{path.name} is larger than {MAX_BYTES} bytes.")
                for line in bank_file_load(body=path.read_bytes(), actor=actor):
                    self.stdout.write(f"{path.name}: {line}")
            except DomainError as refused:
                lines = [f"{path.name}: {refused.detail}"]
                lines += [
                    f"  {one.rule} {one.pointer} {one.message} {one.remedy}".rstrip() for one in refused.violations
                ]
                raise CommandError("\n".join(lines)) from refused
            except OSError as error:
                raise CommandError(str(error)) from error
