"""Celery tasks of the agencies: thin, ids in, one service call each."""

from uuid import UUID

from celery import shared_task

from agencies.services.permits import EXPIRY_TASK, permit_expire
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import Work
from singlewindow.jobs.services import jobs_run
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock


@shared_task(name=EXPIRY_TASK)
def expire(job_ids: list[int]) -> None:
    """Mark permits whose last day has passed. Safe to run twice."""
    jobs_run(job_ids, _expire)


def _expire(work: Work, job: JobContext) -> None:
    actor = system_actor("agencies", conversation_id=job.conversation_id)
    permit_expire(work, UUID(job.subject_id), actor=actor, on=clock.today())
