"""Run one relay in the foreground."""

import signal
from types import FrameType

from django.core.management.base import BaseCommand

from singlewindow.celery import app
from singlewindow.jobs.relay import Relay


class Command(BaseCommand):
    """manage.py relay"""

    help = "Take due jobs from the database to the broker until stopped."

    def handle(self, *args: object, **options: object) -> None:
        """Loop until SIGTERM or SIGINT."""
        app.loader.import_default_modules()
        relay = Relay(app)

        def stop(_signal: int, _frame: FrameType | None) -> None:
            relay.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        relay.run()
