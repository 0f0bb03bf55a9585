"""CPU of lodging ten items over HTTP, against a bare Django view that stores the same rows."""

import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.clients import Client, lodge_all
from benchmarks.cpu import cpu_seconds
from benchmarks.figures import Spread, line, ratios
from benchmarks.traces import rows_written, shape, value_of
from singlewindow.runtime.processes import Child, Program
from singlewindow.runtime.programs import GUNICORN_SETTINGS
from singlewindow.runtime.servers import Places, servers_running
from singlewindow.runtime.stack import free_port
from singlewindow.settings.env import PROJECT_ROOT

ROUNDS = 7
REQUESTS = 200
WARM_UP = 100
CLIENTS = 4
GOAL = 1.0


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two web servers, and the connections to it."""

    name: str
    pid: int
    clients: tuple[Client, ...]

    def lodge(self, label: str, count: int) -> None:
        """Lodge so many."""
        lodge_all(self.clients, (f"{self.name}-{label}-{number:05d}" for number in range(count)))


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU milliseconds of one lodgement."""

    web: float
    database: float

    @property
    def total(self) -> float:
        """Both together."""
        return self.web + self.database


def measure(home: Path) -> None:
    """Print what lodging costs. No relay runs, so that nothing but lodging is counted."""
    with servers_running(home, durable=True) as places, _sides(places) as sides:
        database = database_pid(places)
        shapes = {}
        for side in sides:
            side.lodge("warm", WARM_UP)
            written = rows_written(places.database_url, lambda side=side: side.lodge("trace", 1))  # type: ignore[misc]
            shapes[side.name] = shape(written)
        costs: dict[str, list[Cost]] = {side.name: [] for side in sides}
        for number in range(ROUNDS):
            for side in sides if number % 2 else reversed(sides):
                costs[side.name].append(_round(side, database, f"round{number}"))
        value_of(places.database_url, "DELETE FROM jobs_job WHERE state = 'todo' RETURNING 1")
    _print(costs, shapes)


def _round(side: Side, database: int, label: str) -> Cost:
    web_before, database_before = cpu_seconds([side.pid]), cpu_seconds([database])
    side.lodge(label, REQUESTS)
    web, stored = cpu_seconds([side.pid]) - web_before, cpu_seconds([database]) - database_before
    return Cost(web / REQUESTS * 1000, stored / REQUESTS * 1000)


def _print(costs: Mapping[str, list[Cost]], shapes: Mapping[str, object]) -> None:
    ours, bare = costs["ours"], costs["bare"]
    ratio = ratios([cost.total for cost in ours], [cost.total for cost in bare])
    line(
        name="lodge_http_cpu",
        goal=GOAL,
        met=ratio.median <= GOAL,
        ratio=ratio.output(),
        ratio_web_alone=ratios([cost.web for cost in ours], [cost.web for cost in bare]).output(),
        ours_web_ms=Spread.of([cost.web for cost in ours]).output(),
        ours_database_ms=Spread.of([cost.database for cost in ours]).output(),
        bare_web_ms=Spread.of([cost.web for cost in bare]).output(),
        bare_database_ms=Spread.of([cost.database for cost in bare]).output(),
        rounds=ROUNDS,
        requests_a_round=REQUESTS,
        clients=CLIENTS,
        same_rows=_counts(shapes["ours"]) == _counts(shapes["bare"]),
        rows=shapes,
    )


def _counts(shape: object) -> dict[str, int]:
    assert isinstance(shape, dict)
    return {table: int(part["rows"]) for table, part in shape.items()}


@contextmanager
def _sides(places: Places) -> Iterator[tuple[Side, Side]]:
    children: list[Child] = []
    try:
        made = []
        for name, application in (("ours", "singlewindow.wsgi"), ("bare", "benchmarks.bare.wsgi")):
            port = free_port()
            children.append(Child(gunicorn(places, name, application, port), run_dir=places.run, log_dir=places.log))
            clients = tuple(client_of(port, sign_in=name == "ours") for _ in range(CLIENTS))
            made.append(Side(name, children[-1].pid, clients))
        yield made[0], made[1]
    finally:
        for child in children:
            child.stop()


def gunicorn(places: Places, name: str, application: str, port: int) -> Program:
    """A web server of one of the two sides."""
    env = {
        "CSW_HOME": str(places.home),
        "PORT": str(port),
        "DATABASE_URL": places.database_url,
        "REDIS_URL": places.redis_url,
        "CSW_COMPONENT": "web",
        "OMP_NUM_THREADS": "1",
        "DJANGO_SETTINGS_MODULE": "singlewindow.settings.base",
    }
    argv = (sys.executable, "-m", "gunicorn", "-c", str(GUNICORN_SETTINGS), f"{application}:application")
    return Program(f"bench-{name}", argv, env=env, cwd=PROJECT_ROOT)


def client_of(port: int, *, sign_in: bool) -> Client:
    """A client of a server that may still be starting."""
    client = Client(port)
    deadline = time.monotonic() + 60
    while True:
        try:
            client.connect()
            return client.signed_in() if sign_in else client
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def database_pid(places: Places) -> int:
    """The first process of the database."""
    return int((places.database / "postmaster.pid").read_text().split()[0])
