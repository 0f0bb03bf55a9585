"""Celery tasks of notifications: what is old enough is cleared away."""

from datetime import timedelta

from celery import shared_task

from singlewindow.audit.services import FEED_KEPT, feed_clear
from singlewindow.db.work import unit_of_work
from singlewindow.kernel import clock
from singlewindow.reference.selectors import profile

ROUNDS = 100


@shared_task(name="notifications.clear")
def clear() -> None:
    """Clear feeds of what was kept for as long as the profile says, and never less than 90 days. Harmless twice."""
    kept = max(FEED_KEPT, timedelta(days=profile(clock.today()).feed_days))
    for _ in range(ROUNDS):
        with unit_of_work() as work:
            if not feed_clear(work, kept=kept):
                return
