"""What the description of the API says of uploads and documents."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from singlewindow.api.openapi import INSTANT, STRING, object_of, problems

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
    "examples": [
        OpenApiExample("A chunk", value="%PDF-1.7", request_only=True, media_type="application/offset+octet-stream")
    ],
}
UPLOAD_DELETE: Json = {
    "operation_id": "uploads_delete",
    "summary": "Give an upload up (tus 1.0)",
    "parameters": [UPLOAD_ID, TUS],
    "responses": {204: OpenApiResponse(description="Forgotten")} | problems(403, 404, 412),
}


KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="A new UUID for each new request, the same one when a request is repeated.",
)
DOCUMENT_ID = OpenApiParameter("document_id", str, OpenApiParameter.PATH, description="Id of a document (a UUID)")
_ID = "01998877-5d5d-7a6b-8f4e-7a1c2d3e4f50"
_DAY: Json = {"type": ["string", "null"], "format": "date"}
EXAMPLE: Json = {
    "id": _ID,
    "code": "N935",
    "reference": "INV 0815",
    "issuer": "Guangdong Home Appliance Co",
    "issued_on": "2026-11-02",
    "valid_to": None,
    "name": "invoice-0815.pdf",
    "media_type": "application/pdf",
    "size_bytes": 48213,
    "sha256": "2f1d0b2c2a7d4e1b8a9f3c6d5e4f7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f",
    "scan": "clean",
    "given_at": "2026-11-22T10:15:00+00:00",
    "used": 2,
    "content": f"/api/v1/documents/{_ID}/content",
}
LINK_EXAMPLE: Json = {
    "subject": "declaration",
    "subject_id": "01998877-2b2b-7a6b-8f4e-7a1c2d3e4f50",
    "item": 1,
    "purpose": "declared",
    "query_id": None,
    "linked_at": "2026-11-22T10:16:00+00:00",
}
_NULLABLE: Json = {"type": ["string", "null"]}
DOCUMENT: Json = object_of(
    dict.fromkeys(("id", "code", "reference", "issuer", "name", "media_type", "sha256", "content"), STRING)
    | {"issued_on": _DAY, "valid_to": _DAY, "size_bytes": {"type": "integer"}, "used": {"type": "integer"}}
    | {"scan": {"type": "string", "enum": ["clean", "unscanned"]}, "given_at": INSTANT}
)
LINK: Json = object_of(
    {
        "subject": {"type": "string", "enum": ["declaration", "permit"]},
        "subject_id": STRING,
        "item": {"type": "integer"},
        "purpose": {"type": "string", "enum": ["declared", "support", "answer"]},
        "query_id": _NULLABLE,
        "linked_at": INSTANT,
    }
)
_BODY: Json = object_of(
    {
        "upload_id": STRING | {"description": "A complete upload of purpose `document`"},
        "code": STRING | {"description": "Code of the document: N935 is an invoice"},
        "reference": STRING | {"description": "The number that stands on it"},
        "issuer": STRING,
        "issued_on": STRING | {"format": "date"},
        "valid_to": STRING | {"format": "date"},
    },
    optional=("issuer", "issued_on", "valid_to"),
)
_FORM: Json = object_of(
    {name: schema for name, schema in _BODY["properties"].items() if name != "upload_id"}
    | {"file": {"type": "string", "format": "binary"}},
    optional=("issuer", "issued_on", "valid_to"),
)
_BODY_EXAMPLE: Json = {"code": "N935", "reference": "INV 0815", "issuer": "Guangdong Home Appliance Co"}

DOCUMENTS_LIST: Json = {
    "operation_id": "documents_list",
    "summary": "The documents of your organisation, newest first",
    "parameters": [
        OpenApiParameter("cursor", str, description="`next_cursor` of the page before"),
        OpenApiParameter("page_size", int, description="1 to 200, 50 without it"),
        OpenApiParameter("code", str, description="Only documents of this code"),
        OpenApiParameter("q", str, description="Part of the number or of the file's name"),
    ],
    "responses": {
        200: OpenApiResponse(object_of({"documents": {"type": "array", "items": DOCUMENT}, "next_cursor": STRING}))
    }
    | problems(400, 403),
    "examples": [OpenApiExample("One invoice", value={"documents": [EXAMPLE], "next_cursor": ""}, response_only=True)],
}
DOCUMENT_STORE: Json = {
    "operation_id": "documents_store",
    "summary": "Keep an upload as a document, once for every body and every later declaration",
    "description": (
        "The file is looked through (kind, viruses, scripts, macros, archives), encrypted and kept. A declaration that "
        "names the same code and number finds it by itself. The same file again takes no room. Small files may also "
        "come as one multipart form with the field `file`."
    ),
    "parameters": [KEY],
    "request": {"application/json": _BODY, "multipart/form-data": _FORM},
    "responses": {201: OpenApiResponse(DOCUMENT, description="Kept")} | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [
        OpenApiExample(
            "An invoice",
            value={"upload_id": "01998877-4c4c-7a6b-8f4e-7a1c2d3e4f50"} | _BODY_EXAMPLE,
            request_only=True,
            media_type="application/json",
        ),
        OpenApiExample(
            "An invoice in one form",
            value=_BODY_EXAMPLE | {"file": "%PDF-1.7"},
            request_only=True,
            media_type="multipart/form-data",
        ),
        OpenApiExample("Kept", value=EXAMPLE, response_only=True),
    ],
}
DOCUMENT_READ: Json = {
    "operation_id": "documents_read",
    "summary": "What a document proves, and where it is used",
    "parameters": [DOCUMENT_ID],
    "responses": {
        200: OpenApiResponse(
            {**DOCUMENT, "properties": DOCUMENT["properties"] | {"links": {"type": "array", "items": LINK}}}
        )
    }
    | problems(403, 404),
    "examples": [OpenApiExample("An invoice", value=EXAMPLE | {"links": [LINK_EXAMPLE]}, response_only=True)],
}
DOCUMENT_CONTENT: Json = {
    "operation_id": "documents_content",
    "summary": "The file of a document, as an attachment",
    "parameters": [DOCUMENT_ID],
    "responses": {(200, "application/octet-stream"): OpenApiResponse({"type": "string", "format": "binary"})}
    | problems(403, 404),
    "examples": [OpenApiExample("A PDF", value="%PDF-1.7", response_only=True, media_type="application/octet-stream")],
}
