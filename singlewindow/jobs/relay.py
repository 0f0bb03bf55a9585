"""The relay: takes due jobs from the table to the broker. Any number may run; none holds state of its own."""

import select
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator

import structlog
from celery import Celery
from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from kombu.exceptions import OperationalError as BrokerDown

from singlewindow.jobs.services import heartbeat, jobs_claim
from singlewindow.jobs.types import JOBS_CHANNEL

log = structlog.get_logger(__name__)

POLL_S = 1.0
"""Longest sleep: a lease that ran out or a timer that fell due is noticed this late at the most."""

BUSY_POLL_S = 0.05
"""Sleep while jobs are in flight: new ones gather into a batch, since a broker message costs more than a job."""

BATCH = 20
HEARTBEAT_S = 5.0


class Relay:
    """One relay's loop."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._stopping = False
        self._beaten_at = 0.0

    def stop(self) -> None:
        """End the loop after the present round; leased jobs that were not sent run out and are sent again."""
        self._stopping = True

    def run(self) -> None:
        """Go round until stopped; a lost database or broker is waited for, never fatal."""
        pause = 0.0
        while not self._stopping:
            try:
                self._listen()
                busy = self._round()
                self._wait(BUSY_POLL_S if busy else POLL_S)
                pause = 0.0
            except (OperationalError, InterfaceError):
                pause = min(pause + 0.2, 2.0)
                log.warning("relay_database_lost", retry_s=pause)
                connection.close()
                time.sleep(pause)

    def _listen(self) -> None:
        if connection.connection is None or connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = 0")
                cursor.execute(f"LISTEN {JOBS_CHANNEL}")

    def _round(self) -> bool:
        if time.monotonic() - self._beaten_at > HEARTBEAT_S:
            heartbeat("relay")
            self._beaten_at = time.monotonic()
        claimed = jobs_claim(cap=settings.JOBS_IN_FLIGHT, lease_s=settings.JOBS_LEASE_S)
        for kind, ids in batches(claimed):
            self._send(kind, ids)
        return bool(claimed)

    def _send(self, kind: str, ids: list[int]) -> None:
        """Ring the doorbell; with the broker down the relay does the work itself, slowly, rather than none."""
        try:
            with self._app.producer_or_acquire() as producer:
                self._app.send_task(kind, args=[ids], producer=producer, retry=False, ignore_result=True)
        except (BrokerDown, OSError) as error:
            log.warning("relay_broker_lost", kind=kind, jobs=len(ids), error=str(error))
            self._app.tasks[kind](ids)

    def _wait(self, seconds: float) -> None:
        """Sleep until a job is queued or the time is over."""
        raw = connection.connection
        if raw is None:
            return
        if raw.notifies or select.select([raw], [], [], seconds)[0]:
            raw.poll()
            raw.notifies.clear()


def batches(claimed: Iterable[tuple[int, str, int]]) -> Iterator[tuple[str, list[int]]]:
    """Group jobs for sending: new ones of a kind together, one that was started before on its own.

    A job that kills its process takes the others of its message with it, so a suspect travels alone.
    """
    fresh: dict[str, list[int]] = defaultdict(list)
    for job_id, kind, started in claimed:
        if started:
            yield kind, [job_id]
        else:
            fresh[kind].append(job_id)
    for kind, ids in fresh.items():
        for i in range(0, len(ids), BATCH):
            yield kind, ids[i : i + BATCH]


def worker_connections_close(**_signal: object) -> None:
    """Drop connections that a child inherited from its parent: two processes must not share one."""
    close_old_connections()
    connection.close()
