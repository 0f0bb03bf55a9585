"""What goods cost at the border, and who has paid."""

from django.apps import AppConfig


class FeesConfig(AppConfig):
    """The fees app."""

    name = "fees"
    label = "fees"
    default_auto_field = "django.db.models.BigAutoField"
