"""The wiring of a process: the Celery application and the checks of the settings tables."""

from django.apps import AppConfig


class RuntimeConfig(AppConfig):
    """Loads what every process needs whatever app it serves."""

    name = "singlewindow.runtime"
    label = "runtime"

    def ready(self) -> None:
        """Register the checks and make the Celery application the default of every thread."""
        from singlewindow import celery
        from singlewindow.runtime import checks
        from singlewindow.runtime.logs import structlog_configure

        del celery, checks
        structlog_configure()
