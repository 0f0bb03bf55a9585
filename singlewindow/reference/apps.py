"""The application's registration with Django."""

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """Reference data with dates of validity."""

    name = "singlewindow.reference"
    label = "reference"
    default_auto_field = "django.db.models.BigAutoField"
