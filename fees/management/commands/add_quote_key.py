"""`manage.py add_quote_key`: a new key for quotes and notices."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fees.signing import key_add


class Command(BaseCommand):
    """Puts a new key at the end of the ring; the earlier ones go on proving what they signed."""

    help = "Sign quotes with a new key from now on; the earlier keys are kept."

    def handle(self, *args: Any, **options: Any) -> None:
        """Add."""
        if settings.QUOTE_KEYS:
            raise CommandError("The keys come from CSW_QUOTE_KEYS; add the new one at its end and restart.")
        self.stdout.write(f"Key {key_add()} signs from now on.")
