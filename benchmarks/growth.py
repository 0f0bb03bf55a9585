"""CPU of lodging 999 items over HTTP against 100 items: a cost that grows faster than the message shows a bad rule."""

from pathlib import Path

from benchmarks.clients import Client
from benchmarks.cpu import cpu_seconds
from benchmarks.figures import Spread, line, ratios
from benchmarks.lodge_http import client_of, database_pid, gunicorn
from benchmarks.messages import message
from benchmarks.traces import value_of
from singlewindow.runtime.processes import Child
from singlewindow.runtime.servers import servers_running
from singlewindow.runtime.stack import free_port

SMALL, LARGE = 100, 999
ROUNDS = 7
REQUESTS = {SMALL: 40, LARGE: 6}
GOAL = 11.0


def measure(home: Path) -> None:
    """Print how the whole request, from validation to what is stored, grows. No relay runs."""
    with servers_running(home, durable=True) as places:
        port = free_port()
        web = Child(gunicorn(places, "growth", "singlewindow.wsgi", port), run_dir=places.run, log_dir=places.log)
        try:
            client, pids = client_of(port, sign_in=True), [web.pid, database_pid(places)]
            costs: dict[int, list[float]] = {SMALL: [], LARGE: []}
            for count in (SMALL, LARGE):
                _round(client, pids, count, "warm")
            for number in range(ROUNDS):
                for count in (SMALL, LARGE):
                    costs[count].append(_round(client, pids, count, f"round{number}"))
            value_of(places.database_url, "DELETE FROM jobs_job WHERE state = 'todo' RETURNING 1")
        finally:
            web.stop()
    ratio = ratios(costs[LARGE], costs[SMALL])
    line(
        name="lodging_growth",
        items=[SMALL, LARGE],
        goal=f"<= {GOAL:g}",
        met=ratio.median <= GOAL,
        ratio=ratio.output(),
        small_ms=Spread.of([one * 1000 for one in costs[SMALL]]).output(),
        large_ms=Spread.of([one * 1000 for one in costs[LARGE]]).output(),
        rounds=ROUNDS,
        requests_a_round=[REQUESTS[SMALL], REQUESTS[LARGE]],
    )


def _round(client: Client, pids: list[int], count: int, label: str) -> float:
    """CPU seconds of one lodgement; the messages are made before it is measured."""
    lrns = [f"G{count}-{label}-{number:03d}" for number in range(REQUESTS[count])]
    bodies = [(lrn, message(lrn, count)) for lrn in lrns]
    before = cpu_seconds(pids)
    for lrn, body in bodies:
        client.lodge_body(lrn, body)
    return (cpu_seconds(pids) - before) / len(bodies)
