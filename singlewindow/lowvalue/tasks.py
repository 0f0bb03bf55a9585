"""Celery tasks of low-value filing; thin: ids in, one service call each."""

from celery import shared_task

from singlewindow.jobs.services import jobs_run
from singlewindow.lowvalue.services import part_file


@shared_task(name="lowvalue.file_part")
def file_part(job_ids: list[int]) -> None:
    """File parts of files."""
    jobs_run(job_ids, part_file)
