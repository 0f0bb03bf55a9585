"""What the description of the API says of changes: parameters, answers and examples."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from declarations.openapi import ID, KEY, MESSAGE_EXAMPLE, PREFIX, XML_EXAMPLE
from declarations.states import ChangeState, LegalState
from singlewindow.api.openapi import INSTANT, STRING, object_of, problems

Json = dict[str, Any]
_ID = "01998877-2b2b-7a6b-8f4e-7a1c2d3e4f50"
INTEGER: Json = {"type": "integer"}
MAYBE: Json = {"type": ["string", "null"]}

IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of the declaration that you changed; 412 when it stands otherwise now. Or send `version`.",
)
NUMBER = OpenApiParameter("number", int, OpenApiParameter.PATH, description="Of the request, from 1")

OPERATION = object_of(
    {
        "op": {"type": "string", "enum": ["set", "add", "remove"]},
        "pointer": STRING | {"description": "JSON pointer into the canonical form"},
        "value": {"description": "The new value; none for remove"},
        "reason_code": STRING,
        "statement": STRING,
    },
    optional=("value", "reason_code", "statement"),
)
AMENDMENT = object_of(
    {
        "version": INTEGER | {"description": "The version that you changed, where there is no If-Match"},
        "reason": STRING,
        "reason_code": STRING,
        "reference": STRING | {"description": "Your own reference of the request"},
        "declaration": {"$ref": f"{PREFIX}DeclarationMessage"},
        "operations": {"type": "array", "items": OPERATION},
    },
    optional=("version", "reason_code", "reference", "declaration", "operations"),
)
INVALIDATION = object_of(
    {
        "version": INTEGER,
        "reason": STRING,
        "reason_code": STRING,
        "reference": STRING,
        "evidence": STRING | {"description": "After release: what shows that the goods came back"},
    },
    optional=("version", "reason_code", "reference", "evidence"),
)
LINE = object_of(
    {"pointer": STRING, "element": STRING, "before": {"description": "Absent when added"}, "after": {}},
    optional=("before", "after"),
)
MONEY = object_of({"before": MAYBE, "after": MAYBE, "delta": MAYBE, "currency": STRING})
CHANGE = object_of(
    {
        "number": INTEGER,
        "kind": {"type": "string", "enum": ["amend", "invalidate", "correct"]},
        "state": {"type": "string", "enum": [state.value for state in ChangeState]},
        "stage": {"type": "string", "enum": [state.value for state in LegalState]},
        "base_version": INTEGER,
        "granted_version": {"type": ["integer", "null"]},
        "reference": STRING,
        "reason_code": STRING,
        "reason": STRING,
        "evidence": STRING,
        "rule": STRING | {"description": "The rule that says who decides (docs/rules/changes.md)"},
        "voluntary": {"type": "boolean"},
        "requested_by": {"type": "string", "enum": ["declarant", "customs"]},
        "requested_at": INSTANT,
        "deadline": INSTANT,
        "decided_by": MAYBE,
        "decided_at": INSTANT,
        "decision_reason": STRING,
        "difference": {"type": "array", "items": LINE},
        "money": {"anyOf": [MONEY, {"type": "null"}]},
        "links": {"type": "object"},
    }
)
CHANGES = object_of({"changes": {"type": "array", "items": CHANGE}})

GRANTED_EXAMPLE: Json = {
    "number": 1,
    "kind": "amend",
    "state": "GRANTED",
    "stage": "ACCEPTED",
    "base_version": 1,
    "granted_version": 2,
    "reference": "",
    "reason_code": "32",
    "reason": "The invoice named another price.",
    "evidence": "",
    "rule": "CH-STG-02",
    "voluntary": False,
    "requested_by": "declarant",
    "requested_at": "2026-11-22T10:20:00Z",
    "deadline": None,
    "decided_by": "window",
    "decided_at": "2026-11-22T10:20:00Z",
    "decision_reason": "Granted at once: no check was announced.",
    "difference": [
        {"pointer": "/items/0/price/amount", "element": "Price", "before": "385", "after": "410"},
        {"pointer": "/invoice_total/amount", "element": "Invoice total", "before": "385", "after": "410"},
    ],
    "money": {"before": "120.40", "after": "127.15", "delta": "6.75", "currency": "EUR"},
    "links": {
        "self": f"/api/v1/declarations/{_ID}/changes/1",
        "declaration": f"/api/v1/declarations/{_ID}",
    },
}
INVALIDATED_EXAMPLE: Json = GRANTED_EXAMPLE | {
    "kind": "invalidate",
    "stage": "REGISTERED",
    "granted_version": None,
    "reason_code": "1",
    "reason": "Lodged twice.",
    "rule": "CH-INV-01",
    "difference": [],
    "money": {"before": "120.40", "after": "0.00", "delta": "-120.40", "currency": "EUR"},
}
WITHDRAWN_EXAMPLE: Json = GRANTED_EXAMPLE | {
    "state": "WITHDRAWN",
    "stage": "CLEARED",
    "granted_version": None,
    "rule": "CH-STG-04",
    "voluntary": True,
    "deadline": "2026-11-27T10:20:00Z",
    "decided_by": "declarant",
    "decision_reason": "",
}


def _sent(name: str, value: Any, status: int = 200) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)])


AMEND: Json = {
    "operation_id": "declarations_amend",
    "summary": "Ask for an amendment",
    "description": (
        "Send the whole new content, or operations on the present one, and why. Before any check is announced it is "
        "granted at once and gives a new version; after that it is refused and kept as disclosed after notice "
        "(state DISCLOSED); after release an officer decides (state REQUESTED). The answer says which."
    ),
    "parameters": [
        ID,
        KEY,
        IF_MATCH,
        OpenApiParameter("reason", str, description="With XML only: why"),
        OpenApiParameter("reason_code", str, description="With XML only"),
        OpenApiParameter("version", int, description="With XML only, where there is no If-Match"),
    ],
    "request": {
        "application/json": AMENDMENT,
        "application/xml": {"type": "string", "description": "A WCO Declaration document with the whole new content"},
    },
    "responses": {201: OpenApiResponse(CHANGE, description="The request, decided where no officer is needed")}
    | problems(400, 403, 404, 409, 412, 413, 415, 422),
    "examples": [
        OpenApiExample(
            "One field",
            value={
                "version": 1,
                "reason": "The invoice named another price.",
                "reason_code": "32",
                "operations": [
                    {"op": "set", "pointer": "/items/0/price/amount", "value": "410"},
                    {"op": "set", "pointer": "/invoice_total/amount", "value": "410"},
                ],
            },
            request_only=True,
            media_type="application/json",
        ),
        OpenApiExample(
            "The whole content",
            value={"version": 1, "reason": "Several fields were wrong.", "declaration": MESSAGE_EXAMPLE},
            request_only=True,
            media_type="application/json",
        ),
        OpenApiExample(
            "The beginning of a message", value=XML_EXAMPLE, request_only=True, media_type="application/xml"
        ),
        _sent("Granted", GRANTED_EXAMPLE, 201),
    ],
}
INVALIDATE: Json = {
    "operation_id": "declarations_invalidate",
    "summary": "Ask for an invalidation",
    "description": (
        "Before acceptance, and afterwards while no check is announced, it is granted at once; under check, and within "
        "the days of the profile after release with evidence that the goods came back, an officer decides. All that "
        "was reserved, paid or held comes back in the same moment."
    ),
    "parameters": [ID, KEY, IF_MATCH],
    "request": {"application/json": INVALIDATION},
    "responses": {201: OpenApiResponse(CHANGE, description="The request, decided where no officer is needed")}
    | problems(400, 403, 404, 409, 412, 413, 415, 422),
    "examples": [
        OpenApiExample(
            "Lodged twice", value={"version": 1, "reason": "Lodged twice.", "reason_code": "1"}, request_only=True
        ),
        _sent("Granted", INVALIDATED_EXAMPLE, 201),
    ],
}
LIST: Json = {
    "operation_id": "declarations_changes",
    "summary": "Every request about a declaration, newest first",
    "parameters": [ID],
    "responses": {200: OpenApiResponse(CHANGES, description="The requests")} | problems(400, 403, 404),
    "examples": [_sent("One, granted", {"changes": [GRANTED_EXAMPLE]})],
}
READ: Json = {
    "operation_id": "declarations_change",
    "summary": "One request with its decision",
    "parameters": [ID, NUMBER],
    "responses": {200: OpenApiResponse(CHANGE, description="The request")} | problems(403, 404),
    "examples": [_sent("Granted", GRANTED_EXAMPLE)],
}
WITHDRAW: Json = {
    "operation_id": "declarations_change_withdraw",
    "summary": "Take back a request that was not decided yet",
    "parameters": [ID, NUMBER, KEY],
    "request": {"application/json": object_of({"reason": STRING}, optional=("reason",))},
    "responses": {200: OpenApiResponse(CHANGE, description="The request, withdrawn")}
    | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [
        OpenApiExample("Without a reason", value={}, request_only=True),
        _sent("Withdrawn", WITHDRAWN_EXAMPLE),
    ],
}
