"""Celery tasks of payments; thin: ids in, one service call each."""

from celery import shared_task

from singlewindow.jobs.services import jobs_run
from singlewindow.payments.services.baskets import basket_expire
from singlewindow.payments.services.provider_payments import callback_apply
from singlewindow.payments.services.receiving import baskets_resume
from singlewindow.payments.services.simulation import callback_send


@shared_task(name="payments.apply")
def apply(job_ids: list[int]) -> None:
    """Do what follows from a provider's message; safe to run twice."""
    jobs_run(job_ids, callback_apply)


@shared_task(name="payments.expire")
def expire(job_ids: list[int]) -> None:
    """End baskets for which nothing came in time; safe to run twice."""
    jobs_run(job_ids, basket_expire)


@shared_task(name="payments.resume")
def resume(job_ids: list[int]) -> None:
    """Pay baskets whose money was used for something else, where the account bears them now; safe to run twice."""
    jobs_run(job_ids, baskets_resume)


@shared_task(name="payments.simulate")
def simulate(job_ids: list[int]) -> None:
    """Send messages of the simulated provider; a message sent twice is one of its bad manners."""
    jobs_run(job_ids, callback_send)
