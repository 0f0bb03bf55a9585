"""Load the shipped reference data."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from singlewindow.accounts.types import system_actor
from singlewindow.reference.services import LoadResult, reference_load


class Command(BaseCommand):
    """Bring the reference tables to what is shipped; quick when nothing changed."""

    help = "Load code lists, rates, offices, nomenclature and the country's profile. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One option: print every set of files, also the unchanged ones."""
        parser.add_argument("--all", action="store_true", help="also print the sets that did not change")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, print a line for each set that changed, and one with the total."""
        begun = time.monotonic()

        def show(result: LoadResult) -> None:
            if result.unchanged_file and not options["all"]:
                return
            done = f"+{result.added} ~{result.changed} -{result.removed}"
            self.stdout.write(f"  {result.name:<24} {result.rows:>6} rows  {done}")
            self.stdout.flush()

        results = reference_load(actor=system_actor("reference"), progress=show)
        rows, seconds = sum(result.rows for result in results), time.monotonic() - begun
        changed = sum(not result.unchanged_file for result in results)
        what = f"{changed} of {len(results)} sets loaded" if changed else "unchanged"
        self.stdout.write(f"Reference data: {rows} rows, {what}, {seconds:.1f} s")
