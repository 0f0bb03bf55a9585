"""Celery tasks of risk: the tick that forgets what no rule asks any more."""

from datetime import timedelta

from celery import shared_task

from risk.services import history_forget
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock

KEPT = timedelta(days=31)
"""Longer than any window in which a rule looks for split consignments or a container's uses."""


@shared_task(name="risk.forget")
def forget() -> None:
    """Delete what is remembered of consignments and containers beyond any rule's window. Harmless when doubled."""
    with unit_of_work() as work:
        history_forget(work, before=clock.now() - KEPT)
