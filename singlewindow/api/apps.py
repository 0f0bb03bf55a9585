"""What every REST resource stands on: tokens, strict bodies, problems, idempotency, health."""

from importlib import import_module

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The API platform app."""

    name = "singlewindow.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the description of the API know the extension."""
        import_module("singlewindow.api.openapi")
