"""Run one courier of webhooks in the foreground."""

import signal
from types import FrameType

from django.core.management.base import BaseCommand

from singlewindow.webhooks.courier import Courier


class Command(BaseCommand):
    """manage.py courier"""

    help = "Send the events of organisations to their webhook endpoints until stopped."

    def handle(self, *args: object, **options: object) -> None:
        """Loop until SIGTERM or SIGINT."""
        courier = Courier()

        def stop(_signal: int, _frame: FrameType | None) -> None:
            courier.stop()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        courier.run()
