"""Celery tasks of risk: ticks that fold, count, forget and watch."""

from datetime import timedelta

from celery import shared_task

from risk.services import goods_fold, history_forget, rule_hits_count
from risk.services.disclaimers import disclaimer_was_false
from risk.services.drift import drift_watch
from risk.services.profile_life import profile_warn, profiles_expire
from risk.services.replaying import simulation_step
from risk.services.retirement import profiles_retire_mark
from singlewindow.db.work import unit_of_work
from singlewindow.jobs.services import jobs_run
from singlewindow.kernel import clock

RECENT, QUARTER, YEAR = timedelta(days=31), timedelta(days=92), timedelta(days=400)
"""Longer than any window in which a rule looks for split consignments, for days and for months of a party."""


@shared_task(name="risk.forget")
def forget() -> None:
    """Delete what is remembered of consignments, containers and parties beyond any rule's window; may run twice."""
    now = clock.now()
    with unit_of_work() as work:
        history_forget(work, recent=now - RECENT, quarter=now - QUARTER, year=now - YEAR)


@shared_task(name="risk.fold")
def fold() -> None:
    """Fold the values of what was accepted since into what is usual for goods. Harmless when doubled."""
    goods_fold()


@shared_task(name="risk.count")
def count() -> None:
    """Count how often each rule and profile fired today and yesterday. Harmless when doubled."""
    rule_hits_count(last=clock.today())


@shared_task(name="risk.learn")
def learn() -> None:
    """Count the hits of the week again, mark profiles that find too little, and read drift. Harmless when doubled."""
    rule_hits_count(last=clock.today(), days=7)
    profiles_retire_mark()
    drift_watch()


@shared_task(name="risk.expire")
def expire() -> None:
    """Take profiles out of force whose last day is past. Harmless when doubled."""
    profiles_expire()


@shared_task(name="risk.disclaimer")
def disclaimer(job_ids: list[int]) -> None:
    """Count disclaimers that were false in the history of their parties."""
    jobs_run(job_ids, disclaimer_was_false)


@shared_task(name="risk.profile_warn")
def warn(job_ids: list[int]) -> None:
    """Tell that the days of profiles are nearly over."""
    jobs_run(job_ids, profile_warn)


@shared_task(name="risk.simulate")
def simulate(job_ids: list[int]) -> None:
    """Do the next stretch of simulations."""
    jobs_run(job_ids, simulation_step)
