"""Celery tasks of quotas; thin: ids in, one service call each."""

from celery import shared_task

from singlewindow.jobs.services import jobs_run
from singlewindow.quotas.services import quota_allocate, quota_turn


@shared_task(name="quotas.allocate")
def allocate(job_ids: list[int]) -> None:
    """Settle days that have ended; safe to run twice."""
    jobs_run(job_ids, quota_allocate)


@shared_task(name="quotas.turn")
def turn(job_ids: list[int]) -> None:
    """Let the state of quotas follow their days."""
    jobs_run(job_ids, quota_turn)
