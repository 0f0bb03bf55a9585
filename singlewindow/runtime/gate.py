"""The gate: what must hold before any test is worth its time. `make check` runs it."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from singlewindow.runtime.servers import servers_running
from singlewindow.settings.env import PROJECT_ROOT

PACKAGES = ("singlewindow", "declarations", "fees", "risk", "agencies", "clearance", "benchmarks")


@dataclass(frozen=True, slots=True)
class Step:
    """One check: its name, its command, and what to do when it fails."""

    name: str
    argv: tuple[str, ...]
    remedy: str


def steps(scratch: Path) -> list[Step]:
    """Return every check of the gate, the slowest first."""
    bin_folder = Path(sys.executable).parent
    django = (sys.executable, "manage.py")
    present = tuple(name for name in PACKAGES if (PROJECT_ROOT / name).is_dir())
    return [
        Step("mypy", (str(bin_folder / "mypy"), "--no-error-summary", "manage.py", *present), "mend the types"),
        Step("ruff", (str(bin_folder / "ruff"), "check", "."), "ruff check --fix ."),
        Step("import-linter", (str(bin_folder / "lint-imports"), "--no-cache"), "import downwards only"),
        Step("system checks", (*django, "check", "--fail-level", "WARNING"), "read the hint of each"),
        Step("migrations", (*django, "makemigrations", "--check", "--dry-run"), "manage.py makemigrations -n <intent>"),
        Step(
            "OpenAPI",
            (*django, "spectacular", "--validate", "--fail-on-warn", "--file", str(scratch / "openapi.yaml")),
            "describe the endpoint with extend_schema",
        ),
    ]


def run(step: Step, environ: dict[str, str]) -> bool:
    """Run one check, print its outcome in one piece, say whether it holds."""
    begun = time.monotonic()
    result = subprocess.run(
        step.argv, cwd=PROJECT_ROOT, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    holds = result.returncode == 0
    lines = [f"{'ok  ' if holds else 'FAIL'} {step.name} ({time.monotonic() - begun:.1f} s)"]
    if not holds:
        lines += [result.stdout.rstrip(), result.stderr.rstrip(), f"     remedy: {step.remedy}"]
    sys.stdout.write("\n".join(line for line in lines if line) + "\n")
    sys.stdout.flush()
    return holds


def main() -> int:
    """Run every check, two at a time; return 1 when one fails."""
    home = Path(tempfile.mkdtemp(prefix="csw-gate-"))
    home.chmod(0o711)  # run as root, PostgreSQL takes another user and must get to its folder
    try:
        with servers_running(home, durable=False) as places, ThreadPoolExecutor(2) as pool:
            known = {"DATABASE_URL": places.database_url, "REDIS_URL": places.redis_url, "CSW_HOME": str(home)}
            environ = {**os.environ, **known, "CSW_LOG_FORMAT": "text"}
            outcomes = list(pool.map(lambda step: run(step, environ), steps(home)))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    failed = outcomes.count(False)
    sys.stdout.write(f"gate: {failed} of {len(outcomes)} checks failed\n" if failed else "gate: every check holds\n")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
