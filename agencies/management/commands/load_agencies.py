"""Load the agencies, what they require, and the permits of known holders."""

from typing import Any

from django.core.management.base import BaseCommand

from agencies.services import agencies_load
from singlewindow.accounts.types import system_actor


class Command(BaseCommand):
    """Load agencies/data; run it again after a change of the files."""

    help = "Load agencies, requirements and the permits whose holder is known. The same files twice change nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and tell what was done."""
        done = agencies_load(actor=system_actor("reference"))
        rules = "loaded" if done.changed else "unchanged"
        self.stdout.write(
            f"{done.agencies} agencies and {done.requirements} requirements {rules}, {done.permits} permits made"
            + (f", {done.permits_without_holder} left out (holder not known)" if done.permits_without_holder else "")
        )
