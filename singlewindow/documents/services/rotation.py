"""A new key of the window: keys of files are wrapped anew, the files themselves stay as they are."""

from django.conf import settings

from singlewindow.accounts.types import system_actor
from singlewindow.audit.services import event_record
from singlewindow.audit.verbs import Verb
from singlewindow.db.work import unit_of_work
from singlewindow.documents.models import StoredFile
from singlewindow.documents.services.vault import (
    WrappedKey,
    binding,
    key_add,
    key_ring,
    keys_drop_all_but,
    rewrap,
)

BATCH = 500


def file_keys_rotate() -> int:
    """Add a key to the ring, wrap every file's key under it, forget the older keys. Returns how many were wrapped.

    With keys from the environment the newest of them is used and nothing is forgotten: the operator takes the older
    ones out afterwards.

    Idempotent: a run that was broken off is finished by the next one.

    Source: DOC-ENC-03.
    """
    newest = list(key_ring())[-1] if settings.FILE_KEYS else key_add()
    done = 0
    while wrapped := _batch(newest):
        done += wrapped
    if not settings.FILE_KEYS:
        keys_drop_all_but(newest)
    return done


def _batch(newest: str) -> int:
    with unit_of_work() as work:
        rows = list(StoredFile.objects.select_for_update().exclude(wrapped_by=newest).order_by("pk")[:BATCH])
        for row in rows:
            key = rewrap(WrappedKey(bytes(row.key_wrapped), row.wrapped_by), binding(row.pk, row.organisation_id))
            row.key_wrapped, row.wrapped_by = key.wrapped, key.by
            row.save(update_fields=["key_wrapped", "wrapped_by"])
        if rows:
            event_record(
                work,
                actor=system_actor("documents"),
                verb=Verb.FILE_KEY_ROTATED,
                subject_type="file_key",
                subject_id=newest,
                data={"files": len(rows)},
            )
    return len(rows)
