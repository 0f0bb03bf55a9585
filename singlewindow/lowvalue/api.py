"""REST of low-value filing: send a file, see how far it has come, read what became of its lines."""

from typing import Any

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from singlewindow.accounts.permissions import Permission
from singlewindow.api.idempotency import Answer, idempotent
from singlewindow.api.views import ApiView, body_of, json_response, known_parameters, page_size_of, uuid_of
from singlewindow.db.work import Work
from singlewindow.documents.selectors import upload_for, upload_open
from singlewindow.documents.services import upload_end
from singlewindow.kernel import strict_json
from singlewindow.kernel.errors import FormatRefused
from singlewindow.lowvalue import openapi
from singlewindow.lowvalue.reading import MAX_BYTES
from singlewindow.lowvalue.selectors import bulk_file_for, bulk_files_of, bulk_lines_of
from singlewindow.lowvalue.services import bulk_file_receive_in, same_file_named
from singlewindow.lowvalue.states import LineState
from singlewindow.lowvalue.types import BulkFileHead
from singlewindow.lowvalue.writing import XLSX_TYPE

ROOT = openapi.ROOT
JSON_TYPE = "application/json"
NAME_MAX = 200


class BulkFilesView(ApiView):
    """/api/v1/bulk-files"""

    permission_required = Permission.FILE_LOW_VALUE

    @extend_schema(**openapi.SEND)
    def post(self, request: Request) -> HttpResponse:
        """Take a file in; the same key and body again give the same answer."""
        body = body_of(request, openapi.CSV_TYPE, XLSX_TYPE, JSON_TYPE, limit=MAX_BYTES)
        name = request.query_params.get("name", "")[:NAME_MAX].replace("\x00", "")
        upload = uuid_of(_upload_named(body)) if request._request.content_type == JSON_TYPE else None
        content = body
        if upload is not None:
            name = name or upload_for(self.actor, upload).name
            with upload_open(upload, self.actor) as file:
                content = file.read(MAX_BYTES + 1)

        def act(work: Work) -> Answer:
            file_id = bulk_file_receive_in(work, body=content, name=name, actor=self.actor)
            if upload is not None:
                upload_end(work, self.actor, upload)
            work.flush()
            head = bulk_file_for(self.actor, file_id)
            return Answer(202, orjson.dumps(file_output(head)), {"Location": f"{ROOT}/{file_id}"})

        with same_file_named(content, self.actor):
            return idempotent(request._request, self.actor, act, body=body)

    @extend_schema(**openapi.LIST)
    def get(self, request: Request) -> HttpResponse:
        """One page of files, newest first."""
        known_parameters(request)
        page = bulk_files_of(self.actor, cursor=request.query_params.get("cursor", ""), size=page_size_of(request))
        return json_response({"files": [file_output(head) for head in page.rows], "next_cursor": page.next_cursor})


class BulkFileView(ApiView):
    """/api/v1/bulk-files/{id}"""

    permission_required = Permission.FILE_LOW_VALUE

    @extend_schema(**openapi.READ)
    def get(self, request: Request, file_id: str) -> HttpResponse:
        """How far a file has come."""
        return json_response(file_output(bulk_file_for(self.actor, uuid_of(file_id))))


class BulkLinesView(ApiView):
    """/api/v1/bulk-files/{id}/lines"""

    permission_required = Permission.FILE_LOW_VALUE

    @extend_schema(**openapi.LINES)
    def get(self, request: Request, file_id: str) -> HttpResponse:
        """One page of lines that were decided, in the order of the file."""
        known_parameters(request, "state")
        asked = request.query_params.get("state", "")
        if asked not in {"", *(state.value.lower() for state in LineState)}:
            raise FormatRefused("state is lodged or failed.", code="query.state")
        page = bulk_lines_of(
            self.actor,
            uuid_of(file_id),
            state=LineState(asked.upper()) if asked else None,
            cursor=request.query_params.get("cursor", ""),
            size=page_size_of(request),
        )
        return json_response({"lines": [line.output() for line in page.rows], "next_cursor": page.next_cursor})


def file_output(head: BulkFileHead) -> dict[str, Any]:
    """A file with its progress."""
    own = f"{ROOT}/{head.id}"
    return {
        "id": str(head.id),
        "name": head.name,
        "format": head.format.value,
        "sha256": head.sha256,
        "state": head.state.value,
        "lines": head.lines,
        "lodged": head.lodged,
        "failed": head.failed,
        "waiting": head.waiting,
        "received_at": head.received_at.isoformat().replace("+00:00", "Z"),
        "done_at": head.done_at.isoformat().replace("+00:00", "Z") if head.done_at else None,
        "links": {"self": own, "lines": f"{own}/lines"},
    }


def _upload_named(body: bytes) -> str:
    """The upload of a JSON body. Raises FormatRefused."""
    value = strict_json.loads(body)
    named = value.get("upload_id") if isinstance(value, dict) and value.keys() == {"upload_id"} else None
    if not isinstance(named, str):
        raise FormatRefused('Send {"upload_id": "…"}, the number of a complete upload.', code="format.fields")
    return named
