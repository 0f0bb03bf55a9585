"""One side of the replay benchmark, in a process of its own: `python -m benchmarks.replay_side WHAT COUNT`.

`make` writes a past and registers a model, `ours` replays the past with that model beside what is in force, through the
jobs and their handler, `plain` reads the same rows and asks LightGBM about as many rows of features that stand ready.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "singlewindow.settings.base")
    django.setup()

import lightgbm
import numpy as np
import orjson
from django.db import connection, transaction

from benchmarks.past import past, past_write
from risk.models import Simulation
from risk.rules.frame import frame_of_rows, rows_of
from risk.rules.record import record_from
from risk.services.simulations import simulation_start
from risk.tasks import simulate
from risk.types import RuleChange, RuleChangeKind
from singlewindow.accounts.models import Organisation, OrganisationKind
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor, ActorKind
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.services import jobs_claim
from singlewindow.kernel import clock
from singlewindow.learning.selectors import model_load, models_registered
from singlewindow.learning.services import PLATFORM, model_register, model_train, spec_for
from singlewindow.learning.types import Label, LabelledFrame

DAYS = 60
LEARNED_FROM = 4_000
"""Declarations that the model of the benchmark learns from; it is as large as one in use."""
SIDE = Actor(
    kind=ActorKind.SYSTEM,
    id="benchmarks",
    permissions=frozenset({Permission.SIMULATE_RISK, Permission.EDIT_RISK}),
)


def begun() -> datetime:
    """The first instant of the past."""
    return datetime.combine(clock.today() - timedelta(days=DAYS), datetime.min.time(), tzinfo=UTC)


def make(count: int) -> dict[str, float]:
    """Write the past and register a model that it was not scored by."""
    filer, _ = Organisation.objects.get_or_create(
        identifier="ZZIMP0001", defaults={"kind": OrganisationKind.TRADER, "name": "Benchmark", "country": "ZZ"}
    )
    before = time.perf_counter()
    past_write(count, filer=filer.pk, since=begun(), days=DAYS)
    took = time.perf_counter() - before
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    files = model_train(_labelled(), spec=spec_for(_labelled(), PLATFORM), name="benchmark", resamples=10).files
    with unit_of_work() as work:
        model_register(work, files, actor=SIDE)
    return {"seconds": took}


def _labelled() -> LabelledFrame:
    """Made rows, in which a low unit value is often wrong."""
    since = begun() - timedelta(days=400)
    made = past(
        LEARNED_FROM, filer=Organisation.objects.values_list("pk", flat=True)[0], seed=2, since=since, days=300, items=3
    )
    rows = [
        row
        for one in made
        for row in rows_of(record_from(orjson.loads(one.result[-1])), date.fromisoformat(str(one.result[3].date())))
    ]
    frame = frame_of_rows(rows)
    draw = np.random.default_rng(1)
    ratio = np.nan_to_num(frame.numbers["unit_value_ratio"], nan=1.0)
    odds = -2.5 + 3.0 * (ratio < 0.7) + 1.5 * (frame.numbers["trader_findings_year"] > 300)
    fraud = (draw.random(len(rows)) < 1 / (1 + np.exp(-odds))).astype(np.int64)
    critical = fraud * (draw.random(len(rows)) < 0.3).astype(np.int64)
    return LabelledFrame(frame, fraud, critical)


def start(count: int) -> dict[str, float]:
    """Ask for a replay with the registered model; workers do it."""
    asked()
    return {}


def asked() -> Simulation:
    """A replay of the whole past with the registered model."""
    change = RuleChange(RuleChangeKind.MODEL, {"hash": models_registered()[0].hash})
    since, until = begun().date(), clock.today()
    return simulation_start(actor=SIDE, change=change, since=since, until=until, seed=1, title="benchmark")


def ours(count: int) -> dict[str, float]:
    """Replay everything in this one process: claim jobs, do them, until the simulation is done."""
    model = model_load(models_registered()[0].hash)
    before, cpu = time.perf_counter(), time.process_time()
    run = asked()
    while Simulation.objects.filter(pk=run.pk, state__in=("queued", "running")).exists():
        simulate([job_id for job_id, kind, _ in jobs_claim(cap=40, lease_s=30) if kind == simulate.name])
    run.refresh_from_db()
    assert run.result is not None, run.error
    return {
        "seconds": time.perf_counter() - before,
        "cpu": time.process_time() - cpu,
        "declarations": run.result["declarations"],
        "trees": model.labels[Label.FRAUD].rounds,
    }


def plain(count: int) -> dict[str, float]:
    """Read the same columns of the same rows, and predict as many rows as they have items; nothing else."""
    model = model_load(models_registered()[0].hash)
    booster = model.labels[Label.FRAUD].booster
    assert booster is not None
    trees = lightgbm.Booster(model_str=booster.text)
    matrix = model.matrix(_labelled().rows)[:1500]
    before, cpu = time.perf_counter(), time.process_time()
    items = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DECLARE past NO SCROLL CURSOR FOR SELECT declaration_id, assessed_at, office, lane, reasons, record, "
            "model_hash, probability, shadow FROM risk_riskassessment"
        )
        while True:
            cursor.execute("FETCH 500 FROM past")
            rows = cursor.fetchall()
            if not rows:
                break
            found = sum(len(orjson.loads(row[5])["i"]) for row in rows)
            trees.predict(np.resize(matrix, (found, matrix.shape[1])), num_threads=1)
            items += found
    return {"seconds": time.perf_counter() - before, "cpu": time.process_time() - cpu, "items": items}


WHAT: dict[str, Callable[[int], dict[str, float]]] = {"make": make, "start": start, "ours": ours, "plain": plain}

if __name__ == "__main__":
    print(json.dumps(WHAT[sys.argv[1]](int(sys.argv[2]))))
