"""A past to replay, and workers that replay it."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from benchmarks.past import past_write
from risk.models import Simulation
from risk.services.simulations import simulation_start
from risk.tasks import simulate
from risk.types import RuleChange, RuleChangeKind
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import Actor
from singlewindow.jobs.models import Job
from tests.factories import accounts

SINCE, UNTIL = date(2026, 10, 1), date(2026, 10, 10)
LOWER = RuleChange(RuleChangeKind.BANDS, {"blue": 20, "yellow": 30, "red": 40})
"""More is held than in force."""


def past(count: int = 300, *, seed: int = 1, days: int = 1) -> None:
    """So many declarations over the days from `SINCE`, with their releases and checks.

    On one day offices have so many that only some of them are examined to learn; spread over ten, all are.
    """
    since = datetime.combine(SINCE, datetime.min.time(), tzinfo=UTC)
    past_write(count, filer=accounts.organisation().pk, seed=seed, since=since, days=days)


def started(change: RuleChange = LOWER, *, actor: Actor | None = None, **changes: Any) -> Simulation:
    """A simulation that waits for workers."""
    values: dict[str, Any] = {"since": SINCE, "until": UNTIL, "seed": 7, "title": "Lower bands"}
    return simulation_start(actor=actor or accounts.actor(Role.RISK_ANALYST), change=change, **values | changes)


def jobs_do(order: Callable[[list[int]], Sequence[int]] = list, *, rounds: int = 200) -> None:
    """Do what waits, as a worker would, round after round, each in the order that is given."""
    for _ in range(rounds):
        waiting = waiting_jobs()
        if not waiting:
            return
        for job_id in order(waiting):
            simulate([job_id])
    raise AssertionError("the simulation does not end")


def waiting_jobs() -> list[int]:
    """Jobs of simulations that are due."""
    due = Job.objects.filter(kind=simulate.name, state="todo").exclude(payload__step="clear")
    return list(due.order_by("id").values_list("id", flat=True))


def done(change: RuleChange = LOWER, **changes: Any) -> Simulation:
    """A simulation that was done from beginning to end."""
    run = started(change, **changes)
    jobs_do()
    run.refresh_from_db()
    assert run.state == "done", run.error
    return run
