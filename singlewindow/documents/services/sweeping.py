"""Kept files that no row speaks of: an act that was undone after the storage had taken its file leaves one."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.core.files.storage import Storage, storages

from singlewindow.documents.models import StoredFile
from singlewindow.documents.services.storing import KEPT
from singlewindow.kernel import clock

UNDONE_AFTER = timedelta(hours=1)
"""No act takes this long, so an older file without a row will never get one."""

BATCH = 1_000


def files_sweep() -> int:
    """Delete kept files that no row speaks of and that are older than any act. Returns how many.

    The rows are read before the age is: a file whose act is just being written has no row that others see, and is
    young. A file that a row speaks of is never deleted.

    Idempotent: a second run finds nothing.

    Source: DOC-STO-03.
    """
    storage, before = storages[KEPT], clock.now() - UNDONE_AFTER
    return sum(_swept(storage, names, before) for names in _batches(storage))


def _swept(storage: Storage, names: list[str], before: datetime) -> int:
    known = set(StoredFile.objects.filter(place__in=names).values_list("place", flat=True))
    orphans = [name for name in names if name not in known and _older(storage, name, before)]
    for name in orphans:
        storage.delete(name)
    return len(orphans)


def _batches(storage: Storage) -> Iterator[list[str]]:
    try:
        _, names = storage.listdir("")
    except FileNotFoundError:  # nothing was ever kept
        return
    rest = iter(names)
    while names := list(islice(rest, BATCH)):
        yield names


def _older(storage: Storage, name: str, before: datetime) -> bool:
    try:
        return storage.get_modified_time(name) < before
    except FileNotFoundError:
        return False
