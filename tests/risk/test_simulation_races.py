"""Simulations by many at once: no part twice, no stop that is overtaken, one at a time (RM-SIM-02)."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from risk.models import Simulation
from risk.services import replaying
from risk.services.simulations import simulation_stop
from risk.tasks import simulate
from singlewindow.accounts.permissions import Role
from singlewindow.accounts.types import system_actor
from singlewindow.audit.models import Event
from singlewindow.jobs.services import jobs_claim
from singlewindow.kernel.errors import DomainError
from singlewindow.reference.selectors import reference_refresh
from singlewindow.reference.services import reference_load
from tests.factories import accounts
from tests.factories.simulations import done, past, started, waiting_jobs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _country(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The country's profile, and parts that are small."""
    monkeypatch.setattr(replaying, "PART", 20)
    monkeypatch.setattr(replaying, "SLICE_S", 0.0)
    reference_load(actor=system_actor("test"))
    yield
    reference_refresh()


def at_once(acts: Sequence[Callable[[], Any]]) -> list[Any]:
    """The results of acts that begin at one instant, each on a connection of its own."""
    barrier = Barrier(len(acts))

    def thread(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(thread, acts))


def workers(run: Simulation, count: int = 4) -> None:
    """So many workers at once, to whom due jobs are handed as the dispatcher does, until the simulation has ended.

    Each job comes twice, as when a lease ran out: the second message finds it done, or waits for the first.
    """
    deadline = time.monotonic() + 60

    def work(job_id: int) -> None:
        try:
            simulate([job_id])
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        while Simulation.objects.get(pk=run.pk).state in ("queued", "running"):
            assert time.monotonic() < deadline, "the simulation does not end"
            for number, kind, _ in jobs_claim(cap=2 * count, lease_s=60):
                if kind == simulate.name:
                    pool.map(work, (number, number))
            time.sleep(0.005)
    run.refresh_from_db()


def test_four_workers_give_the_figures_of_one() -> None:
    past(200)
    alone = done()
    together = started()
    workers(together)
    assert together.state == "done", together.error
    assert together.result_sha256 == alone.result_sha256
    assert together.done == together.total == 20
    assert Event.objects.filter(verb="risk.simulation_done", subject_id=str(together.pk)).count() == 1


def test_of_two_workers_at_one_moment_each_does_a_part_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    past(200)
    run = started()
    simulate(waiting_jobs())
    taken: list[Any] = []
    read = replaying.part_read

    def slowly(stretch: Any, **rest: Any) -> Any:
        taken.append(stretch.first_id)
        time.sleep(0.3)  # both have begun before either has ended
        return read(stretch, **rest)

    monkeypatch.setattr(replaying, "part_read", slowly)
    first, second, *_ = waiting_jobs()
    at_once([lambda: simulate([first]), lambda: simulate([second])])
    run.refresh_from_db()
    assert len(set(taken)) == len(taken) == run.done == 2


def test_a_stop_beside_the_last_part_is_one_of_the_two() -> None:
    past(60)
    ended = set()
    for _ in range(6):
        run = started()
        while True:
            run.refresh_from_db()
            if run.total and run.done == run.total - 1:
                break
            simulate(waiting_jobs()[:1])
        supervisor = accounts.actor(Role.SUPERVISOR)

        def stop(run: Simulation = run, actor: Any = supervisor) -> str:
            try:
                simulation_stop(simulation_id=run.pk, actor=actor)
            except DomainError:
                return "done"
            return "stopped"

        last = waiting_jobs()[:1]
        told, _ = at_once([stop, lambda jobs=last: simulate(jobs)])  # type: ignore[misc]
        run.refresh_from_db()
        assert run.state == told
        assert (run.result is not None) == (told == "done")
        assert Event.objects.filter(subject_id=str(run.pk)).count() == 2
        ended.add(told)
        for job in waiting_jobs():
            simulate([job])
        run.refresh_from_db()
        assert run.state == told
    assert ended


def test_two_plans_at_once_let_one_simulation_run() -> None:
    past(60)
    first, second = started(), started()
    plans = waiting_jobs()
    at_once([lambda: simulate([plans[0]]), lambda: simulate([plans[1]])])
    states = set(Simulation.objects.values_list("state", flat=True))
    assert states == {"running", "queued"}
    first.refresh_from_db()
    assert first.state == "running"
    workers(first, 2)
    workers(second, 2)
    assert (first.state, second.state) == ("done", "done")
