"""`manage.py check_message FILE... [--json]`: what would become of each message, without storing anything."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from singlewindow.kernel.safe_xml import MAX_BYTES
from singlewindow.messaging.services import message_check
from singlewindow.messaging.types import MessageOutcome, Verdict
from singlewindow.reference.selectors import code_lists_from_files

ALL_ACCEPTED, SOME_NOT_ACCEPTED, WRONG_USE = 0, 1, 2


class Command(BaseCommand):
    """Check messages against format and rules; needs no database."""

    help = "Check declaration messages without storing them. Exit: 0 all accepted, 1 some not, 2 wrong use."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files, and the form of the answer."""
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line a file and leave with the exit code of the whole."""
        bodies = [(name, self._read(name)) for name in options["files"]]
        lists = code_lists_from_files()
        accepted = True
        for name, body in bodies:
            verdict = message_check(body, lists)
            accepted = accepted and verdict.outcome is MessageOutcome.ACCEPTED
            self.stdout.write(_line(name, verdict) if options["json"] else _text(name, verdict))
        sys.exit(ALL_ACCEPTED if accepted else SOME_NOT_ACCEPTED)

    def _read(self, name: str) -> bytes:
        """The bytes of a file; no more of a huge one than shows that it is too large."""
        try:
            with Path(name).open("rb") as file:
                return file.read(MAX_BYTES + 1)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no file name"
            raise CommandError(f"{name!r} cannot be read: {reason}.", returncode=WRONG_USE) from error


def _line(name: str, verdict: Verdict) -> str:
    return json.dumps(verdict.as_values(name))


def _text(name: str, verdict: Verdict) -> str:
    lines = [f"{name}: {verdict.outcome} ({verdict.format} {verdict.kind})".replace(" )", ")")]
    lines += [f"  {error.rule} {error.pointer} {error.message} {error.remedy}".rstrip() for error in verdict.errors]
    return "\n".join(lines)
