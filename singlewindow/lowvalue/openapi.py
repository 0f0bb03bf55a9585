"""What the description of the API says of files of low value."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from singlewindow.api.openapi import INSTANT, STRING, object_of, problems
from singlewindow.lowvalue.rules.columns import HEADER, examples
from singlewindow.lowvalue.states import FileState, LineState
from singlewindow.lowvalue.types import FileFormat
from singlewindow.lowvalue.writing import XLSX_TYPE

Json = dict[str, Any]
ROOT = "/api/v1/bulk-files"
CSV_TYPE = "text/csv"
_ID = "01998877-2b2b-7a6b-8f4e-7a1c2d3e4f50"
_COUNT: Json = {"type": "integer"}

KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="A new UUID for each new request, the same one when a request is repeated.",
)
FILE_ID = OpenApiParameter("file_id", str, OpenApiParameter.PATH, description="The id from the receipt (a UUID)")
CURSOR = OpenApiParameter("cursor", str, description="`next_cursor` of the page before")
SIZE = OpenApiParameter("page_size", int, description="1 to 200, 50 without it")

FILE = object_of(
    {
        "id": {"type": "string", "format": "uuid"},
        "name": STRING,
        "format": {"type": "string", "enum": [one.value for one in FileFormat]},
        "sha256": STRING,
        "state": {"type": "string", "enum": [state.value for state in FileState]},
        "lines": _COUNT,
        "lodged": _COUNT,
        "failed": _COUNT,
        "waiting": _COUNT,
        "received_at": INSTANT,
        "done_at": INSTANT,
        "links": {"type": "object"},
    }
)
FILE_EXAMPLE: Json = {
    "id": _ID,
    "name": "parcels-2026-11-22.csv",
    "format": "csv",
    "sha256": "2f1d0b2c2a7d4e1b8a9f3c6d5e4f7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f",
    "state": "FILING",
    "lines": 10_000,
    "lodged": 3_985,
    "failed": 15,
    "waiting": 6_000,
    "received_at": "2026-11-22T10:15:00Z",
    "done_at": None,
    "links": {"self": f"{ROOT}/{_ID}", "lines": f"{ROOT}/{_ID}/lines"},
}
_ERROR = object_of(
    dict.fromkeys(("column", "rule", "message", "remedy", "value"), STRING), optional=("column", "remedy", "value")
)
LINE = object_of(
    {
        "line": _COUNT,
        "lrn": STRING,
        "state": {"type": "string", "enum": [state.value for state in LineState]},
        "declaration_id": {"type": "string", "format": "uuid"},
        "mrn": STRING,
        "errors": {"type": "array", "items": _ERROR},
    },
    optional=("declaration_id", "mrn"),
)
LINES_EXAMPLE: Json = {
    "lines": [
        {
            "line": 17,
            "lrn": "PK-0016",
            "state": "FAILED",
            "errors": [
                {
                    "column": "origin",
                    "rule": "DL-052",
                    "message": "XX is no country of the list in force.",
                    "remedy": "Use a code of the list.",
                    "value": "XX",
                }
            ],
        }
    ],
    "next_cursor": "",
}


def _sent(name: str, value: Any, status: int = 200) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)])


_SAMPLE = "\r\n".join(",".join(row) for row in (HEADER, examples()[0])) + "\r\n"

SEND: Json = {
    "operation_id": "bulk_files_send",
    "summary": "File consignments of low value",
    "description": (
        "Up to 10,000 lines, as CSV or XLSX in the body, or the number of a complete upload as JSON. A file that "
        "cannot be read is refused whole, with the number of the line. Each line of one that can is decided "
        "on its own: the answer comes at once, the lines follow. The same bytes a second time are answered 409."
    ),
    "parameters": [KEY, OpenApiParameter("name", str, description="A name for the file, shown in lists")],
    "request": {
        CSV_TYPE: {"type": "string", "description": "The header exact, then a line for each consignment"},
        XLSX_TYPE: {"type": "string", "format": "binary"},
        "application/json": object_of({"upload_id": {"type": "string", "format": "uuid"}}),
    },
    "responses": {202: OpenApiResponse(FILE, description="Taken in; its lines are being filed")}
    | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [
        OpenApiExample("One consignment", value=_SAMPLE, request_only=True, media_type=CSV_TYPE),
        OpenApiExample("A workbook", value="(the bytes of the workbook)", request_only=True, media_type=XLSX_TYPE),
        OpenApiExample("A complete upload", value={"upload_id": _ID}, request_only=True, media_type="application/json"),
        _sent("The receipt", FILE_EXAMPLE | {"state": "RECEIVED", "lodged": 0, "failed": 0, "waiting": 10_000}, 202),
    ],
}
LIST: Json = {
    "operation_id": "bulk_files_list",
    "summary": "Your files of low value, newest first",
    "parameters": [CURSOR, SIZE],
    "responses": {
        200: OpenApiResponse(
            object_of({"files": {"type": "array", "items": FILE}, "next_cursor": STRING}), description="A page"
        )
    }
    | problems(400, 403),
    "examples": [_sent("A page", {"files": [FILE_EXAMPLE], "next_cursor": ""})],
}
READ: Json = {
    "operation_id": "bulk_files_read",
    "summary": "How far a file has come",
    "parameters": [FILE_ID],
    "responses": {200: OpenApiResponse(FILE, description="It")} | problems(403, 404),
    "examples": [_sent("Being filed", FILE_EXAMPLE)],
}
LINES: Json = {
    "operation_id": "bulk_files_lines",
    "summary": "What became of the lines of a file",
    "parameters": [
        FILE_ID,
        OpenApiParameter("state", str, enum=["lodged", "failed"], description="Only these lines"),
        CURSOR,
        SIZE,
    ],
    "responses": {
        200: OpenApiResponse(
            object_of({"lines": {"type": "array", "items": LINE}, "next_cursor": STRING}), description="A page"
        )
    }
    | problems(400, 403, 404),
    "examples": [_sent("A failed line", LINES_EXAMPLE)],
}
