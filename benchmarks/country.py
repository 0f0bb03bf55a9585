"""The risk engine on made countries, over several seeds: `python -m benchmarks.country --seeds 5 --out docs/figures`.

Each run has an empty database of its own for as long as it takes; nothing of it stays but the figures.
"""

import argparse
import os
import sys
import time
from datetime import date
from pathlib import Path

import orjson

from singlewindow.demo.country.judging import Judged
from singlewindow.demo.country.parameters import Parameters
from singlewindow.demo.country.truth import FraudKind
from singlewindow.runtime.servers import servers_running
from singlewindow.runtime.stack import home_made

START = date(2026, 7, 6)
NEW_KIND_FROM = 42
DAYS = NEW_KIND_FROM + 31
ARMS = {"exploration and control sample": (0.4, True), "control sample only": (0.0, True), "neither": (0.0, False)}
"""Share of the examinations that is kept for exploration, and whether the control sample is drawn."""


def main(arguments: list[str]) -> None:
    """Run the seeds, print a table for each figure, and write CSV and SVG."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.country", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--per-day", type=float, default=120)
    parser.add_argument("--arms", nargs="+", choices=list(ARMS), default=list(ARMS))
    parser.add_argument("--keep", type=Path, help="folder of runs that are done: found there, they are not run again")
    parser.add_argument("--out", type=Path, help="folder of the CSV and SVG files")
    chosen = parser.parse_args(arguments)
    seeds = range(chosen.first_seed, chosen.first_seed + chosen.seeds)
    with home_made() as home, servers_running(home, durable=False) as places:
        os.environ |= {
            "DATABASE_URL": places.database_url,
            "REDIS_URL": places.redis_url,
            "CSW_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "singlewindow.settings.base",
        }
        _prepare()
        from benchmarks.country_figures import report

        done = {
            (seed, arm): _kept(chosen.keep, seed, arm, days=chosen.days, per_day=chosen.per_day)
            for seed in seeds
            for arm in chosen.arms
        }
        report(done, arms=chosen.arms, begins=NEW_KIND_FROM, out=chosen.out)


def _kept(keep: Path | None, seed: int, arm: str, *, days: int, per_day: float) -> list[Judged]:
    """A run that was kept, or a new one."""
    if keep is None:
        return _run(seed, arm, days=days, per_day=per_day)
    keep.mkdir(parents=True, exist_ok=True)
    path = keep / f"{seed}-{arm.replace(' ', '-')}-{days}-{per_day:g}.json"
    if not path.exists():
        path.write_bytes(orjson.dumps(_run(seed, arm, days=days, per_day=per_day)))
    rows = orjson.loads(path.read_bytes())
    return [Judged(**row | {"kind": FraudKind(row["kind"]) if row["kind"] else None}) for row in rows]


def _prepare() -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("load_reference", verbosity=0)


def _run(seed: int, arm: str, *, days: int, per_day: float) -> list[Judged]:
    """One run, in a transaction that is rolled back."""
    from django.db import connection, transaction

    from singlewindow.demo.engine import EngineRun, Trial, learner_of
    from singlewindow.reference.selectors import reference_refresh

    world = Parameters(seed=seed, start=START, per_day=per_day, new_kind_from=NEW_KIND_FROM)
    explore, control = ARMS[arm]
    begun = time.monotonic()
    with transaction.atomic():
        with connection.cursor() as cursor:  # a model in training keeps the transaction waiting
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        run = EngineRun(
            Trial(world, days, explore=explore, control=control), learner=learner_of(seed), say=lambda line: None
        )
        judged = run.run()
        transaction.set_rollback(True)
    reference_refresh()
    took = time.monotonic() - begun
    print(f"seed {seed}, {arm}: {len(judged)} declarations, {len(run.models)} models, {took:.0f} s", flush=True)
    return judged


if __name__ == "__main__":
    main(sys.argv[1:])
