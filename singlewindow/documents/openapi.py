"""What the description of the API says of uploads and documents."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from singlewindow.api.openapi import problems

Json = dict[str, Any]

UPLOAD_ID = OpenApiParameter("upload_id", str, OpenApiParameter.PATH, description="The last part of `Location`")


def _header(name: str, description: str, *, required: bool = True) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.HEADER, required=required, description=description)


TUS = _header("Tus-Resumable", "1.0.0")

UPLOAD_CREATE: Json = {
    "operation_id": "uploads_create",
    "summary": "Announce a file (tus 1.0)",
    "description": (
        "The resumable upload protocol tus 1.0 with creation, expiration and termination; any tus client works. "
        "The address of the upload is in `Location`. Send chunks there with PATCH; after a broken connection ask "
        "with HEAD how far it came. It is forgotten an hour after its last chunk."
    ),
    "parameters": [
        TUS,
        _header("Upload-Length", "Bytes of the file: 10 MB for a document, 25 MB for a bulk file"),
        _header("Upload-Metadata", "`filename` and `purpose` (`document` or `bulk`), values in base64"),
    ],
    "request": None,
    "responses": {201: OpenApiResponse(description="Announced")} | problems(400, 403, 409, 412, 413, 415, 422),
}
UPLOAD_APPEND: Json = {
    "operation_id": "uploads_append",
    "summary": "Send the next chunk of a file (tus 1.0)",
    "parameters": [UPLOAD_ID, TUS, _header("Upload-Offset", "Where the chunk begins: as many bytes as are here")],
    "request": {"application/offset+octet-stream": {"type": "string", "format": "binary"}},
    "responses": {204: OpenApiResponse(description="Taken; `Upload-Offset` tells how far it came")}
    | problems(400, 403, 404, 409, 412, 413, 415),
    "examples": [OpenApiExample("A chunk", value="%PDF-1.7", request_only=True)],
}
UPLOAD_DELETE: Json = {
    "operation_id": "uploads_delete",
    "summary": "Give an upload up (tus 1.0)",
    "parameters": [UPLOAD_ID, TUS],
    "responses": {204: OpenApiResponse(description="Forgotten")} | problems(403, 404, 412),
}
