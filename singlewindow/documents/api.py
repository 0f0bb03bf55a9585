"""REST of documents: the resumable upload, the shelf, the content of a document."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from singlewindow.accounts.permissions import Permission
from singlewindow.api.idempotency import Answer, idempotent
from singlewindow.api.views import ApiView, body_of, json_response, known_parameters, page_size_of, uuid_of
from singlewindow.db.work import Work
from singlewindow.documents import openapi, tus
from singlewindow.documents.receiving import files_received
from singlewindow.documents.responses import document_output, document_response, link_output
from singlewindow.documents.rules.details import DocumentDetails
from singlewindow.documents.selectors import document_for, document_page, links_for
from singlewindow.documents.services import details_of, document_read, document_store, upload_check, upload_refused
from singlewindow.documents.types import Purpose
from singlewindow.kernel import strict_json
from singlewindow.kernel.errors import FormatRefused, RuleViolated, UnsupportedMedia, Violation

UPLOADS = "/api/v1/uploads"
DOCUMENTS = "/api/v1/documents"
FIELDS = frozenset({"upload_id", "code", "reference", "issuer", "issued_on", "valid_to"})
BODY_MAX = 8_192


class UploadsView(ApiView):
    """/api/v1/uploads"""

    permission_required = Permission.SEND_FILE

    def options(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:  # type: ignore[override]
        """What the server speaks of tus."""
        return tus.tus_options()

    @extend_schema(**openapi.UPLOAD_CREATE)
    def post(self, request: Request) -> HttpResponse:
        """Announce a file."""
        return tus.tus_create(request._request, self.actor, root=UPLOADS)


class UploadView(ApiView):
    """/api/v1/uploads/{id}"""

    permission_required = Permission.SEND_FILE

    def options(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:  # type: ignore[override]
        """What the server speaks of tus."""
        return tus.tus_options()

    def head(self, request: Request, upload_id: str) -> HttpResponse:
        """How far it has come."""
        return tus.tus_head(request._request, self.actor, uuid_of(upload_id))

    @extend_schema(**openapi.UPLOAD_APPEND)
    def patch(self, request: Request, upload_id: str) -> HttpResponse:
        """Take the next chunk."""
        return tus.tus_patch(request._request, self.actor, uuid_of(upload_id))

    @extend_schema(**openapi.UPLOAD_DELETE)
    def delete(self, request: Request, upload_id: str) -> HttpResponse:
        """Give it up."""
        return tus.tus_delete(request._request, self.actor, uuid_of(upload_id))


class DocumentsView(ApiView):
    """/api/v1/documents"""

    permission_required = Permission.SEND_FILE

    @extend_schema(**openapi.DOCUMENTS_LIST)
    def get(self, request: Request) -> HttpResponse:
        """One page of the shelf, newest first."""
        known_parameters(request, "code", "q")
        query = request.query_params
        page = document_page(
            self.actor,
            cursor=query.get("cursor", ""),
            code=query.get("code", "")[:4],
            text=query.get("q", "")[:70],
            size=page_size_of(request),
        )
        rows = [document_output(row) for row in page.rows]
        return json_response({"documents": rows, "next_cursor": page.next_cursor})

    @extend_schema(**openapi.DOCUMENT_STORE)
    def post(self, request: Request) -> HttpResponse:
        """Keep an upload as a document, or take file and details in one form."""
        if request._request.content_type == "multipart/form-data":
            return self._form(request)
        body = body_of(request, "application/json", limit=BODY_MAX)
        told = _told(body)
        upload_id = uuid_of(str(told.get("upload_id", "")))

        def act(work: Work) -> Answer:
            return self._kept(work, upload_id, told)

        try:
            return idempotent(request._request, self.actor, act, body=body)
        except RuleViolated as refused:
            if refused.code.startswith("file."):
                upload_refused(self.actor, upload_id, refused)
            raise

    def _form(self, request: Request) -> HttpResponse:
        form = request._request
        told = {name: form.POST.get(name, "") for name in FIELDS if name in form.POST}
        files = form.FILES.getlist("file")
        if len(files) != 1:
            raise UnsupportedMedia("Send one file in the field 'file'.")
        digest = hashlib.sha256(b"".join(files[0].chunks())).digest()
        files[0].seek(0)

        def act(work: Work) -> Answer:
            (upload,) = files_received(form, self.actor, "file", purpose=Purpose.DOCUMENT)
            work.flush()
            return self._kept(work, upload.id, told)

        return idempotent(form, self.actor, act, body=digest + orjson.dumps(told, option=orjson.OPT_SORT_KEYS))

    def _kept(self, work: Work, upload_id: UUID, told: Mapping[str, Any]) -> Answer:
        document = document_store(work, self.actor, upload_check(self.actor, upload_id), _details(told))
        location = {"Location": f"{DOCUMENTS}/{document.id}"}
        return Answer(201, orjson.dumps(document_output(document)), location)


class DocumentView(ApiView):
    """/api/v1/documents/{id}"""

    permission_required = Permission.SEND_FILE

    @extend_schema(**openapi.DOCUMENT_READ)
    def get(self, request: Request, document_id: str) -> HttpResponse:
        """What it proves and where it is used."""
        document = document_for(self.actor, uuid_of(document_id))
        links = [link_output(link) for link in links_for(self.actor, document)]
        return json_response(document_output(document) | {"links": links})


class ContentView(ApiView):
    """/api/v1/documents/{id}/content"""

    permission_required = Permission.SEND_FILE

    @extend_schema(**openapi.DOCUMENT_CONTENT)
    def get(self, request: Request, document_id: str) -> HttpResponse:
        """The file itself, as an attachment."""
        return document_response(*document_read(self.actor, uuid_of(document_id)))


def _told(body: bytes) -> Mapping[str, Any]:
    told = strict_json.loads(body, max_bytes=BODY_MAX)
    if not isinstance(told, dict) or not all(isinstance(value, str) for value in told.values()):
        raise FormatRefused("The body is an object whose values are texts.", code="format.object")
    unknown = sorted(set(told) - FIELDS)
    if unknown:
        found = [Violation("format.unknown_field", f"/{name[:40]}", "There is no such field.") for name in unknown]
        raise FormatRefused("There is no such field.", violations=found, code="format.unknown_field")
    return told


def _details(told: Mapping[str, Any]) -> DocumentDetails:
    return details_of(
        str(told.get("code", "")),
        str(told.get("reference", "")),
        str(told.get("issuer", "")),
        _day(told, "issued_on"),
        _day(told, "valid_to"),
    )


def _day(told: Mapping[str, Any], name: str) -> date | None:
    text = told.get(name) or ""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        message = "A day is written YYYY-MM-DD."
        raise RuleViolated(message, violations=[Violation("DOC-DET-05", f"/{name}", message, "", text[:20])]) from error
