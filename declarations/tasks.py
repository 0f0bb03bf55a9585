"""Celery tasks of declarations: thin, ids in, one service call each."""

from uuid import UUID

from celery import shared_task

from declarations.services.arrivals import cargo_arrived, cargo_departed, leave, present_if_here
from declarations.services.presentation import EXPIRY_TASK
from declarations.services.steps import declaration_expire
from singlewindow.accounts.types import system_actor
from singlewindow.db.work import Work
from singlewindow.jobs.services import jobs_run
from singlewindow.jobs.types import JobContext


@shared_task(name=EXPIRY_TASK)
def expire(job_ids: list[int]) -> None:
    """End declarations whose goods were not presented in time. Safe to run twice."""
    jobs_run(job_ids, _expire)


def _expire(work: Work, job: JobContext) -> None:
    actor = system_actor("declarations", conversation_id=job.conversation_id)
    declaration_expire(work, UUID(job.subject_id), actor)


@shared_task(name="declarations.arrived")
def arrived(job_ids: list[int]) -> None:
    """Find whose goods have arrived. Safe to run twice."""
    jobs_run(job_ids, cargo_arrived)


@shared_task(name="declarations.departed")
def departed(job_ids: list[int]) -> None:
    """Find whose goods have left. Safe to run twice."""
    jobs_run(job_ids, cargo_departed)


@shared_task(name="declarations.present")
def present(job_ids: list[int]) -> None:
    """Present goods that are all here. Safe to run twice."""
    jobs_run(job_ids, present_if_here)


@shared_task(name="declarations.leave")
def goods_leave(job_ids: list[int]) -> None:
    """Note that released goods have left. Safe to run twice."""
    jobs_run(job_ids, leave)
