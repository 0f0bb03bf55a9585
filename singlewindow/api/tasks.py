"""Celery tasks of the platform: the tick that beat sends."""

from celery import shared_task

from singlewindow.api.idempotency import answers_purge
from singlewindow.jobs.services import heartbeat, jobs_purge


@shared_task(name="platform.tick")
def tick() -> None:
    """Note that beat and a worker are alive, and clear away what is done long since. Harmless when doubled."""
    heartbeat("beat")
    jobs_purge()
    answers_purge()
