"""Celery tasks of revenue; thin: ids in, one service call each."""

from celery import shared_task

from singlewindow.jobs.services import jobs_run
from singlewindow.revenue.services import statement_close, statement_correct, statement_due
from singlewindow.revenue.services.demands import demand_was_paid


@shared_task(name="revenue.close")
def close(job_ids: list[int]) -> None:
    """Close the statement of a month that is over; safe to run twice."""
    jobs_run(job_ids, statement_close)


@shared_task(name="revenue.due")
def due(job_ids: list[int]) -> None:
    """Do what the day asks of a statement that is not paid; safe to run twice."""
    jobs_run(job_ids, statement_due)


@shared_task(name="revenue.correct")
def correct(job_ids: list[int]) -> None:
    """Write on its statement what a change took back of a deferred debt; safe to run twice."""
    jobs_run(job_ids, statement_correct)


@shared_task(name="revenue.demand_paid")
def demand_paid(job_ids: list[int]) -> None:
    """Ask for interest on duty paid late, and make a called guarantee whole; safe to run twice."""
    jobs_run(job_ids, demand_was_paid)
