"""The app of penalties: penalties with their facts, law and range, and errors that traders disclose themselves."""

from django.apps import AppConfig


class PenaltiesConfig(AppConfig):
    """The penalties app."""

    name = "singlewindow.penalties"
    label = "penalties"
    default_auto_field = "django.db.models.BigAutoField"
