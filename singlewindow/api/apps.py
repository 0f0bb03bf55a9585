"""What every REST resource stands on: tokens, strict bodies, problems, idempotency, health."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The API platform app."""

    name = "singlewindow.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"
