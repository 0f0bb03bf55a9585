"""What the description of the API says of queries, and of the documents of a declaration."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from singlewindow.api.openapi import INSTANT, STRING, object_of, problems
from singlewindow.documents.openapi import DOCUMENT, EXAMPLE, KEY, LINK, LINK_EXAMPLE

Json = dict[str, Any]

ID = OpenApiParameter("declaration_id", str, OpenApiParameter.PATH, description="The id from the receipt (a UUID)")
NUMBER = OpenApiParameter("number", int, OpenApiParameter.PATH, description="The query's number in the thread, from 1")
_LIST: Json = {"type": "array", "items": STRING}
_QUERY = object_of(
    {"number": {"type": "integer"}, "id": STRING, "question": STRING, "element": STRING}
    | {"documents_asked_for": _LIST, "asked_at": INSTANT, "deadline": INSTANT, "consequence": STRING}
    | {"lapsed_at": INSTANT, "answer": STRING, "answered_at": INSTANT, "documents": _LIST}
)
_ASKED: Json = {
    "number": 1,
    "id": "01998877-6e6e-7a6b-8f4e-7a1c2d3e4f50",
    "question": "The price of item 1 is far below that of like goods. Send the invoice.",
    "element": "/items/0/price",
    "documents_asked_for": ["N935"],
    "asked_at": "2026-11-22T11:00:00+00:00",
    "deadline": "2026-11-24T11:00:00+00:00",
    "consequence": "The value is fixed on what customs knows.",
    "lapsed_at": None,
    "answer": "",
    "answered_at": None,
    "documents": [],
}
_ANSWERED: Json = _ASKED | {
    "answer": "The invoice is attached; the goods are of last year's model.",
    "answered_at": "2026-11-22T13:30:00+00:00",
    "documents": [EXAMPLE["id"]],
}
_BOUND = {**DOCUMENT, "properties": DOCUMENT["properties"] | {"link": LINK}}

QUERIES: Json = {
    "operation_id": "queries_list",
    "summary": "Questions of customs about a declaration, and their answers",
    "description": "Each names the element, the documents asked for, the deadline and the consequence of silence.",
    "parameters": [ID],
    "responses": {200: OpenApiResponse(object_of({"queries": {"type": "array", "items": _QUERY}}))}
    | problems(403, 404),
    "examples": [OpenApiExample("One open question", value={"queries": [_ASKED]}, response_only=True)],
}
ANSWER: Json = {
    "operation_id": "queries_answer",
    "summary": "Answer a question in its thread, with documents of your shelf",
    "parameters": [ID, NUMBER, KEY],
    "request": {"application/json": object_of({"answer": STRING, "documents": _LIST}, optional=("documents",))},
    "responses": {201: OpenApiResponse(_QUERY, description="Answered; the check goes on")}
    | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [
        OpenApiExample(
            "With an invoice",
            value={"answer": "The invoice is attached.", "documents": [EXAMPLE["id"]]},
            request_only=True,
        ),
        OpenApiExample("Answered", value=_ANSWERED, response_only=True),
    ],
}
DOCUMENTS: Json = {
    "operation_id": "declaration_documents_list",
    "summary": "Documents that are bound to a declaration",
    "parameters": [ID],
    "responses": {200: OpenApiResponse(object_of({"documents": {"type": "array", "items": _BOUND}}))}
    | problems(403, 404),
    "examples": [
        OpenApiExample("An invoice", value={"documents": [EXAMPLE | {"link": LINK_EXAMPLE}]}, response_only=True)
    ],
}
BIND: Json = {
    "operation_id": "declaration_documents_bind",
    "summary": "Bind a document of your shelf to a declaration",
    "description": "Not needed where the declaration names the document by code and number: it is found by itself.",
    "parameters": [ID, KEY],
    "request": {
        "application/json": object_of(
            {"document_id": STRING, "item": {"type": "integer", "description": "0 is the whole declaration"}},
            optional=("item",),
        )
    },
    "responses": {201: OpenApiResponse(DOCUMENT, description="Bound")} | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [
        OpenApiExample("To item 1", value={"document_id": EXAMPLE["id"], "item": 1}, request_only=True),
        OpenApiExample("Bound", value=EXAMPLE, response_only=True),
    ],
}
_OUTCOME = object_of(
    {"code": STRING, "outcome": {"type": "string", "enum": ["asked", "excepted", "holder_asked"]}, "holder": STRING}
)
REQUEST: Json = {
    "operation_id": "document_requests_create",
    "summary": "Ask for documents or elements, as a body of the border",
    "description": (
        "Refused with 409 `ALREADY_HELD` and the source where the window holds it, and with `NOT_ASKED_FOR` where the "
        "profile exempts it, unless a published exception is named. Where another body holds the original, that body "
        "is asked. Needs the scope `requests`."
    ),
    "parameters": [ID, KEY],
    "request": {
        "application/json": object_of(
            {"codes": _LIST, "exception": STRING, "consequence": STRING, "hours": {"type": "integer"}},
            optional=("exception", "consequence", "hours"),
        )
    },
    "responses": {
        201: OpenApiResponse(
            object_of(
                dict.fromkeys(("mrn", "agency", "consequence"), STRING)
                | {"deadline": INSTANT, "asked": {"type": "array", "items": _OUTCOME}}
            )
        )
    }
    | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [
        OpenApiExample(
            "A transport document",
            value={"codes": ["N705"], "consequence": "The goods are examined.", "hours": 48},
            request_only=True,
        ),
        OpenApiExample(
            "Asked",
            value={
                "mrn": "26ZZ010100000041R8",
                "agency": "PHY",
                "consequence": "The goods are examined.",
                "deadline": "2026-11-24T11:00:00+00:00",
                "asked": [{"code": "N705", "outcome": "asked", "holder": ""}],
            },
            response_only=True,
        ),
    ],
}
