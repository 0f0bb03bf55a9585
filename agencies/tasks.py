"""Celery tasks of the agencies: thin, ids in, one service call each."""

from uuid import UUID

from celery import shared_task

from agencies.services.applications import part_clock_told, part_fee_paid, part_query_lapse
from agencies.services.arrivals import certificate_arrived
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


@shared_task(name="agencies.fee_paid")
def fee_paid(job_ids: list[int]) -> None:
    """Begin reviews whose fees were paid. Safe to run twice."""
    jobs_run(job_ids, part_fee_paid)


@shared_task(name="agencies.clock")
def clock_due(job_ids: list[int]) -> None:
    """Tell agencies whose time is nearly or wholly over. Safe to run twice."""
    jobs_run(job_ids, part_clock_told)


@shared_task(name="agencies.lapse")
def lapse(job_ids: list[int]) -> None:
    """Go on without answers whose deadlines have passed. Safe to run twice."""
    jobs_run(job_ids, part_query_lapse)


@shared_task(name="agencies.certificate")
def certificate(job_ids: list[int]) -> None:
    """Match certificates that came in to declarations that wait for them. Safe to run twice."""
    jobs_run(job_ids, certificate_arrived)
