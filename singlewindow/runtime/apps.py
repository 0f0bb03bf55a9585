"""The wiring of a process: the Celery application and the checks of the settings tables."""

from typing import Any

from django.apps import AppConfig


def _warm(**signal: Any) -> None:
    from singlewindow.runtime.warm import warm

    warm(**signal)


def _watch(**signal: Any) -> None:
    from singlewindow.runtime.watchdog import watchdog_start

    watchdog_start(**signal)


class RuntimeConfig(AppConfig):
    """Loads what every process needs whatever app it serves."""

    name = "singlewindow.runtime"
    label = "runtime"

    def ready(self) -> None:
        """Register the checks, make the Celery application the default of every thread, warm workers up."""
        from celery.signals import worker_init, worker_ready

        from singlewindow import celery
        from singlewindow.runtime import checks
        from singlewindow.runtime.logs import structlog_configure

        del celery, checks
        worker_init.connect(_warm, dispatch_uid="singlewindow.warm")
        worker_ready.connect(_watch, dispatch_uid="singlewindow.watchdog")
        structlog_configure()
