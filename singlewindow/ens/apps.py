"""The app of entry summary declarations: advance cargo data and what customs answers."""

from django.apps import AppConfig


class EnsConfig(AppConfig):
    """The ens app."""

    name = "singlewindow.ens"
    label = "ens"
    default_auto_field = "django.db.models.BigAutoField"
