"""The append-only record of what was done, and the feed of it that parties read."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit app."""

    name = "singlewindow.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
