"""From lodging to release at a steady ten declarations a second, whether or not the instance keeps up."""

import threading
import time
from datetime import datetime
from queue import SimpleQueue

from benchmarks.clients import Client, in_threads
from benchmarks.cpu import cpu_seconds
from benchmarks.figures import line, percentile
from benchmarks.instance import settle
from benchmarks.traces import cursor_on
from singlewindow.runtime.stack import Stack

RATE = 10
SECONDS = 25
CLIENTS = 8
POLL_S = 0.1
GRACE_S = 20.0
GOAL_MS = 1000.0
LRN = "RATE-{:05d}"
PARTS = ("web", "relay", "worker", "broker", "database")


class Arrivals:
    """An open loop: declaration n is due at n / rate, and is timed from then, however late it is sent."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._todo: SimpleQueue[int | None] = SimpleQueue()
        self._begun = time.time() + 0.5
        self.due: dict[str, float] = {}
        self.acknowledged_ms: list[float] = []
        self.ids: dict[str, str] = {}
        self._lock = threading.Lock()
        for number in range(RATE * SECONDS):
            self._todo.put(number)
            self.due[LRN.format(number)] = self._begun + number / RATE
        for _ in range(CLIENTS):
            self._todo.put(None)

    def run(self) -> None:
        """Lodge all, each at its time."""
        in_threads([self._work] * CLIENTS)

    def _work(self) -> None:
        client = Client(self._stack.port).signed_in()
        while (number := self._todo.get()) is not None:
            lrn = LRN.format(number)
            time.sleep(max(0.0, self.due[lrn] - time.time()))
            receipt = client.lodge(lrn)
            with self._lock:
                self.acknowledged_ms.append((time.time() - self.due[lrn]) * 1000)
                self.ids[str(receipt["id"])] = lrn


class Watcher(threading.Thread):
    """A client that polls the feed of its organisation and notes when it sees each release."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(daemon=True)
        self._client = Client(stack.port).signed_in()
        self._cursor = ""
        self._ended = threading.Event()
        self.seen: dict[str, float] = {}
        while self._read(time.time()):
            pass
        self.seen.clear()

    def run(self) -> None:
        """Poll until told to end."""
        while not self._ended.wait(POLL_S):
            while self._read(time.time()):
                pass

    def end(self) -> None:
        """Stop polling."""
        self._ended.set()
        self.join()

    def _read(self, _asked: float) -> bool:
        page = self._client.get(f"/api/v1/events?page_size=200&cursor={self._cursor}")
        now = time.time()
        for event in page["events"]:
            if event["type"] == "released":
                self.seen.setdefault(event["subject"], now)
        self._cursor = page["cursor"]
        return bool(page["more"])


def measure(stack: Stack) -> None:
    """Print how long it takes until the goods are free."""
    watcher = Watcher(stack)
    pids = stack.pids()
    before = {part: cpu_seconds([pids[part]]) for part in PARTS}
    arrivals = Arrivals(stack)
    watcher.start()
    arrivals.run()
    settle(stack.database_url, seconds=GRACE_S)
    used = {part: round((cpu_seconds([pids[part]]) - before[part]) / len(arrivals.due) * 1000, 2) for part in PARTS}
    time.sleep(5 * POLL_S)
    watcher.end()
    released = _released(stack)
    in_database = [(at - arrivals.due[lrn]) * 1000 for lrn, at in released.items()]
    seen = [(at - arrivals.due[arrivals.ids[subject]]) * 1000 for subject, at in watcher.seen.items()]
    line(
        name="lodge_to_release_latency",
        goal_p95_ms=GOAL_MS,
        met=percentile(seen, 0.95) <= GOAL_MS,
        seen_by_client_ms=_summary(seen),
        released_in_database_ms=_summary(in_database),
        acknowledged_ms=_summary(arrivals.acknowledged_ms),
        rate_per_second=RATE,
        seconds=SECONDS,
        poll_every_ms=int(POLL_S * 1000),
        lodged=len(arrivals.ids),
        released=len(released),
        held_for_a_person=len(arrivals.ids) - len(released),
        cpu_ms_a_declaration=used,
    )


def _released(stack: Stack) -> dict[str, float]:
    with cursor_on(stack.database_url) as cursor:
        cursor.execute(
            "SELECT lrn, released_at FROM declarations_declaration WHERE lrn LIKE 'RATE-%' AND released_at IS NOT NULL"
        )
        rows: list[tuple[str, datetime]] = cursor.fetchall()
    return {lrn: at.timestamp() for lrn, at in rows}


def _summary(values: list[float]) -> dict[str, float]:
    shares = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))
    return {name: round(percentile(values, share), 1) for name, share in shares}
