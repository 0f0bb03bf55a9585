"""Celery tasks of clearance; thin: ids in, one service call each."""

from celery import shared_task

from clearance.services import case_close_ended, clearance_alert, declaration_decide
from clearance.services.desk import query_lapse
from clearance.services.money import releases_after_credit
from clearance.services.two_step import supplementary_deadline
from singlewindow.jobs.services import jobs_run


@shared_task(name="clearance.decide")
def decide(job_ids: list[int]) -> None:
    """Assess, score and decide; safe to run twice."""
    jobs_run(job_ids, declaration_decide)


@shared_task(name="clearance.clock")
def clock(job_ids: list[int]) -> None:
    """Raise the alert of a deadline that has come."""
    jobs_run(job_ids, clearance_alert)


@shared_task(name="clearance.money")
def money(job_ids: list[int]) -> None:
    """Look again at what an organisation's money was missing for."""
    jobs_run(job_ids, releases_after_credit)


@shared_task(name="clearance.close")
def close(job_ids: list[int]) -> None:
    """Close the case of a declaration that ended without release."""
    jobs_run(job_ids, case_close_ended)


@shared_task(name="clearance.two_step")
def two_step(job_ids: list[int]) -> None:
    """Remind of a full declaration, let it fall due, fix its debt."""
    jobs_run(job_ids, supplementary_deadline)


@shared_task(name="clearance.lapse")
def lapse(job_ids: list[int]) -> None:
    """Note that a query was not answered by its deadline."""
    jobs_run(job_ids, query_lapse)
