"""The Django app of the border agencies."""

from django.apps import AppConfig


class AgenciesConfig(AppConfig):
    """The agencies app."""

    name = "agencies"
    label = "agencies"
    default_auto_field = "django.db.models.BigAutoField"
