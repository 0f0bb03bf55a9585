"""The Celery application: it only executes; the job table is the queue of record."""

import os

from celery import Celery
from celery.signals import task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "singlewindow.settings.base")

app = Celery("singlewindow")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Without this Celery closes the database connection around every task, and a new one costs the database more than the
# task does: each begins with empty caches of tables and plans. (Read by Celery under this very name.)
app.conf.CELERY_DB_REUSE_MAX = 10_000
# Threads other than the one that built the app would otherwise fall back to a bare default app.
app.set_default()
app.autodiscover_tasks()


@task_prerun.connect(dispatch_uid="singlewindow.connection")
def connection_check(**_signal: object) -> None:
    """Drop a connection that is broken or has served its time, as Django does before each request."""
    close_old_connections()
