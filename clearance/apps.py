"""The clearance app."""

from django.apps import AppConfig


class ClearanceConfig(AppConfig):
    """Release and control."""

    name = "clearance"
    default_auto_field = "django.db.models.BigAutoField"
