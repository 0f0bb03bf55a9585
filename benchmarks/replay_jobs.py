"""A replay the true way: relay, broker and two worker processes of a running instance, which also tells its own CPU.

Not among the measurements of `make bench`, for a million declarations take a while to be made; name it to run it:
`BENCH_REPLAY_JOBS=1000000 python -m benchmarks replay_jobs`.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from benchmarks.cpu import cpu_seconds
from benchmarks.figures import line
from benchmarks.instance import environment_of
from benchmarks.traces import value_of
from singlewindow.runtime.stack import stack_running
from singlewindow.settings.env import PROJECT_ROOT

DECLARATIONS = int(os.environ.get("BENCH_REPLAY_JOBS", "100000"))
PARTS = ("worker", "relay", "broker", "database")
LONGEST_S = 3600
MILLION = 1_000_000
GOAL_S = 600.0
STATE_SQL = "SELECT state || ' ' || done || ' ' || total FROM risk_simulation"


def measure(home: Path) -> None:
    """Print seconds from asking to the figures, and the CPU of each part for one declaration."""
    own = home / "replay-jobs"
    own.mkdir()
    with stack_running(own, environ={"CSW_DEMO": "false"}) as stack:
        environ = environment_of(stack.home, database_url=stack.database_url, redis_url=stack.redis_url)
        _run("make", environ)
        before = {part: cpu_seconds([stack.pids()[part]]) for part in PARTS}
        begun = time.monotonic()
        _run("start", environ)
        while (state := str(value_of(stack.database_url, STATE_SQL))).split()[0] in ("queued", "running"):
            if time.monotonic() - begun > LONGEST_S:
                raise TimeoutError(state)
            time.sleep(0.5)
        seconds = time.monotonic() - begun
        spent = {part: cpu_seconds([stack.pids()[part]]) - before[part] for part in PARTS}
        digest = value_of(stack.database_url, "SELECT result_sha256 FROM risk_simulation WHERE state = 'done'")
    a_million = seconds * MILLION / DECLARATIONS
    line(
        name="replay_jobs",
        goal=f"<= {GOAL_S:g} s for a million on two cores",
        met=a_million <= GOAL_S,
        seconds=round(seconds, 1),
        a_million_s=round(a_million),
        cpu_ms_a_declaration={part: round(one * 1000 / DECLARATIONS, 3) for part, one in spent.items()},
        a_million_on_two_by_cpu_s=round(sum(spent.values()) * MILLION / DECLARATIONS / 2),
        declarations=DECLARATIONS,
        state=state,
        load=round(os.getloadavg()[0], 1),
        digest=digest,
    )


def _run(what: str, environ: Mapping[str, str]) -> None:
    argv = [sys.executable, "-m", "benchmarks.replay_side", what, str(DECLARATIONS)]
    run = subprocess.run(argv, cwd=PROJECT_ROOT, env=dict(environ), capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(f"{what} failed: {run.stderr[-2000:]}")
    print(json.dumps({"what": what, **json.loads(run.stdout.splitlines()[-1])}), file=sys.stderr)
