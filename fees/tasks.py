"""Celery tasks of fees; thin: ids in, one service call each."""

from celery import shared_task

from fees.services import assessment_again
from fees.services.demands import charge_bill, charge_end
from fees.services.deposits import deposit_ended
from fees.services.reminders import funds_remind
from fees.services.schedule import charge_comments_end
from singlewindow.jobs.services import jobs_run


@shared_task(name="fees.assess_again")
def assess_again(job_ids: list[int]) -> None:
    """Try once more to assess what waited for something; safe to run twice."""
    jobs_run(job_ids, assessment_again)


@shared_task(name="fees.remind")
def remind(job_ids: list[int]) -> None:
    """Remind of money that is still missing; safe to run twice."""
    jobs_run(job_ids, funds_remind)


@shared_task(name="fees.bill")
def bill(job_ids: list[int]) -> None:
    """Ask for a charge of the schedule that is due; safe to run twice."""
    jobs_run(job_ids, charge_bill)


@shared_task(name="fees.unbill")
def unbill(job_ids: list[int]) -> None:
    """Take back fees whose services were given up before they began; safe to run twice."""
    jobs_run(job_ids, charge_end)


@shared_task(name="fees.comments_end")
def comments_end(job_ids: list[int]) -> None:
    """Close drafts whose time for comments is over; safe to run twice."""
    jobs_run(job_ids, charge_comments_end)


@shared_task(name="fees.deposit_back")
def deposit_back(job_ids: list[int]) -> None:
    """Give a deposit back whose guarantee has ended; safe to run twice."""
    jobs_run(job_ids, deposit_ended)
