"""The Celery application: it only executes; the job table is the queue of record."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "singlewindow.settings.base")

app = Celery("singlewindow")
app.config_from_object("django.conf:settings", namespace="CELERY")
# Threads other than the one that built the app would otherwise fall back to a bare default app.
app.set_default()
app.autodiscover_tasks()
