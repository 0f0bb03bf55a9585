"""Reservations a second on one permit that everybody draws on, against plain conditional UPDATEs of one row."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from benchmarks.figures import Spread, line, ratios
from benchmarks.instance import environment_of
from benchmarks.traces import cursor_on
from singlewindow.runtime.servers import Places, servers_running
from singlewindow.settings.env import PROJECT_ROOT

CLIENTS = 8
RESERVATIONS = 60
"""Of each client in a round."""
ROUNDS = 5
GOAL = 0.5
TABLE = "bench_hot_permit"
PLAIN = f"UPDATE {TABLE} SET used = used + 1 WHERE id = 1 AND used + 1 <= quantity;"


def measure(home: Path) -> None:
    """Print how many reservations a second our service makes on one permit, and how many plain UPDATEs PostgreSQL."""
    with servers_running(home / "hot-permit", durable=True) as places:
        environ = environment_of(places.home, database_url=places.database_url, redis_url=places.redis_url)
        migrate = [sys.executable, "manage.py", "migrate"]
        subprocess.run(migrate, cwd=PROJECT_ROOT, env=environ, check=True, capture_output=True)
        _measure(places, environ)


def _measure(places: Places, environ: Mapping[str, str]) -> None:
    ours: list[float] = []
    limit: list[float] = []
    with cursor_on(places.database_url) as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (id int PRIMARY KEY, used numeric NOT NULL, quantity numeric NOT NULL)")
        cursor.execute(f"INSERT INTO {TABLE} VALUES (1, 0, 1e15)")
    with ExitStack() as kept, tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "plain.sql"
        script.write_text(PLAIN + "\n")
        sides = [
            kept.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "benchmarks.hot_permit_side"],
                    cwd=PROJECT_ROOT,
                    env=environ,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            for _ in range(CLIENTS)
        ]
        _ours(sides, 20)
        for _ in range(ROUNDS):
            ours.append(_ours(sides, RESERVATIONS))
            limit.append(_limit(places, script))
        for side in sides:
            assert side.stdin is not None
            side.stdin.close()
    found = ratios(ours, limit)
    line(
        name="hot_permit",
        clients=CLIENTS,
        rounds=ROUNDS,
        reservations_a_second=Spread.of(ours, digits=0).output(),
        plain_updates_a_second=Spread.of(limit, digits=0).output(),
        ratio=found.output(),
        goal=f">= {GOAL:g}",
        met=found.median >= GOAL,
    )


def _ours(sides: list["subprocess.Popen[str]"], each: int) -> float:
    """Reservations a second of all clients together; what they reserve for is made ready before the clock runs."""
    for side in sides:
        _say(side, {"prepare": each})
    for side in sides:
        _hear(side)
    begun = time.monotonic()
    for side in sides:
        _say(side, {"go": True})
    made = sum(_hear(side) for side in sides)
    return made / (time.monotonic() - begun)


def _say(side: "subprocess.Popen[str]", what: dict[str, object]) -> None:
    assert side.stdin is not None
    side.stdin.write(json.dumps(what) + "\n")
    side.stdin.flush()


def _hear(side: "subprocess.Popen[str]") -> int:
    assert side.stdout is not None
    return int(side.stdout.readline())


def _limit(places: Places, script: Path) -> float:
    """Plain conditional UPDATEs a second, as many clients, each in a transaction of its own."""
    program = places.postgres_bin / "pgbench"
    transactions = RESERVATIONS * 4
    argv = [program, "-n", "-M", "prepared", "-f", script, "-c", CLIENTS, "-t", transactions, places.database_url]
    begun = time.monotonic()
    subprocess.run([str(part) for part in argv], check=True, capture_output=True)
    return CLIENTS * transactions / (time.monotonic() - begun)
