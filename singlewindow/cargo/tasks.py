"""Celery tasks of cargo: thin, ids in, one service call each."""

from celery import shared_task

from singlewindow.cargo.services import manifest_met, room_met
from singlewindow.jobs.services import jobs_run


@shared_task(name="cargo.link")
def link(job_ids: list[int]) -> None:
    """Write off what waited for a manifest. Safe to run twice."""
    jobs_run(job_ids, manifest_met)


@shared_task(name="cargo.room")
def room(job_ids: list[int]) -> None:
    """Let declarations that fell short on a bill try again. Safe to run twice."""
    jobs_run(job_ids, room_met)
