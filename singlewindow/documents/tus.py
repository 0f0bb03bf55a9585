"""The resumable upload protocol tus 1.0 (core, creation, expiration, termination): HTTP in, services out.

The same functions serve software (token) and pages (session); the doors differ only in who asks and how a refusal
is drawn. Source: https://tus.io/protocols/resumable-upload.
"""

import base64
import binascii
from collections.abc import Mapping
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils.http import http_date

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.db.work import unit_of_work
from singlewindow.documents.selectors import upload_for
from singlewindow.documents.services import upload_append, upload_begin, upload_end
from singlewindow.documents.types import LARGEST, MEBIBYTE, Purpose, Upload
from singlewindow.kernel.errors import FormatRefused, PreconditionFailed, TooLarge, UnsupportedMedia

VERSION = "1.0.0"
CHUNK_TYPE = "application/offset+octet-stream"
PIECE = MEBIBYTE
"""A chunk is taken in pieces of this size, so what came before a break is kept."""

DIGITS_MAX = 12


def tus_options() -> HttpResponse:
    """What this server speaks."""
    told = {
        "Tus-Version": VERSION,
        "Tus-Extension": "creation,expiration,termination",
        "Tus-Max-Size": str(LARGEST),
    }
    return _answer(204, told)


def tus_create(request: HttpRequest, actor: Actor, *, root: str) -> HttpResponse:
    """POST: announce a file; its address is in `Location`. Raises what `upload_begin` raises."""
    _speaks(request)
    actor.require(Permission.SEND_FILE)
    size = _number(request, "Upload-Length")
    told = metadata(request.headers.get("Upload-Metadata", ""))
    try:
        purpose = Purpose(told.get("purpose", Purpose.DOCUMENT.value))
    except ValueError as error:
        raise FormatRefused("The purpose is 'document' or 'bulk'.", code="upload.purpose") from error
    with unit_of_work() as work:
        upload = upload_begin(work, actor, name=told.get("filename", ""), size_bytes=size, purpose=purpose)
    return _answer(201, {"Location": f"{root}/{upload.id}", "Upload-Expires": _expires(upload), "Upload-Offset": "0"})


def tus_head(request: HttpRequest, actor: Actor, upload_id: UUID) -> HttpResponse:
    """HEAD: how far it has come, so that the sender can go on. Raises NotFound."""
    upload = upload_for(actor, upload_id)
    _speaks(request)
    return _standing(upload, 200)


def tus_patch(request: HttpRequest, actor: Actor, upload_id: UUID) -> HttpResponse:
    """PATCH: take the next chunk; when the connection breaks, what came is kept.

    Raises:
        UnsupportedMedia: the body is no chunk.
        Conflict: code `file.offset`.
        TooLarge: more bytes than announced; none of them is taken.
    """
    upload = upload_for(actor, upload_id)
    _speaks(request)
    actor.require(Permission.SEND_FILE)
    if request.content_type != CHUNK_TYPE:
        raise UnsupportedMedia(f"Send {CHUNK_TYPE}.")
    offset = _number(request, "Upload-Offset")
    length = request.headers.get("Content-Length", "0")
    if not length.isdecimal() or len(length) > DIGITS_MAX or offset + int(length) > upload.size_bytes:
        raise TooLarge(f"The file was announced with {upload.size_bytes} bytes.", code="file.too_large")
    if offset != upload.received_bytes:
        upload_append(actor, upload_id, offset, b"")  # refused there, with the place to go on from
    while piece := _piece(request):
        upload = upload_append(actor, upload_id, offset, piece)
        offset = upload.received_bytes
    return _standing(upload, 204)


def _piece(request: HttpRequest) -> bytes:
    try:
        return request.read(PIECE)
    except UnreadablePostError:
        return b""  # The connection broke: nobody hears the answer, and the sender asks with HEAD where to go on.


def tus_delete(request: HttpRequest, actor: Actor, upload_id: UUID) -> HttpResponse:
    """DELETE: the sender gives it up. Raises NotFound."""
    upload_for(actor, upload_id)
    _speaks(request)
    with unit_of_work() as work:
        upload_end(work, actor, upload_id)
    return _answer(204, {})


def metadata(header: str) -> Mapping[str, str]:
    """The pairs of an Upload-Metadata header: a name, a space, the value in base64.

    Raises:
        FormatRefused: code `upload.metadata`.
    """
    try:
        pairs = [part.strip().partition(" ") for part in header.split(",") if part.strip()]
        return {name: base64.b64decode(value.strip(), validate=True).decode() for name, _, value in pairs}
    except (binascii.Error, UnicodeDecodeError) as error:
        raise FormatRefused("Upload-Metadata holds names with values in base64.", code="upload.metadata") from error


def _speaks(request: HttpRequest) -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise PreconditionFailed(f"Send Tus-Resumable: {VERSION}.", code="upload.version")


def _number(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX):
        raise FormatRefused(f"{header} is a number of bytes.", code="upload.header")
    return int(text)


def _standing(upload: Upload, status: int) -> HttpResponse:
    told = {"Upload-Offset": str(upload.received_bytes), "Upload-Length": str(upload.size_bytes)}
    return _answer(status, {**told, "Upload-Expires": _expires(upload)})


def _expires(upload: Upload) -> str:
    return http_date(upload.expires_at.timestamp())


def _answer(status: int, headers: Mapping[str, str]) -> HttpResponse:
    always = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}
    response = HttpResponse(status=status, headers={**always, **headers})
    if status in {200, 204}:
        response.headers.pop("Content-Type", None)
    return response
