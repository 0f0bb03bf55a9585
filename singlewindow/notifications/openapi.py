"""What the description of the API says of notifications."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from singlewindow.api.openapi import STRING, object_of, problems

Json = dict[str, Any]
_ID = "01998877-3c3c-7a6b-8f4e-7a1c2d3e4f50"
NOTIFICATION = object_of(
    {
        "id": STRING | {"format": "uuid"},
        "type": STRING,
        "at": STRING | {"format": "date-time"},
        "subject": STRING,
        "function_code": {"type": ["string", "null"], "description": "As the CDS notifications use it; null: none"},
        "message": {"type": ["string", "null"], "description": "DMSACC, DMSTAX and so on"},
        "no_message_because": STRING,
        "declaration": {"type": "object"},
        "errors": {"type": "array", "items": {"type": "object"}},
        "statements": {"type": "array", "items": {"type": "object"}},
        "status": {"type": "array", "items": {"type": "object"}},
        "changed": {"type": "array", "items": STRING},
        "change_reason": STRING,
        "currency": STRING,
        "taxes": {"type": "array", "items": {"type": "object"}},
        "payments": {"type": "array", "items": {"type": "object"}},
        "data": {"type": "object", "description": "The event as the feed has it"},
        "links": {"type": "object"},
    },
    optional=(
        *("no_message_because", "declaration", "errors", "statements", "status", "changed", "change_reason"),
        *("currency", "taxes", "payments"),
    ),
)
PAGE = object_of(
    {"notifications": {"type": "array", "items": NOTIFICATION}, "cursor": STRING, "more": {"type": "boolean"}}
)
EXAMPLE: Json = {
    "id": _ID,
    "type": "assessed",
    "at": "2026-11-22T10:15:01Z",
    "subject": "01998877-2b2b-7a6b-8f4e-000000000001",
    "function_code": "13",
    "message": "DMSTAX",
    "declaration": {"mrn": "26ZZ010100000041R8", "lrn": "INV-2026-0815", "version": 1},
    "status": [{"code": "4"}],
    "currency": "EUR",
    "taxes": [{"item": 1, "type": "A00", "base": "427", "rate": "2.7", "amount": "11.53"}],
    "payments": [{"amount": "101.20", "assessed": "101.20"}],
    "data": {"mrn": "26ZZ010100000041R8", "kind": "assessment", "total": "101.20", "currency": "EUR"},
    "links": {"self": f"/api/v1/notifications/{_ID}", "xml": f"/api/v1/notifications/{_ID}?format=xml"},
}
XML_EXAMPLE = """\
<md:MetaData xmlns:md="urn:wco:datamodel:WCO:DocumentMetaData-DMS:2" xmlns:resp="urn:wco:datamodel:WCO:RES-DMS:2">
  <md:WCOTypeName>RES</md:WCOTypeName>
  <resp:Response><resp:FunctionCode>13</resp:FunctionCode></resp:Response>
</md:MetaData>
"""
CUSRES_EXAMPLE = """\
UNB+UNOC:3+CUSTOMS+ZZIMP0001+261122:1015+7F3K2M9Q0RSTUV'
UNH+1+CUSRES:D:24A:UN'
BGM+961+26ZZ010100000041R8:1+11+AP'
DTM+137:20261122101501UTC:304'
GEI+5+4'
GEI+5+08:DMS:ZZZ:DMSROG'
RFF+ABT:26ZZ010100000041R8'
RFF+ABE:INV-2026-0815'
UNT+8+1'
UNZ+1+7F3K2M9Q0RSTUV'
"""
LIST: Json = {
    "operation_id": "notifications_list",
    "summary": "What your organisation was told, oldest first",
    "description": "The feed with the meaning of each event in fields. Cursors are those of `/api/v1/events`.",
    "parameters": [
        OpenApiParameter("cursor", str, description="Where to go on from; leave out to begin at the beginning"),
        OpenApiParameter("page_size", int, description="1 to 200, 50 without it"),
    ],
    "responses": {200: OpenApiResponse(PAGE, description="A page")} | problems(400, 403, 404, 410),
    "examples": [
        OpenApiExample("A tax liability", value={"notifications": [EXAMPLE], "cursor": "Wzc4MywxMl0", "more": False})
    ],
}
READ: Json = {
    "operation_id": "notifications_read",
    "summary": "One notification, as JSON, as XML of the WCO or as CUSRES",
    "description": (
        "Send `Accept: application/xml`, or add `?format=xml`, for the response of the WCO (RES-DMS 2); "
        "`application/edifact` or `?format=edifact` for CUSRES."
    ),
    "parameters": [
        OpenApiParameter("event_id", str, OpenApiParameter.PATH, description="The id of the event (a UUID)"),
        OpenApiParameter("format", str, description="`json`, `xml` or `edifact`, whatever Accept says"),
    ],
    "responses": {
        (200, "application/json"): OpenApiResponse(NOTIFICATION, description="The notification"),
        (200, "application/xml"): OpenApiResponse({"type": "string"}, description="The response of the WCO"),
        (200, "application/edifact"): OpenApiResponse({"type": "string"}, description="CUSRES of D.24A"),
    }
    | problems(400, 403, 404, 406),
    "examples": [
        OpenApiExample("A tax liability", value=EXAMPLE, response_only=True, media_type="application/json"),
        OpenApiExample("As CUSRES", value=CUSRES_EXAMPLE, response_only=True, media_type="application/edifact"),
        OpenApiExample("As XML", value=XML_EXAMPLE, response_only=True, media_type="application/xml"),
    ],
}
