"""The outbox: work to be done later, written in the transaction that makes it necessary."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The jobs app."""

    name = "singlewindow.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"
