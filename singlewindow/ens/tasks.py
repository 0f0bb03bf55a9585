"""Celery tasks of entry summary declarations: thin, ids in, one service call each."""

from uuid import UUID

from celery import shared_task

from singlewindow.accounts.types import system_actor
from singlewindow.db.work import Work
from singlewindow.ens.services import entry_assess, entry_end
from singlewindow.jobs.services import jobs_run
from singlewindow.jobs.types import JobContext


@shared_task(name="ens.assess")
def assess(job_ids: list[int]) -> None:
    """Assess lodged versions. Safe to run twice."""
    jobs_run(job_ids, _assess)


@shared_task(name="ens.end")
def end(job_ids: list[int]) -> None:
    """End declarations whose time is over. Safe to run twice."""
    jobs_run(job_ids, _end)


def _assess(work: Work, job: JobContext) -> None:
    actor = system_actor("ens", conversation_id=job.conversation_id)
    entry_assess(work, UUID(job.subject_id), version=int(job.payload["version"]), actor=actor)


def _end(work: Work, job: JobContext) -> None:
    entry_end(work, UUID(job.subject_id), actor=system_actor("ens", conversation_id=job.conversation_id))
