"""Train a model on labelled declarations, or on what this window's own checks found."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

from singlewindow.kernel import clock
from singlewindow.learning.services import (
    PLATFORM,
    RISK_DATA,
    Trained,
    figures_table,
    folder_write,
    labelled_read,
    model_train,
    spec_for,
)
from singlewindow.learning.types import FrameRefused, Label, LabelledFrame, LibraryMissing


class Command(BaseCommand):
    """`manage.py risk_train [--data CSV [--valid CSV]] --out FOLDER`."""

    help = "Train a model and write it to a folder, with a card that tells what it is worth. Nothing uses it by that."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, help="Labelled declarations; without it, the outcomes of checks here")
        parser.add_argument("--valid", type=Path, help="Later ones that choose rounds and threshold, then join them")
        parser.add_argument("--out", type=Path, required=True, help="Folder of the model: new, empty, or of a model")
        parser.add_argument("--name", default="", help="A name for people")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--no-refit", action="store_true", help="Do not learn from the rows that chose: to judge by them again"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            trained = _trained(options)
            folder_write(trained.files, options["out"])
        except (FrameRefused, LibraryMissing, OSError) as error:
            raise CommandError(str(error)) from error
        for label in Label:
            self.stdout.write(figures_table(trained.evaluation, label) + "\n\n")
        self.stdout.write(f"model {trained.hash}\nwritten to {options['out']}")


def _trained(options: dict[str, Any]) -> Trained:
    if options["valid"] is not None and options["data"] is None:
        raise CommandError("--valid goes with --data.")
    if options["data"] is None:
        frame, valid, spec = _own_rows(), None, PLATFORM
    else:
        frame, spec = labelled_read(options["data"]).frame, RISK_DATA
        valid = None if options["valid"] is None else labelled_read(options["valid"]).frame
    return model_train(
        frame,
        spec=spec_for(frame, spec),
        valid=valid,
        seed=options["seed"],
        name=options["name"],
        refit=not options["no_refit"],
    )


def _own_rows() -> LabelledFrame:
    source: Callable[[datetime], LabelledFrame] = import_string(settings.LEARNING_ROWS)
    return source(clock.now())
