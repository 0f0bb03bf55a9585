"""The courier: a process of its own that sends webhooks. Any number may run; none holds state of its own.

Requests to strangers never take a worker that decides declarations. Two lanes of threads: endpoints that failed or
were slow when last tried share the second one, so however many of them hang, nobody else waits for a thread.
"""

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import structlog
from django.db import InterfaceError, OperationalError, connection

from singlewindow.jobs.services import heartbeat
from singlewindow.webhooks.sending import parcel_send
from singlewindow.webhooks.services import deliveries_clear, events_dispatch, outcomes_record, parcels_claim
from singlewindow.webhooks.types import LIMITS, Limits, Outcome, Parcel

log = structlog.get_logger(__name__)

POLL_S = 0.4
HEARTBEAT_S = 5.0
CLEAR_S = 3_600.0
FAST_THREADS, SLOW_THREADS = 16, 8
FAST_EACH, SLOW_EACH = 4, 1
"""Most deliveries of one endpoint that are under way at a time, in each lane."""


@dataclass(slots=True)
class Lane:
    """Some threads, and what they are busy with."""

    slow: bool
    threads: int
    each: int
    pool: ThreadPoolExecutor
    busy: dict["Future[Outcome]", Parcel]


def _lane(slow: bool, threads: int, each: int) -> Lane:
    name = "slow" if slow else "fast"
    return Lane(slow, threads, each, ThreadPoolExecutor(threads, thread_name_prefix=name), {})


class Courier:
    """One courier's loop: the only user of the database; its threads speak HTTP and nothing else."""

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._lanes = (_lane(False, FAST_THREADS, FAST_EACH), _lane(True, SLOW_THREADS, SLOW_EACH))
        self._stopping = False
        self._beaten_at = self._cleared_at = 0.0

    def stop(self) -> None:
        """End the loop after the present round; what was leased and not finished is sent again by another."""
        self._stopping = True

    def run(self, *, until: Callable[[], bool] = lambda: False) -> None:
        """Go round until stopped; a lost database is waited for."""
        while not self._stopping and not until():
            try:
                self.round()
            except (OperationalError, InterfaceError):
                log.warning("courier_database_lost")
                connection.close()
                time.sleep(1.0)
        for lane in self._lanes:
            lane.pool.shutdown(wait=True, cancel_futures=True)
        self._gather(0.0)

    def round(self) -> None:
        """Dispatch, lease, send, note; waits a moment where there is nothing else to do."""
        self._housekeep()
        events_dispatch()
        for lane in self._lanes:
            free = lane.threads - len(lane.busy)
            for parcel in parcels_claim(free=free, slow=lane.slow, cap=lane.each):
                lane.busy[lane.pool.submit(parcel_send, parcel, limits=self._limits)] = parcel
        self._gather(POLL_S)

    def _gather(self, seconds: float) -> None:
        """Note what has been sent; sleep no longer than until something was."""
        flying = [future for lane in self._lanes for future in lane.busy]
        if not flying:
            time.sleep(seconds)
            return
        done, _ = wait(flying, timeout=seconds, return_when=FIRST_COMPLETED)
        for lane in self._lanes:
            finished = [
                (future, lane.busy.pop(future)) for future in list(lane.busy) if future in done or future.done()
            ]
            outcomes_record((parcel, future.result()) for future, parcel in finished if not future.cancelled())

    def _housekeep(self) -> None:
        now = time.monotonic()
        if now - self._beaten_at > HEARTBEAT_S:
            heartbeat("courier")
            self._beaten_at = now
        if now - self._cleared_at > CLEAR_S:
            deliveries_clear()
            self._cleared_at = now
