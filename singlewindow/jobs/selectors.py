"""Reads of the outbox, for health and for operators."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from singlewindow.jobs.models import Heartbeat

STATUS_SQL = """
SELECT count(*) FILTER (WHERE state = 'todo' AND not_before <= clock_timestamp()),
       coalesce(extract(epoch FROM clock_timestamp() - min(not_before)
           FILTER (WHERE state = 'todo' AND not_before <= clock_timestamp())), 0),
       count(*) FILTER (WHERE state = 'todo' AND not_before > clock_timestamp()),
       count(*) FILTER (WHERE state = 'dead')
FROM jobs_job WHERE state IN ('todo', 'dead')
"""


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """How the outbox stands."""

    due: int
    oldest_due_s: float
    timers: int
    dead: int
    heartbeats: dict[str, datetime]


def queue_status() -> QueueStatus:
    """Due jobs, the age of the oldest, timers, dead letters and signs of life."""
    with connection.cursor() as cursor:
        cursor.execute(STATUS_SQL)
        due, oldest, timers, dead = cursor.fetchone()
    beats = dict(Heartbeat.objects.values_list("name", "at"))
    return QueueStatus(due=due, oldest_due_s=float(oldest), timers=timers, dead=dead, heartbeats=beats)
