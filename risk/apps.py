"""The risk app."""

from django.apps import AppConfig


class RiskConfig(AppConfig):
    """Scores declarations and says why."""

    name = "risk"
    label = "risk"
    default_auto_field = "django.db.models.BigAutoField"
