"""What the description of the API says of disputes."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from singlewindow.api.openapi import INSTANT, STRING, object_of, problems
from singlewindow.documents.openapi import KEY

Json = dict[str, Any]

ID = OpenApiParameter("declaration_id", str, OpenApiParameter.PATH, description="The id from the receipt (a UUID)")
EXAMPLE: Json = {
    "id": "01998877-7f7f-7a6b-8f4e-7a1c2d3e4f50",
    "state": "OFFERED",
    "grounds": ["value"],
    "statement": "Like goods cost three times as much.",
    "law": "Customs Act 2020, section 30",
    "alternative": [{"item": 1, "price": "1155", "currency": "EUR"}],
    "currency": "EUR",
    "declared": "92.20",
    "alternative_total": "226.60",
    "security": "134.40",
    "fine": "0.00",
    "grn": "",
    "opened_at": "2026-11-23T09:10:00+00:00",
    "accepted_at": None,
    "ended_at": None,
    "outcome": "",
    "final": None,
}
_ALTERNATIVE: Json = object_of(
    {"item": {"type": "integer"}, "price": STRING, "currency": STRING, "origin": STRING, "commodity_code": STRING}
    | {"without_preference": {"type": "boolean"}},
    optional=("price", "currency", "origin", "commodity_code", "without_preference"),
)
_PROPERTIES: Json = (
    dict.fromkeys(("id", "state", "statement", "law", "currency", "declared", "alternative_total", "security"), STRING)
    | dict.fromkeys(("fine", "grn", "outcome"), STRING)
    | dict.fromkeys(("opened_at", "accepted_at", "ended_at"), INSTANT)
    | {"final": {"type": ["string", "null"]}, "grounds": {"type": "array", "items": STRING}}
    | {"alternative": {"type": "array", "items": _ALTERNATIVE}}
)
DISPUTE = object_of(_PROPERTIES)

DISPUTES: Json = {
    "operation_id": "disputes_list",
    "summary": "What customs disputes of a declaration, and what security it asks for",
    "description": "The security is never more than the duties, taxes and fees in dispute (TFA 7.3.3).",
    "parameters": [ID],
    "responses": {200: OpenApiResponse(object_of({"disputes": {"type": "array", "items": DISPUTE}}))}
    | problems(403, 404),
    "examples": [OpenApiExample("A value in dispute", value={"disputes": [EXAMPLE]}, response_only=True)],
}
ACCEPTANCE: Json = {
    "operation_id": "disputes_accept",
    "summary": "Give security for what is disputed; the goods leave when nothing else holds them",
    "description": "Without a `grn` the security is set aside in cash from the prepaid account.",
    "parameters": [ID, KEY],
    "request": {"application/json": object_of({"grn": STRING, "access_code": STRING}, optional=("grn", "access_code"))},
    "responses": {
        200: OpenApiResponse(
            object_of(_PROPERTIES | {"released": {"type": "boolean"}}), description="Security is given"
        )
    }
    | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [
        OpenApiExample("On a guarantee", value={"grn": "26ZZG000000000019", "access_code": "Q7K2"}, request_only=True),
        OpenApiExample(
            "Released",
            value=EXAMPLE
            | {"state": "SECURED", "grn": "26ZZG000000000019", "accepted_at": "2026-11-23T09:20:00+00:00"}
            | {"released": True},
            response_only=True,
        ),
    ],
}
