"""Celery tasks of penalties; thin."""

from celery import shared_task

from singlewindow.jobs.services import jobs_run
from singlewindow.penalties.services import penalty_paid


@shared_task(name="penalties.paid")
def paid(job_ids: list[int]) -> None:
    """Mark penalties whose demand was paid; safe to run twice."""
    jobs_run(job_ids, penalty_paid)
