"""Files that come with a form: sent before by script, or by the browser in the form itself; one way on for both."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from singlewindow.accounts.types import Actor
from singlewindow.db.work import unit_of_work
from singlewindow.documents.selectors import upload_for
from singlewindow.documents.services import upload_append, upload_begin
from singlewindow.documents.services.uploads import too_large
from singlewindow.documents.types import LARGEST, MEBIBYTE, Purpose, Upload
from singlewindow.kernel.errors import NotFound


class CappedUploads(FileUploadHandler):
    """Stops keeping a file of a form that is larger than any purpose allows, before the disk is full of it."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Count anew."""
        super().new_file(*args, **kwargs)
        self._bytes = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the bytes on, or drop the rest of the file and remember that."""
        self._bytes += len(raw_data)
        if self._bytes > LARGEST:
            assert self.request is not None
            self.request.META["csw.files_dropped"] = True
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""


def files_received(request: HttpRequest, actor: Actor, name: str, *, purpose: Purpose) -> list[Upload]:
    """Every file of a field, as complete uploads of the actor.

    Raises:
        NotFound: an upload named is none of the actor's.
        TooLarge, RuleViolated, Conflict: as `upload_begin`.
    """
    if request.META.get("csw.files_dropped"):
        raise too_large(purpose)
    found = [upload_for(actor, _identifier(text)) for text in request.POST.getlist(f"{name}_upload")]
    return found + [_taken(actor, file, purpose) for file in request.FILES.getlist(name)]


def _identifier(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error


def _taken(actor: Actor, file: UploadedFile[bytes], purpose: Purpose) -> Upload:
    with unit_of_work() as work:
        upload = upload_begin(work, actor, name=file.name or "", size_bytes=file.size or 0, purpose=purpose)
        for chunk in _pieces(file):
            upload = upload_append(actor, upload.id, upload.received_bytes, chunk)
    return upload


def _pieces(file: UploadedFile[bytes]) -> Iterable[bytes]:
    return file.chunks(MEBIBYTE)
