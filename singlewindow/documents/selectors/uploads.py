"""Reads of files on their way in; one of another organisation does not exist."""

from typing import BinaryIO, cast
from uuid import UUID

from django.core.files.storage import storages

from singlewindow.accounts.types import Actor
from singlewindow.documents.models import PendingUpload
from singlewindow.documents.types import Purpose, Upload
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound


def upload_row(actor: Actor, upload_id: UUID, *, lock: bool = False) -> PendingUpload:
    """The row of an upload of the actor's organisation. Raises NotFound, also when its hour is over."""
    if actor.organisation_id is None:
        raise NotFound
    rows = PendingUpload.objects.select_for_update() if lock else PendingUpload.objects.all()
    row = rows.filter(pk=upload_id, organisation_id=actor.organisation_id, expires_at__gt=clock.now()).first()
    if row is None:
        raise NotFound
    return row


def upload_of(row: PendingUpload) -> Upload:
    """The row as a value."""
    return Upload(
        id=row.pk,
        organisation_id=row.organisation_id,
        purpose=Purpose(row.purpose),
        name=row.name,
        size_bytes=row.size_bytes,
        received_bytes=row.received_bytes,
        expires_at=row.expires_at,
    )


def upload_for(actor: Actor, upload_id: UUID) -> Upload:
    """How far an upload has come. Raises NotFound."""
    return upload_of(upload_row(actor, upload_id))


def upload_open(upload_id: UUID, actor: Actor) -> BinaryIO:
    """A complete upload, open for reading; the caller closes it.

    Raises:
        NotFound: there is no such upload of the actor's organisation.
        Conflict: code `file.incomplete`, bytes are missing yet.
    """
    row = upload_row(actor, upload_id)
    if row.received_bytes != row.size_bytes:
        raise Conflict("The file is not complete yet; send the rest of it first.", code="file.incomplete")
    return cast(BinaryIO, storages["incoming"].open(row.place, "rb"))
