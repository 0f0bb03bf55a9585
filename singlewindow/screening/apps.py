"""The app of screening: names held against lists of sanctioned and denied parties."""

from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """The screening app."""

    name = "singlewindow.screening"
    label = "screening"
    default_auto_field = "django.db.models.BigAutoField"
