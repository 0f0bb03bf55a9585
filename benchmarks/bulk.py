"""Bulk load with every check, against raw COPY of the same rows and against `bulk_create` of the same rows."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from benchmarks.figures import Spread, line, ratios
from benchmarks.instance import environment_of
from benchmarks.messages import ITEMS, message
from benchmarks.traces import value_of
from singlewindow.runtime.servers import servers_running
from singlewindow.settings.env import PROJECT_ROOT

ROUNDS = 5
DECLARATIONS = int(os.environ.get("BENCH_BULK", "10000"))
"""Declarations of each way over all rounds; the goal is stated for 100,000."""

WAYS = ("raw", "one", "two", "orm", "orm-unchecked")
GOALS = {"one": 0.35, "two": 0.6}
GOAL_ORM = 3.0
GOAL_MB = 300


def measure(home: Path) -> None:
    """Print rates, ratios and the memory each way took. Nothing else runs on the database."""
    seconds: dict[str, list[float]] = defaultdict(list)
    peaks: dict[str, list[float]] = defaultdict(list)
    each = DECLARATIONS // ROUNDS
    with servers_running(home, durable=True) as places:
        environ = environment_of(home, database_url=places.database_url, redis_url=places.redis_url)
        for number in range(ROUNDS):
            for way in WAYS if number % 2 else reversed(WAYS):
                file = _lines(home, f"{way}-{number}", each)
                took, peak = _run(way, file, environ)
                file.unlink()
                seconds[way].append(took)
                peaks[way].append(peak)
            value_of(places.database_url, "CHECKPOINT; SELECT 1")
        rounds = each
        whole = _lines(home, "flat", 4 * each)
        _, flat = _run("one", whole, environ)
        whole.unlink()
        value_of(places.database_url, "DELETE FROM jobs_job WHERE state = 'todo' RETURNING 1")
    _print(seconds, peaks, flat, rounds)


def _lines(home: Path, label: str, count: int) -> Path:
    pattern = message("@@@@")
    file = home / f"bulk-{label}.ndjson"
    with file.open("wb") as lines:
        for number in range(count):
            lines.write(pattern.replace(b"@@@@", f"BULK-{label}-{number:07d}".encode()) + b"\n")
    return file


def _run(way: str, file: Path, environ: Mapping[str, str]) -> tuple[float, float]:
    """Seconds that it measured, and the megabytes of its largest process at their peak."""
    argv = [sys.executable, "-m", "benchmarks.bulk_side", way, str(file)]
    process = subprocess.Popen(argv, cwd=PROJECT_ROOT, env=dict(environ), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        raise RuntimeError(f"{way} failed: {output}")
    return float(json.loads(output)["seconds"]), used.ru_maxrss / 1024


def _print(seconds: Mapping[str, list[float]], peaks: Mapping[str, list[float]], flat: float, each: int) -> None:
    shares = {way: ratios(seconds["raw"], seconds[way]) for way in WAYS if way != "raw"}
    over_orm = {way: ratios(seconds["orm"], seconds[way]) for way in GOALS}
    highest = max(max(peaks[way]) for way in GOALS)
    line(
        name="bulk_load",
        goal={"of_raw_copy": GOALS, "times_bulk_create": GOAL_ORM, "peak_mb": GOAL_MB},
        met={
            **{way: shares[way].median >= goal for way, goal in GOALS.items()},
            "orm": over_orm["one"].median >= GOAL_ORM,
            "memory": max(highest, flat) <= GOAL_MB,
        },
        of_raw_copy={way: share.output() for way, share in shares.items()},
        times_bulk_create={way: times.output() for way, times in over_orm.items()},
        times_bulk_create_unchecked={way: ratios(seconds["orm-unchecked"], seconds[way]).output() for way in GOALS},
        declarations_a_second={
            way: Spread.of([each / took for took in seconds[way]], digits=0).output() for way in WAYS
        },
        peak_mb={way: round(max(peaks[way])) for way in WAYS},
        peak_mb_four_times_as_many=round(flat),
        rounds=ROUNDS,
        declarations_a_round=each,
        items=ITEMS,
    )
