"""Files on their way in: announced, sent chunk by chunk, resumed after a break, forgotten after an hour.

The row says how much counts; the file may be longer after a crash, and the next chunk overwrites what is too much.
"""

import secrets
from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.db.work import Work, unit_of_work
from singlewindow.documents.models import PendingUpload
from singlewindow.documents.rules.names import display_name
from singlewindow.documents.selectors.uploads import upload_of, upload_row
from singlewindow.documents.services.quota import room_free, room_reserve
from singlewindow.documents.types import KEPT_AFTER_LAST_CHUNK, Purpose, Upload
from singlewindow.jobs.services import queue
from singlewindow.jobs.types import JobContext
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotPermitted, RuleViolated, TooLarge, Violation
from singlewindow.kernel.identifiers import uuid7

INCOMING = "incoming"
"""The storage of files on their way in: one folder that every web process reaches, outside the web root."""

COLUMNS = ("id", "organisation_id", "actor", "purpose", "name", "size_bytes", "received_bytes", "place", "expires_at")


def upload_begin(work: Work, actor: Actor, *, name: str, size_bytes: int, purpose: Purpose) -> Upload:
    """Announce a file and set room aside for it.

    Source: DOC-UPL-01, DOC-NAM-01, DOC-QUO-01.

    Raises:
        NotPermitted: the actor sends no files.
        RuleViolated: the name deceives, or the file is empty.
        TooLarge: DOC-UPL-01, it is larger than its purpose allows.
        Conflict: `file.quota`.
    """
    actor.require(Permission.SEND_FILE)
    if actor.organisation_id is None:
        raise NotPermitted
    shown = display_name(name)
    _size_check(size_bytes, purpose)
    room_reserve(work, actor.organisation_id, size_bytes)
    upload = Upload(
        id=uuid7(),
        organisation_id=actor.organisation_id,
        purpose=purpose,
        name=shown,
        size_bytes=size_bytes,
        received_bytes=0,
        expires_at=clock.now() + KEPT_AFTER_LAST_CHUNK,
    )
    place = secrets.token_hex(16)
    row = (upload.id, upload.organisation_id, actor.label, purpose.value, shown, size_bytes, 0, place)
    storages[INCOMING].save(place, ContentFile(b""))
    work.insert(PendingUpload, COLUMNS, [(*row, upload.expires_at)])
    _timer(work, upload.id, upload.expires_at)
    return upload


def _size_check(size_bytes: int, purpose: Purpose) -> None:
    if size_bytes < 1:
        message = "The file is empty."
        found = Violation("DOC-UPL-01", "/size_bytes", message, "Choose the file again; it has 0 bytes.")
        raise RuleViolated(message, violations=[found], code="file.empty")
    if size_bytes > purpose.max_bytes:
        raise too_large(purpose)


def too_large(purpose: Purpose) -> TooLarge:
    """The refusal of a file that its purpose does not allow."""
    message = f"The file is larger than {purpose.max_bytes // 1_048_576} MB."
    found = Violation("DOC-UPL-01", "/size_bytes", message, "Send it in parts, or scan it with fewer dots per inch.")
    return TooLarge(message, violations=[found], code="file.too_large")


def upload_append(actor: Actor, upload_id: UUID, offset: int, chunk: bytes) -> Upload:
    """Add a chunk where the file ends so far, and start its hour anew.

    Locks: the upload's row, so of two chunks for the same place one is taken.

    Raises:
        NotFound: there is no such upload of the actor's organisation.
        Conflict: code `file.offset`, the chunk does not begin where the file ends.
        TooLarge: it would be longer than announced.
    """
    with unit_of_work() as work:
        work.flush()
        row = upload_row(actor, upload_id, lock=True)
        if offset != row.received_bytes:
            raise Conflict(f"The next byte expected is {row.received_bytes}.", code="file.offset")
        if offset + len(chunk) > row.size_bytes:
            raise TooLarge(f"The file was announced with {row.size_bytes} bytes.", code="file.too_large")
        _write(row.place, offset, chunk)
        row.received_bytes = offset + len(chunk)
        row.expires_at = clock.now() + KEPT_AFTER_LAST_CHUNK
        row.save(update_fields=["received_bytes", "expires_at"])
    return upload_of(row)


def _write(place: str, offset: int, chunk: bytes) -> None:
    """Write at an offset; whatever an undone act left behind it is cut off."""
    storage = storages[INCOMING]
    with storage.open(place, "r+b") as file:
        file.seek(offset)
        file.write(chunk)
        file.truncate()


def upload_keep(work: Work, actor: Actor, upload_id: UUID, *, until: datetime) -> Upload:
    """Keep a complete upload longer than an hour, for an act that takes its time. Raises NotFound."""
    row = upload_row(actor, upload_id, lock=True)
    row.expires_at = max(row.expires_at, until)
    row.save(update_fields=["expires_at"])
    return upload_of(row)


def upload_end(work: Work, actor: Actor, upload_id: UUID) -> None:
    """Forget an upload: it was taken, or given up. Its room is given back, its file goes with the transaction.

    Raises:
        NotFound: there is no such upload of the actor's organisation.
    """
    _forget(work, upload_row(actor, upload_id, lock=True))


def upload_expire(work: Work, job: JobContext) -> None:
    """Forget an upload whose hour is over; one that went on is looked at again. Idempotent.

    Source: DOC-UPL-02 (reliability.md U9).
    """
    row = PendingUpload.objects.select_for_update().filter(pk=job.subject_id).first()
    if row is None:
        return
    if row.expires_at > clock.now():
        _timer(work, row.pk, row.expires_at)
    else:
        _forget(work, row)


def uploads_sweep() -> int:
    """Delete incoming files that no row speaks of: what a crash between row and file left. Returns how many."""
    storage = storages[INCOMING]
    _, names = storage.listdir("") if storage.exists("") else ([], [])
    before = clock.now() - KEPT_AFTER_LAST_CHUNK
    old = [name for name in names if _older(name, before)]
    known = set(PendingUpload.objects.filter(place__in=old).values_list("place", flat=True))
    for name in set(old) - known:
        storage.delete(name)
    return len(set(old) - known)


def _older(name: str, before: datetime) -> bool:
    try:
        return storages[INCOMING].get_modified_time(name) < before
    except FileNotFoundError:
        return False


def _forget(work: Work, row: PendingUpload) -> None:
    place = row.place
    room_free(work, row.organisation_id, row.size_bytes)
    row.delete()
    transaction.on_commit(lambda: storages[INCOMING].delete(place))


def _timer(work: Work, upload_id: UUID, at: datetime) -> None:
    queue(work, "UploadExpiryDue", subject_id=str(upload_id), not_before=at)
