"""`manage.py rotate_file_key`: a new key for the keys of files."""

from typing import Any

from django.core.management.base import BaseCommand

from singlewindow.documents.services import file_keys_rotate


class Command(BaseCommand):
    """Wraps the key of every kept file under a new key of the window; files are not touched."""

    help = "Wrap the keys of kept files under a new key of the window."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate."""
        self.stdout.write(f"{file_keys_rotate()} file keys were wrapped anew.")
