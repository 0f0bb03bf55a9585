"""Load the quotas of the country: order numbers, periods and volumes."""

from typing import Any

from django.core.management.base import BaseCommand

from singlewindow.accounts.types import system_actor
from singlewindow.quotas.services import quotas_load


class Command(BaseCommand):
    """python manage.py load_quotas"""

    help = __doc__ or ""

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, and say what changed."""
        loaded = quotas_load(actor=system_actor("setup"))
        self.stdout.write(f"{loaded.quotas} quotas, {loaded.new} of them new")
