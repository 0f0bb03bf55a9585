"""The app of low-value consignments: many lines in one file, each decided on its own."""

from django.apps import AppConfig


class LowvalueConfig(AppConfig):
    """The lowvalue app."""

    name = "singlewindow.lowvalue"
    label = "lowvalue"
    default_auto_field = "django.db.models.BigAutoField"
