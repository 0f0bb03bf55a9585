"""Queueing reactions to events, claiming them for the broker, and doing them exactly once."""

import random
import traceback
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
import structlog
from django.conf import settings
from django.db import connection

from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import Work, unit_of_work
from singlewindow.jobs.models import Job
from singlewindow.jobs.types import MAX_STARTS, Handler, JobContext
from singlewindow.kernel.acting import Acting

log = structlog.get_logger(__name__)

COLUMNS = ("kind", "subject_id", "payload", "dedup_key", "conversation_id", "priority")

CLAIM_SQL = """
UPDATE jobs_job SET lease_until = clock_timestamp() + make_interval(secs => %(lease)s), sent = sent + 1
WHERE id = ANY (ARRAY(
    SELECT id FROM jobs_job
    WHERE state = 'todo' AND not_before <= statement_timestamp()
      AND (lease_until IS NULL OR lease_until < statement_timestamp())
    ORDER BY priority, not_before, id
    FOR UPDATE SKIP LOCKED
    LIMIT greatest(0, %(cap)s - (
        SELECT count(*) FROM jobs_job
        WHERE state = 'todo' AND not_before <= statement_timestamp() AND lease_until >= statement_timestamp()))
))
RETURNING id, kind, started
"""
"""Both halves are read from an index, so that a claim costs the same behind fifty thousand waiting jobs: a condition on
`clock_timestamp()`, which changes within a statement, is not looked up in one, and the plan of `IN` reads the table."""

START_SQL = "UPDATE jobs_job SET started = started + 1 WHERE id = ANY(%s) AND state = 'todo'"

DO_SQL = """
UPDATE jobs_job SET state = 'done', done_at = clock_timestamp() WHERE id = %s AND state = 'todo'
RETURNING id, kind, subject_id, payload, conversation_id, started
"""

FAIL_SQL = """
UPDATE jobs_job SET last_error = %(error)s, lease_until = NULL,
    state = CASE WHEN started >= %(max)s THEN 'dead' ELSE 'todo' END,
    not_before = clock_timestamp() + make_interval(secs => least(power(2, started), 900) * %(jitter)s)
WHERE id = %(id)s AND state = 'todo' RETURNING kind, subject_id, conversation_id, state
"""


class JobsActor:
    """The part of the window that gives up on a job."""

    label = "system:jobs"
    organisation_id = None
    conversation_id = ""
    ip = ""


def queue(
    work: Work,
    event: str,
    *,
    subject_id: str,
    payload: Mapping[str, Any] | None = None,
    dedup: str | None = None,
    not_before: datetime | None = None,
    priority: int = 5,
    actor: Acting | None = None,
) -> None:
    """Write one job for every task that reacts to an event, in the transaction that causes it.

    Idempotent: with `dedup`, a second queueing of the same reaction breaks the unique key and so its transaction;
    choose the key so that a double means the act itself came twice.

    Args:
        event: a key of settings.REACTIONS.
        not_before: a timer; without it the job is due now.
        priority: smaller goes first.
    """
    for kind in settings.REACTIONS[event]:
        row: list[Any] = [
            kind,
            subject_id,
            dict(payload or {}),
            f"{kind}:{dedup}" if dedup else None,
            actor.conversation_id if actor else "",
            priority,
        ]
        columns: tuple[str, ...] = COLUMNS
        if not_before is not None:
            columns, row = (*COLUMNS, "not_before"), [*row, not_before]
        work.insert(Job, columns, [row])


def timers_cancel(work: Work, *, subject_id: str, kind: str) -> int:
    """Drop the jobs of a kind that a subject still waits for: their reason is gone. Returns how many."""
    return work.execute(
        "DELETE FROM jobs_job WHERE subject_id = %s AND kind = %s "
        "AND state = 'todo' AND not_before > clock_timestamp()",
        [subject_id, kind],
    )


def jobs_claim(*, cap: int, lease_s: float) -> list[tuple[int, str, int]]:
    """Lease due jobs, so many that at most `cap` are in flight; (id, kind, starts so far) of each."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM_SQL, {"cap": cap, "lease": lease_s})
        return list(cursor.fetchall())


def jobs_run(job_ids: list[int], handler: Handler) -> None:
    """Do jobs one by one, each effect and its "done" in one transaction.

    A job that fails is tried again later, with growing pauses; after `MAX_STARTS` starts it is set aside with an
    event. Starts are counted before the work begins and committed, so that a job that kills its process counts too.

    Idempotent: a job that is done, or that another worker is doing, is passed over.
    """
    with connection.cursor() as cursor:
        cursor.execute(START_SQL, [job_ids])
    for job_id in job_ids:
        try:
            _run_one(job_id, handler)
        except Exception as error:  # whatever goes wrong, the job must be retried and the others done
            log.exception("job_failed", job_id=job_id)
            _record_failure(job_id, error)


def _run_one(job_id: int, handler: Handler) -> None:
    with unit_of_work() as work:
        rows = work.fetch(DO_SQL, [job_id])
        if not rows:
            return
        number, kind, subject_id, payload, conversation_id, started = rows[0]
        job = JobContext(number, kind, subject_id, orjson.loads(payload), conversation_id, started)
        with structlog.contextvars.bound_contextvars(job_id=job.id, conversation_id=job.conversation_id):
            handler(work, job)


def _record_failure(job_id: int, error: Exception) -> None:
    text = "".join(traceback.format_exception_only(error)).strip()[:2000]
    parameters = {"id": job_id, "error": text, "max": MAX_STARTS, "jitter": random.uniform(0.8, 1.2)}  # noqa: S311
    with unit_of_work() as work:
        for kind, subject_id, _conversation, state in work.fetch(FAIL_SQL, parameters):
            if state == "dead":
                event_record(
                    work,
                    actor=JobsActor(),
                    verb=Verb.JOB_DIED,
                    subject_type="job",
                    subject_id=str(job_id),
                    data={"kind": kind, "subject": subject_id},
                )


def heartbeat(name: str) -> None:
    """Note that a part of the system is alive."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO jobs_heartbeat (name, at) VALUES (%s, clock_timestamp()) "
            "ON CONFLICT (name) DO UPDATE SET at = excluded.at",
            [name],
        )


def jobs_purge(*, keep_days: int = 30) -> int:
    """Delete jobs that were done long ago; dead ones stay until an operator looked at them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM jobs_job WHERE state = 'done' AND done_at < clock_timestamp() - make_interval(days => %s)",
            [keep_days],
        )
        return int(cursor.rowcount)
