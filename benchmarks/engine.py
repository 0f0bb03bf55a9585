"""One declaration of ten items through the engine (facts, rules, model, screening, choice), and a thousand at once."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.figures import Spread, line, ratios
from benchmarks.instance import environment_of
from singlewindow.runtime.servers import servers_running
from singlewindow.settings.env import PROJECT_ROOT

GOAL_MS, GOAL_EXPLAINED_MS, GOAL_NEAR_MS, GOAL_BATCH = 5.0, 50.0, 20.0, 0.2


def measure(home: Path) -> None:
    """Print what one costs, what one of a thousand costs, and an explanation; LightGBM's own call stands beside."""
    with servers_running(home / "engine", durable=True) as places:
        environ = environment_of(places.home, database_url=places.database_url, redis_url=places.redis_url)
        for command in ("migrate", "load_reference", "load_fees"):
            subprocess.run(
                [sys.executable, "manage.py", command], cwd=PROJECT_ROOT, env=environ, check=True, capture_output=True
            )
        argv = [sys.executable, "-m", "benchmarks.engine_side"]
        run = subprocess.run(argv, cwd=PROJECT_ROOT, env=dict(environ), capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(run.stderr[-3000:])
    found = json.loads(run.stdout.splitlines()[-1])
    spent = {side: Spread.of(values) for side, values in found["ms"].items()}
    batch = ratios(found["ms"]["of_a_thousand"], found["ms"]["one"])
    line(
        name="engine_of_a_declaration",
        goal=f"one <= {GOAL_MS:g} ms of CPU, of a thousand each <= {GOAL_BATCH:g} of one alone",
        met=spent["one"].median <= GOAL_MS and batch.median <= GOAL_BATCH,
        cpu_ms={side: one.output() for side, one in spent.items()},
        of_a_thousand=batch.output(),
        times_lightgbm=ratios(found["ms"]["one"], found["ms"]["lightgbm"]).output(),
        listed_names=found["names"],
        trees=found["trees"],
        items=found["items"],
    )
    line(
        name="engine_explanation",
        goal=f"<= {GOAL_EXPLAINED_MS:g} ms of CPU; nearest earlier cases <= {GOAL_NEAR_MS:g} ms",
        met=spent["explained"].median <= GOAL_EXPLAINED_MS and spent["nearest"].median <= GOAL_NEAR_MS,
        cpu_ms=spent["explained"].output(),
        nearest_ms=spent["nearest"].output(),
    )
