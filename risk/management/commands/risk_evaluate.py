"""Judge a model on labelled declarations that it did not learn from."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from singlewindow.learning.services import (
    evaluation_output,
    figures_table,
    folder_read,
    labelled_read,
    model_evaluate,
    model_read,
)
from singlewindow.learning.types import CONFIDENCE, RESAMPLES, FrameRefused, Label, LibraryMissing

MOST_RESAMPLES = 100_000


class Command(BaseCommand):
    """`manage.py risk_evaluate --model FOLDER --data CSV [--json]`."""

    help = "Print what a model is worth on labelled declarations, with bootstrap intervals."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--model", type=Path, required=True, help="Folder that risk_train wrote")
        parser.add_argument("--data", type=Path, required=True, help="Labelled declarations")
        parser.add_argument("--json", action="store_true", help="One JSON object instead of tables")
        parser.add_argument("--seed", type=int, default=1, help="Of the bootstrap")
        parser.add_argument("--resamples", type=int, default=RESAMPLES)

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["resamples"] <= MOST_RESAMPLES or options["seed"] < 0:
            raise CommandError(f"--resamples lies between 1 and {MOST_RESAMPLES}, --seed is not negative.")
        try:
            model = model_read(folder_read(options["model"]))
            data = labelled_read(options["data"])
            made = model_evaluate(model, data.frame, seed=options["seed"], resamples=options["resamples"])
        except (FrameRefused, LibraryMissing, OSError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            output = evaluation_output(made)
            output["data"] |= {"file": options["data"].name, "sha256": data.sha256}
            self.stdout.write(json.dumps(output, indent=2))
            return
        self.stdout.write(f"model {made.model}\n{made.rows} items, {made.period[0]} to {made.period[1]}\n")
        if made.overlaps_training:
            self.stdout.write("Some items are of the time that the model learned from: the figures flatter it.\n")
        for label in Label:
            self.stdout.write(f"\n{figures_table(made, label)}\n")
        intervals = f"{CONFIDENCE:.0%} intervals: {made.resamples} resamples, seed {made.seed}."
        self.stdout.write(f"\n{intervals}\nRevenue: {made.revenue}.")
