"""What the description of the API says of declarations: parameters, answers, examples, and the message itself."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from declarations.schemas import DeclarationMessage
from declarations.states import GoodsState, LegalState

Json = dict[str, Any]
PREFIX = "#/components/schemas/"

KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="A new UUID for each new request, the same one when a request is repeated.",
)
ID = OpenApiParameter("declaration_id", str, OpenApiParameter.PATH, description="The id from the receipt (a UUID)")
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag you hold; 304 when nothing has changed."
)

MESSAGE_EXAMPLE: Json = {
    "schema_version": "1",
    "lrn": "INV-2026-0815",
    "type_code": "IMA",
    "office": "ZZ000101",
    "item_count": 1,
    "total_packages": 10,
    "total_gross_mass_kg": "52",
    "invoice_total": {"amount": "385", "currency": "EUR"},
    "declarant": {"id": "ZZIMP0001"},
    "importer": {"id": "ZZIMP0001"},
    "exporter": {
        "name": "Guangdong Home Appliance Co",
        "address": {"line": "18 Harbour Road", "city": "Guangzhou", "postcode": "510000", "country": "CN"},
    },
    "transport": {"border_mode": "1", "border_id": "9074729", "border_id_type": "10", "border_nationality": "PA"},
    "equipment": [{"sequence": 1, "id": "CSQU3054383"}],
    "export_country": "CN",
    "destination_country": "ZZ",
    "delivery_terms": {"incoterm": "FOB", "location_name": "Guangzhou"},
    "valuation": {"freight": {"amount": "42", "currency": "EUR"}},
    "items": [
        {
            "number": 1,
            "description": "Electric coffee makers for household use",
            "commodity_code": "8516710000",
            "origin": "CN",
            "procedure": "4000",
            "gross_mass_kg": "52",
            "net_mass_kg": "42",
            "supplementary_quantity": {"quantity": "10", "unit": "NAR"},
            "price": {"amount": "385", "currency": "EUR"},
            "packages": [{"sequence": 1, "type": "CT", "count": 10, "marks": "LOT 1"}],
            "documents": [{"code": "N935", "id": "INV 0815"}],
        }
    ],
}
_ID = "01998877-2b2b-7a6b-8f4e-7a1c2d3e4f50"
_LINKS = {
    "self": f"/api/v1/declarations/{_ID}",
    "presentation": f"/api/v1/declarations/{_ID}/presentation",
    "timeline": f"/api/v1/declarations/{_ID}/timeline",
}
RECEIPT_EXAMPLE: Json = {
    "id": _ID,
    "mrn": "26ZZ010100000041R8",
    "lrn": "INV-2026-0815",
    "version": 1,
    "legal_state": "REGISTERED",
    "goods_state": "PRESENTED",
    "canonical_sha256": "2f1d0b2c2a7d4e1b8a9f3c6d5e4f7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f",
    "lodged_at": "2026-11-22T10:15:00Z",
    "expires_at": None,
    "warnings": [],
    "links": _LINKS,
}

_STRING: Json = {"type": "string"}
_INSTANT: Json = {"type": ["string", "null"], "format": "date-time"}
_STATES: Json = {
    "legal_state": {"type": "string", "enum": [state.value for state in LegalState]},
    "goods_state": {"type": "string", "enum": [state.value for state in GoodsState]},
}


def _object(properties: Json, *, optional: tuple[str, ...] = ()) -> Json:
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


_NAMES: Json = {"id": {"type": "string", "format": "uuid"}, "mrn": _STRING, "lrn": _STRING}
_WARNING = _object(dict.fromkeys(("code", "pointer", "message", "remedy"), _STRING), optional=("pointer", "remedy"))
_COMMON = _NAMES | {"version": {"type": "integer"}} | _STATES | {"canonical_sha256": _STRING, "lodged_at": _INSTANT}
RECEIPT = _object(
    _COMMON | {"expires_at": _INSTANT, "warnings": {"type": "array", "items": _WARNING}, "links": {"type": "object"}}
)
_STANDING_FIELDS = _COMMON | {
    "direction": {"type": "string", "enum": ["import", "export"]},
    "presented_at": _INSTANT,
    "accepted_at": _INSTANT,
    "released_at": _INSTANT,
    "expires_at": _INSTANT,
    "links": {"type": "object"},
}
STANDING = _object(_STANDING_FIELDS)
WHOLE = _object(_STANDING_FIELDS | {"declaration": {"$ref": f"{PREFIX}DeclarationMessage"}})
ROW = _object(
    _NAMES
    | {"direction": _STRING, "type_code": _STRING}
    | _STATES
    | {
        "lodged_by": _STRING,
        "item_count": {"type": "integer"},
        "lodged_at": _INSTANT,
        "released_at": _INSTANT,
        "links": {"type": "object"},
    }
)
PAGE = _object({"declarations": {"type": "array", "items": ROW}, "next_cursor": _STRING})
STEP = _object(
    {"at": _INSTANT, "code": _STRING, "sentence": _STRING, "who": _STRING, "reason": _STRING}, optional=("reason",)
)
HISTORY = _object({"steps": {"type": "array", "items": STEP}, "next_step": _STRING})
PROBLEM = _object(
    {
        "type": _STRING,
        "title": _STRING,
        "status": {"type": "integer"},
        "detail": _STRING,
        "code": _STRING,
        "instance": _STRING,
        "errors": {
            "type": "array",
            "items": _object(
                dict.fromkeys(("code", "pointer", "message", "remedy", "value", "source"), _STRING),
                optional=("remedy", "value", "source"),
            ),
        },
    },
    optional=("errors",),
)


def _answers(good: dict[Any, Any], *problems: int) -> dict[Any, Any]:
    refused: dict[Any, Any] = {
        (status, "application/problem+json"): OpenApiResponse(PROBLEM, description=_WHY[status]) for status in problems
    }
    return good | refused


_WHY = {
    400: "The message cannot be read",
    401: "No valid access token",
    403: "Not allowed, or no mandate in force",
    404: "No such declaration for you",
    409: "The state, or an earlier lodgement with the same LRN, stands against it",
    413: "The message is too large",
    415: "Another content type than those named",
    422: "One or more rules are broken; all of them are listed",
}

LODGE: Json = {
    "operation_id": "declarations_lodge",
    "summary": "Lodge a declaration",
    "description": (
        "Send the declaration as JSON, or a WCO declaration message (as CDS uses it) as XML. The answer is the receipt "
        "with the MRN; assessment, checks and release follow, and each step is told in the event feed. "
        "Type codes ending in D, E, F or K are lodged before the goods arrive: present them later."
    ),
    "parameters": [KEY],
    "request": {
        "application/json": {"$ref": f"{PREFIX}DeclarationMessage"},
        "application/xml": {"type": "string", "description": "A WCO Declaration document"},
    },
    "responses": _answers(
        {201: OpenApiResponse(RECEIPT, description="Registered; the receipt")}, 400, 401, 403, 409, 413, 415, 422
    ),
    "examples": [
        OpenApiExample(
            "An import of one item", value=MESSAGE_EXAMPLE, request_only=True, media_type="application/json"
        ),
        OpenApiExample("The receipt", value=RECEIPT_EXAMPLE, response_only=True, status_codes=["201"]),
    ],
}
LIST: Json = {
    "operation_id": "declarations_list",
    "summary": "Your declarations, newest first",
    "parameters": [
        OpenApiParameter("legal_state", str, description="One or more states, separated by commas"),
        OpenApiParameter("goods_state", str, description="One or more states, separated by commas"),
        OpenApiParameter("direction", str, enum=["import", "export"]),
        OpenApiParameter("q", str, description="An MRN, the beginning of an LRN, or a container number"),
        OpenApiParameter("cursor", str, description="`next_cursor` of the page before"),
        OpenApiParameter("page_size", int, description="1 to 200, 50 without it"),
    ],
    "responses": _answers({200: OpenApiResponse(PAGE, description="A page")}, 400, 401, 403),
}
READ: Json = {
    "operation_id": "declarations_read",
    "summary": "One declaration with its content",
    "parameters": [ID, IF_NONE_MATCH],
    "responses": _answers(
        {200: OpenApiResponse(WHOLE, description="It"), 304: OpenApiResponse(description="Not changed")}, 401, 403, 404
    ),
}
PRESENT: Json = {
    "operation_id": "declarations_present",
    "summary": "Present the goods",
    "description": "Say that the goods of a declaration that was lodged before arrival are here.",
    "parameters": [ID, KEY],
    "request": {
        "application/json": {
            "type": "object",
            "properties": {"presented_at": {"type": "string", "format": "date-time"}},
            "additionalProperties": False,
        }
    },
    "responses": _answers(
        {200: OpenApiResponse(STANDING, description="Where it stands now")}, 400, 401, 403, 404, 409, 415, 422
    ),
    "examples": [
        OpenApiExample("Now", value={}, request_only=True),
        OpenApiExample("Earlier today", value={"presented_at": "2026-11-22T09:40:00Z"}, request_only=True),
    ],
}
TIMELINE: Json = {
    "operation_id": "declarations_timeline",
    "summary": "What happened, by whom, when, and what comes next",
    "parameters": [ID],
    "responses": _answers({200: OpenApiResponse(HISTORY, description="The history")}, 401, 403, 404),
}


def message_schema_add(result: Json, **_: Any) -> Json:
    """Add the message and its parts to the description's components (a hook of drf-spectacular)."""
    schema = DeclarationMessage.model_json_schema(ref_template=PREFIX + "{model}")
    parts = schema.pop("$defs", {})
    result.setdefault("components", {}).setdefault("schemas", {}).update({**parts, "DeclarationMessage": schema})
    return result
