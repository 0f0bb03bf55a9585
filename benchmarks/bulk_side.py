"""One way of bringing declarations into the database, in a process of its own.

`python -m benchmarks.bulk_side WAY FILE` prints the seconds from the first line to the last commit; starting is not
counted, nor making ready what the way is given for nothing.
"""

import json
import os
import pickle
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "singlewindow.settings.base")
    django.setup()

from django.apps import apps
from django.db import transaction

from declarations.messages import parse
from declarations.services import declarations_load, declarations_lodge_many
from declarations.services.bulk import BATCH, _batches, _prepared
from declarations.types import Channel
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_by_identifier
from singlewindow.accounts.types import Actor, ActorKind
from singlewindow.db.copying import rows_copy
from singlewindow.db.work import Work

FILER = "ZZIMP0001"


def actor() -> Actor:
    """Who files."""
    organisation = organisation_by_identifier(FILER)
    assert organisation is not None
    return Actor(
        kind=ActorKind.SYSTEM,
        id="benchmarks",
        organisation_id=organisation.pk,
        organisation_identifier=organisation.identifier,
        permissions=frozenset({Permission.LODGE_DECLARATION}),
    )


def ours(lines: Iterator[bytes], processes: int) -> float:
    """Every check, then COPY in commits of a thousand."""
    begun = time.perf_counter()
    for report in declarations_load(lines, actor=actor(), processes=processes):
        assert not report.refused, report.refused[0]
    return time.perf_counter() - begun


def raw(lines: Iterator[bytes]) -> float:
    """Nothing but COPY of the same rows, made ready on disk before; the same commits."""
    with tempfile.TemporaryFile() as ready:
        count = 0
        for _, batch in _prepared(_batches(lines, BATCH), actor=actor(), channel=Channel.JSON):
            pickle.dump(batch.tables, ready)
            count += 1
        ready.seek(0)
        begun = time.perf_counter()
        for _ in range(count):
            with transaction.atomic():
                for table, columns, rows in pickle.load(ready):
                    rows_copy(table, columns, rows)
        return time.perf_counter() - begun


def orm(lines: Iterator[bytes], *, checked: bool) -> float:
    """The same rows by `bulk_create`, in the same commits; reading and checking counted too, or not."""
    models = {model._meta.db_table: model for model in apps.get_models()}
    begun = time.perf_counter()
    spent = 0.0
    for _, batch in _batches(lines, BATCH):
        before = time.perf_counter()
        work = Work()
        messages = [parse(line, "application/json").message for line in batch]
        declarations_lodge_many(work, messages, actor=actor(), channel=Channel.JSON)
        spent += time.perf_counter() - before
        with transaction.atomic():
            for (table, columns), rows in work._rows.items():
                model = models[table]
                model._default_manager.bulk_create([model(**dict(zip(columns, row, strict=True))) for row in rows])
    return time.perf_counter() - begun - (0 if checked else spent)


WAYS: dict[str, Callable[[Iterator[bytes]], float]] = {
    "raw": raw,
    "one": lambda lines: ours(lines, 1),
    "two": lambda lines: ours(lines, 2),
    "orm": lambda lines: orm(lines, checked=True),
    "orm-unchecked": lambda lines: orm(lines, checked=False),
}


def main(way: str, file: str) -> None:
    """Run one way over one file of lines."""
    with Path(file).open("rb") as stream:
        lines = iter(stream)
        # Code lists and compiled messages are loaded before the clock starts.
        first = next(lines)
        parse(first, "application/json")
        with transaction.atomic():
            declarations_lodge_many(
                Work(), [parse(first, "application/json").message], actor=actor(), channel=Channel.JSON
            )
        seconds = WAYS[way](chain([first], lines))
    print(json.dumps({"way": way, "seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
