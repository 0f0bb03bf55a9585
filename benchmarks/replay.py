"""A replay of the past with another model, against reading the same rows and LightGBM's own predict."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from benchmarks.cpu import cpu_seconds
from benchmarks.figures import Spread, line, ratios
from benchmarks.instance import environment_of
from benchmarks.lodge_http import database_pid
from singlewindow.runtime.servers import servers_running
from singlewindow.settings.env import PROJECT_ROOT

ROUNDS = 3
DECLARATIONS = int(os.environ.get("BENCH_REPLAY", "20000"))
MILLION = 1_000_000
GOAL_S = 600.0
"""Seconds for a million declarations on two cores."""
WORKERS = 2


def measure(home: Path) -> None:
    """Print the rate of one process through the jobs, the time of a million on two, and the ratio to the plain side."""
    found: dict[str, list[dict[str, float]]] = defaultdict(list)
    with servers_running(home / "replay", durable=True) as places:
        environ = environment_of(places.home, database_url=places.database_url, redis_url=places.redis_url)
        for command in ("migrate", "load_reference"):
            subprocess.run(
                [sys.executable, "manage.py", command], cwd=PROJECT_ROOT, env=environ, check=True, capture_output=True
            )
        _side("make", environ)
        for number in range(ROUNDS):
            for way in ("ours", "plain") if number % 2 else ("plain", "ours"):
                before = cpu_seconds([database_pid(places)])
                measured = _side(way, environ)
                found[way].append(measured | {"database_cpu": cpu_seconds([database_pid(places)]) - before})
    seconds = {way: [one["seconds"] for one in rounds] for way, rounds in found.items()}
    rates = [DECLARATIONS / took for took in seconds["ours"]]
    million = [MILLION / rate / WORKERS for rate in rates]
    cpu = {way: [one["cpu"] + one["database_cpu"] for one in rounds] for way, rounds in found.items()}
    line(
        name="replay",
        goal=f"<= {GOAL_S:g} s for a million on two cores",
        met=Spread.of(million).median <= GOAL_S,
        million_on_two_s=Spread.of(million, digits=0).output(),
        declarations_a_second_of_one_process=Spread.of(rates, digits=0).output(),
        million_on_two_by_cpu_s=Spread.of(
            [one / DECLARATIONS * MILLION / WORKERS for one in cpu["ours"]], digits=0
        ).output(),
        cpu_ms_a_declaration=_each(cpu["ours"]),
        of_it_database_ms=_each([one["database_cpu"] for one in found["ours"]]),
        plain_cpu_ms_a_declaration=_each(cpu["plain"]),
        times_plain_by_cpu=ratios(cpu["ours"], cpu["plain"]).output(),
        rounds=ROUNDS,
        declarations=DECLARATIONS,
        trees=found["ours"][0]["trees"],
        items=round(found["plain"][0]["items"] / DECLARATIONS, 2),
    )


def _each(seconds: list[float]) -> dict[str, float]:
    """Milliseconds of one declaration."""
    return Spread.of([one * 1000 / DECLARATIONS for one in seconds]).output()


def _side(what: str, environ: Mapping[str, str]) -> dict[str, float]:
    argv = [sys.executable, "-m", "benchmarks.replay_side", what, str(DECLARATIONS)]
    run = subprocess.run(argv, cwd=PROJECT_ROOT, env=dict(environ), capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(f"{what} failed: {run.stderr[-2000:]}")
    output: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return output
