"""What the description of the API says of guarantees."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from singlewindow.api.openapi import STRING, object_of, problems
from singlewindow.guarantees.states import GuaranteeState

Json = dict[str, Any]

ID = OpenApiParameter("guarantee_id", str, OpenApiParameter.PATH, description="The id from the list (a UUID)")
_LIST: Json = {"type": "array", "items": STRING}
EXAMPLE: Json = {
    "id": "01998877-3c3c-7a6b-8f4e-7a1c2d3e4f51",
    "grn": "26ZZG000000000019",
    "type": "1",
    "state": "ACTIVE",
    "holder": "ZZIMP0001",
    "guarantor": "Bank of Kivana",
    "currency": "EUR",
    "reference_amount": "50000.00",
    "level": 100,
    "guaranteed": "50000.00",
    "limit": "50000.00",
    "used": "1240.50",
    "available": "48759.50",
    "valid_from": "2026-01-01",
    "valid_to": None,
    "ends_on": None,
    "offices": [],
    "countries_excluded": [],
    "commodities": [],
    "sensitive_excluded": ["2402"],
}
ENTRY_EXAMPLE: Json = {
    "kind": "RESERVE",
    "purpose": "debt",
    "declaration": "01998877-0a0a-7a6b-8f4e-7a1c2d3e4f50",
    "amount": "1240.50",
    "used_after": "1240.50",
    "at": "2026-11-23T09:10:00+00:00",
}
_DAY: Json = {"type": ["string", "null"], "format": "date"}
GUARANTEE: Json = object_of(
    dict.fromkeys(
        (
            *("id", "grn", "type", "state", "holder", "guarantor", "currency", "reference_amount", "guaranteed"),
            *("limit", "used", "available", "valid_from"),
        ),
        STRING,
    )
    | {"level": {"type": "integer"}, "valid_to": _DAY, "ends_on": _DAY, "offices": _LIST}
    | {"countries_excluded": _LIST, "commodities": _LIST, "sensitive_excluded": _LIST}
)
ENTRY: Json = object_of(dict.fromkeys(ENTRY_EXAMPLE, STRING))
ONE: Json = {
    **GUARANTEE,
    "properties": GUARANTEE["properties"]
    | {"entries": {"type": "array", "items": ENTRY, "description": "Newest first"}, "next_cursor": STRING},
}

LIST: Json = {
    "operation_id": "guarantees_list",
    "summary": "Guarantees of your organisation, with what is left of them, newest first",
    "description": "A declaration names a guarantee by its `grn` and proves with its access code that it may.",
    "parameters": [
        OpenApiParameter("cursor", str, description="`next_cursor` of the page before"),
        OpenApiParameter("page_size", int, description="1 to 200, 50 without it"),
        OpenApiParameter("state", str, enum=[state.value for state in GuaranteeState]),
        OpenApiParameter("q", str, description="Beginning of the GRN"),
    ],
    "responses": {
        200: OpenApiResponse(
            object_of({"guarantees": {"type": "array", "items": GUARANTEE}, "next_cursor": STRING}),
            description="A page",
        )
    }
    | problems(400, 403),
    "examples": [
        OpenApiExample(
            "A comprehensive guarantee", value={"guarantees": [EXAMPLE], "next_cursor": ""}, response_only=True
        )
    ],
}
GET: Json = {
    "operation_id": "guarantees_read",
    "summary": "One guarantee with its ledger: what was set aside, freed and taken, for which declaration",
    "parameters": [ID, OpenApiParameter("cursor", str, description="`next_cursor` of the page before")],
    "responses": {200: OpenApiResponse(ONE)} | problems(400, 403, 404),
    "examples": [
        OpenApiExample(
            "With one reservation",
            value=EXAMPLE | {"entries": [ENTRY_EXAMPLE], "next_cursor": ""},
            response_only=True,
        )
    ],
}
CHECK: Json = {
    "operation_id": "guarantees_code_check",
    "summary": "Is this access code the right one?",
    "description": "After five wrong codes of your organisation within half an hour no code is looked at any more.",
    "parameters": [ID],
    "request": {"application/json": object_of({"access_code": STRING})},
    "responses": {200: OpenApiResponse(object_of({"right": {"type": "boolean"}, "attempts_left": {"type": "integer"}}))}
    | problems(400, 403, 404, 413, 415, 422),
    "examples": [
        OpenApiExample("A code", value={"access_code": "Q7K2"}, request_only=True),
        OpenApiExample("It is right", value={"right": True, "attempts_left": 5}, response_only=True),
    ],
}
