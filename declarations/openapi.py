"""What the description of the API says of declarations: parameters, answers, examples, and the message itself."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from declarations.schemas import DeclarationMessage
from declarations.states import GoodsState, LegalState
from singlewindow.api.openapi import INSTANT, STRING, object_of, problems

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

_STATES: Json = {
    "legal_state": {"type": "string", "enum": [state.value for state in LegalState]},
    "goods_state": {"type": "string", "enum": [state.value for state in GoodsState]},
}


_NAMES: Json = {"id": {"type": "string", "format": "uuid"}, "mrn": STRING, "lrn": STRING}
_WARNING = object_of(dict.fromkeys(("code", "pointer", "message", "remedy"), STRING), optional=("pointer", "remedy"))
_COMMON = _NAMES | {"version": {"type": "integer"}} | _STATES | {"canonical_sha256": STRING, "lodged_at": INSTANT}
RECEIPT = object_of(
    _COMMON | {"expires_at": INSTANT, "warnings": {"type": "array", "items": _WARNING}, "links": {"type": "object"}}
)
_STANDING_FIELDS = _COMMON | {
    "direction": {"type": "string", "enum": ["import", "export"]},
    "presented_at": INSTANT,
    "accepted_at": INSTANT,
    "released_at": INSTANT,
    "expires_at": INSTANT,
    "links": {"type": "object"},
}
STANDING = object_of(_STANDING_FIELDS)
WHOLE = object_of(_STANDING_FIELDS | {"declaration": {"$ref": f"{PREFIX}DeclarationMessage"}})
ROW = object_of(
    _NAMES
    | {"direction": STRING, "type_code": STRING}
    | _STATES
    | {
        "lodged_by": STRING,
        "item_count": {"type": "integer"},
        "lodged_at": INSTANT,
        "released_at": INSTANT,
        "links": {"type": "object"},
    }
)
PAGE = object_of({"declarations": {"type": "array", "items": ROW}, "next_cursor": STRING})
STEP = object_of(
    {"at": INSTANT, "code": STRING, "sentence": STRING, "who": STRING, "reason": STRING}, optional=("reason",)
)
HISTORY = object_of({"steps": {"type": "array", "items": STEP}, "next_step": STRING})

STANDING_EXAMPLE: Json = {
    **{name: value for name, value in RECEIPT_EXAMPLE.items() if name != "warnings"},
    "direction": "import",
    "presented_at": "2026-11-22T10:15:00Z",
    "accepted_at": None,
    "released_at": None,
}
PAGE_EXAMPLE: Json = {
    "declarations": [
        {
            "id": _ID,
            "mrn": RECEIPT_EXAMPLE["mrn"],
            "lrn": "INV-2026-0815",
            "direction": "import",
            "type_code": "IMA",
            "legal_state": "CLEARED",
            "goods_state": "RELEASABLE",
            "lodged_by": "Amari Foods Ltd",
            "item_count": 1,
            "lodged_at": "2026-11-22T10:15:00Z",
            "released_at": "2026-11-22T10:15:01Z",
            "links": {"self": _LINKS["self"]},
        }
    ],
    "next_cursor": "",
}
HISTORY_EXAMPLE: Json = {
    "steps": [
        {
            "at": "2026-11-22T10:15:00Z",
            "code": "declaration.registered",
            "sentence": "It passed every check and was given its MRN.",
            "who": "Single window",
        }
    ],
    "next_step": "The decision on release comes next. You are told if anything is needed from you.",
}
XML_EXAMPLE = """\
<md:MetaData xmlns:md="urn:wco:datamodel:WCO:DocumentMetaData-DMS:2">
  <md:WCODataModelVersionCode>3.6</md:WCODataModelVersionCode>
  <md:WCOTypeName>DEC</md:WCOTypeName>
  <Declaration xmlns="urn:wco:datamodel:WCO:DEC-DMS:2">
    <FunctionCode>9</FunctionCode>
    <FunctionalReferenceID>INV-2026-0815</FunctionalReferenceID>
    <TypeCode>IMA</TypeCode>
    <!-- and so on, as in the WCO Data Model; docs/messages.md tells what is read -->
  </Declaration>
</md:MetaData>
"""


def _sent(name: str, value: Any, status: int = 200) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)])


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
    "responses": {201: OpenApiResponse(RECEIPT, description="Registered; the receipt")}
    | problems(400, 403, 409, 413, 415, 422),
    "examples": [
        OpenApiExample(
            "An import of one item", value=MESSAGE_EXAMPLE, request_only=True, media_type="application/json"
        ),
        OpenApiExample(
            "The beginning of a message", value=XML_EXAMPLE, request_only=True, media_type="application/xml"
        ),
        _sent("The receipt", RECEIPT_EXAMPLE, 201),
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
    "responses": {200: OpenApiResponse(PAGE, description="A page")} | problems(400, 403),
    "examples": [_sent("A page", PAGE_EXAMPLE)],
}
READ: Json = {
    "operation_id": "declarations_read",
    "summary": "One declaration with its content",
    "description": "With `Accept: application/xml` the content alone, as WCO XML (DEC-DMS 2).",
    "parameters": [ID, IF_NONE_MATCH],
    "responses": {200: OpenApiResponse(WHOLE, description="It"), 304: OpenApiResponse(description="Not changed")}
    | problems(403, 404),
    "examples": [_sent("Registered", STANDING_EXAMPLE | {"declaration": MESSAGE_EXAMPLE})],
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
    "responses": {200: OpenApiResponse(STANDING, description="Where it stands now")}
    | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [
        OpenApiExample("Now", value={}, request_only=True),
        OpenApiExample("Earlier today", value={"presented_at": "2026-11-22T09:40:00Z"}, request_only=True),
        _sent("Presented", STANDING_EXAMPLE),
    ],
}
TIMELINE: Json = {
    "operation_id": "declarations_timeline",
    "summary": "What happened, by whom, when, and what comes next",
    "parameters": [ID],
    "responses": {200: OpenApiResponse(HISTORY, description="The history")} | problems(403, 404),
    "examples": [_sent("Registered", HISTORY_EXAMPLE)],
}


def message_schema_add(result: Json, **_: Any) -> Json:
    """Add the message and its parts to the description's components (a hook of drf-spectacular)."""
    schema = DeclarationMessage.model_json_schema(ref_template=PREFIX + "{model}")
    parts = schema.pop("$defs", {})
    result.setdefault("components", {}).setdefault("schemas", {}).update({**parts, "DeclarationMessage": schema})
    return result
