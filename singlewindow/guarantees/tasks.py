"""Celery tasks of guarantees; thin: ids in, one service call each."""

from celery import shared_task

from singlewindow.guarantees.services.timers import guarantee_due
from singlewindow.jobs.services import jobs_run


@shared_task(name="guarantees.due")
def due(job_ids: list[int]) -> None:
    """End a guarantee whose last day, or whose notice, has passed."""
    jobs_run(job_ids, guarantee_due)
