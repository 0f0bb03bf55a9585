"""Files are looked through in a child process: 10 seconds, 512 MB, no network; then by the virus scanner, if any.

Source: docs/rules/documents.md, DOC-CHK-01 to DOC-CHK-10 (reliability.md 2.8).
"""

import subprocess
import sys
from dataclasses import dataclass
from typing import BinaryIO

import orjson
import structlog
from django.conf import settings

from singlewindow.documents.inspection.findings import MALWARE, TOO_SLOW, Finding
from singlewindow.documents.services.scanner import Scan, scanned
from singlewindow.documents.types import Kind
from singlewindow.kernel.errors import RuleViolated, Violation

log = structlog.get_logger(__name__)

SECONDS = 10
MEMORY_BYTES = 512 * 1_048_576


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that nothing stands against."""

    kind: Kind
    scan: Scan


def file_check(name: str, file: BinaryIO) -> Checked:
    """Look a file through.

    Raises:
        RuleViolated: with the code of the first finding (`file.malware`, `file.archive`, `file.type_mismatch` …) and
            every finding in it.
    """
    kind, found = _inspected(name, file)
    file.seek(0)
    scan = Scan.UNSCANNED if found else scanned(file)
    if scan is Scan.INFECTED:
        found = [MALWARE]
    if found or kind is None:
        raise refusal(found)
    return Checked(kind, scan)


def refusal(found: list[Finding]) -> RuleViolated:
    """All findings as one refusal."""
    told = [Violation(one.rule, "/file", one.message, one.remedy, source=one.code) for one in found]
    return RuleViolated(found[0].message, violations=told, code=found[0].code)


def _inspected(name: str, file: BinaryIO) -> tuple[Kind | None, list[Finding]]:
    command = [sys.executable, "-m", "singlewindow.documents.inspection", name[-80:], str(SECONDS), str(MEMORY_BYTES)]
    try:
        done = subprocess.run(  # noqa: S603  (our own module; the name is one argument and no shell reads it)
            command, stdin=file, capture_output=True, timeout=SECONDS, check=False, env={}, cwd=settings.BASE_DIR
        )
    except subprocess.TimeoutExpired:
        return None, [TOO_SLOW]
    if done.returncode != 0:
        log.warning("inspection_ended", code=done.returncode, told=done.stderr[-400:].decode(errors="replace"))
        return None, [TOO_SLOW]
    told = orjson.loads(done.stdout)
    return (Kind(told["kind"]) if told["kind"] else None), [Finding(**one) for one in told["findings"]]
