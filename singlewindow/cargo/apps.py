"""The app of cargo: manifests with their bills, write-off by declarations, arrival."""

from django.apps import AppConfig


class CargoConfig(AppConfig):
    """The cargo app."""

    name = "singlewindow.cargo"
    label = "cargo"
    default_auto_field = "django.db.models.BigAutoField"
