"""Facts of a declaration of ten items: their cost with a long past against a short one, and of a thousand at once."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.figures import Spread, line, ratios
from benchmarks.instance import environment_of
from singlewindow.runtime.servers import servers_running
from singlewindow.settings.env import PROJECT_ROOT

GOAL_GROWTH = 1.25
GOAL_BATCH = 0.2


def measure(home: Path) -> None:
    """Print both ratios and what each takes, CPU of Python and of the database together."""
    with servers_running(home, durable=True) as places:
        environ = environment_of(home, database_url=places.database_url, redis_url=places.redis_url)
        argv = [sys.executable, "-m", "benchmarks.facts_side"]
        run = subprocess.run(argv, cwd=PROJECT_ROOT, env=dict(environ), check=True, capture_output=True, text=True)
    found = json.loads(run.stdout.splitlines()[-1])
    growth, batch = ratios(found["thick"], found["thin"]), ratios(found["batch"], found["thin"])
    line(
        name="facts_of_a_declaration",
        goal=f"long past <= {GOAL_GROWTH:g} of a short one; of a thousand at once each <= {GOAL_BATCH:g} of one alone",
        met=growth.median <= GOAL_GROWTH and batch.median <= GOAL_BATCH,
        long_past=growth.output(),
        of_a_thousand=batch.output(),
        cpu_ms={side: Spread.of(values).output() for side, values in found.items()},
    )
