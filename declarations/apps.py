"""The declaration: what a trader says about goods that cross the border."""

from django.apps import AppConfig


class DeclarationsConfig(AppConfig):
    """The declarations app."""

    name = "declarations"
    label = "declarations"
    default_auto_field = "django.db.models.BigAutoField"
