"""Check our reading of duties against answers of the UK Trade Tariff."""

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fees.rules.uk_answers import Compared, Verdict, answer_check
from singlewindow.kernel.errors import DomainError

MOST = 20_000_000


class Command(BaseCommand):
    """python manage.py tariff_check_uk FILE…"""

    help = "Read commodity answers (JSON:API) and compare what their components give here with the duty they print."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """The answers, one file each."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what agrees, by file and kind; fail where anything differs."""
        differing: list[Compared] = []
        for path in options["files"]:
            compared = _read(path)
            self.stdout.write(f"{path.name}: {_told(compared)}")
            differing += [one for one in compared if one.verdict is Verdict.DIFFERS]
        if differing:
            lines = [f"{one.code} measure {one.measure} ({one.kind}): {one.ours} / {one.printed}" for one in differing]
            raise CommandError("\n".join(["These differ:", *lines]))


def _read(path: Path) -> list[Compared]:
    try:
        if path.stat().st_size > MOST:
            raise CommandError(f"{path.name} is larger than {MOST} bytes.")
        return answer_check(path.read_bytes())
    except (DomainError, OSError) as error:
        raise CommandError(f"{path.name}: {error}") from error


def _told(compared: list[Compared]) -> str:
    counts = Counter((one.verdict, one.kind) for one in compared)
    parts = [
        f"{verdict.value} {sum(count for (found, _), count in counts.items() if found is verdict)}"
        for verdict in Verdict
    ]
    kinds = ", ".join(
        f"{kind} {count}" for (verdict, kind), count in sorted(counts.items()) if verdict is Verdict.AGREES
    )
    return f"{compared[0].code if compared else ''} {', '.join(parts)} ({kinds})"
