"""A worker that lives but hears nothing ends itself, so that its supervisor starts one that hears.

Source: a Redis connection that was lost and made again has left workers of several Celery versions alive and deaf.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from celery.worker import state as worker_state
from django.db import DatabaseError, connection

from singlewindow.jobs.selectors import queue_status

DEAF_AFTER_S = 120.0
"""Jobs due this long, while this worker began none for as long, mean that it is deaf."""

LOOK_EVERY_S = 15.0

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Hearing:
    """What a worker did lately, seen against what there was to do."""

    begun: int = 0
    changed_at: float = 0.0

    def is_deaf(self, *, begun: int, oldest_due_s: float, now: float) -> bool:
        """Take note of how many tasks were begun in all; say whether the worker hears nothing any more."""
        if begun != self.begun or not self.changed_at:
            self.begun, self.changed_at = begun, now
        return oldest_due_s > DEAF_AFTER_S and now - self.changed_at > DEAF_AFTER_S


def oldest_due_s() -> float:
    """Return the age of the oldest due job; an unreachable database says nothing about the worker."""
    try:
        return queue_status().oldest_due_s
    except DatabaseError:
        return 0.0
    finally:
        connection.close()  # the worker forks: no connection may be open when it does


def watch(end: Callable[[], None], *, looks: int | None = None, pause_s: float = LOOK_EVERY_S) -> None:
    """Look again and again, and end a deaf worker; `looks` bounds the number for tests."""
    hearing = Hearing()
    while looks is None or looks > 0:
        looks = None if looks is None else looks - 1
        begun = sum(worker_state.total_count.values())
        if hearing.is_deaf(begun=begun, oldest_due_s=oldest_due_s(), now=time.monotonic()):
            log.error("worker_deaf", begun=begun)
            end()
            return
        time.sleep(pause_s)


def watchdog_start(**_signal: Any) -> None:
    """Start watching, in a thread of the worker's parent process."""
    threading.Thread(target=watch, args=(_end_this_worker,), name="watchdog", daemon=True).start()


def _end_this_worker() -> None:
    os.kill(os.getpid(), signal.SIGTERM)
