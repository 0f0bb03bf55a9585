"""Celery tasks of documents; thin: ids in, one service call each."""

from celery import shared_task

from singlewindow.documents.services import files_sweep, upload_expire, uploads_sweep
from singlewindow.jobs.services import jobs_run


@shared_task(name="documents.expire")
def expire(job_ids: list[int]) -> None:
    """Forget uploads whose hour is over."""
    jobs_run(job_ids, upload_expire)


@shared_task(name="documents.sweep")
def sweep() -> None:
    """Delete incoming and kept files that no row speaks of. Harmless when doubled."""
    uploads_sweep()
    files_sweep()
