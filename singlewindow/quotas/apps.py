"""The app of quotas: tariff quotas: what was claimed of each, what was allocated, and what is left."""

from django.apps import AppConfig


class QuotasConfig(AppConfig):
    """The quotas app."""

    name = "singlewindow.quotas"
    label = "quotas"
    default_auto_field = "django.db.models.BigAutoField"
