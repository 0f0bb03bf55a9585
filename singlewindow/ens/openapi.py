"""What the description of the API says of entry summary declarations."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from singlewindow.api.openapi import INSTANT, STRING, object_of, problems
from singlewindow.ens.messages.table import MESSAGES, NEW, Group, Leaf
from singlewindow.ens.states import EntryState, QuestionCode

Json = dict[str, Any]
STATES = [state.value for state in EntryState if state is not EntryState.PROPOSED]

KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="A new UUID for each new request, the same one when a request is repeated.",
)
ID = OpenApiParameter("entry_id", str, OpenApiParameter.PATH, description="The id from the receipt (a UUID)")
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag you hold; 304 when nothing has changed."
)
ACCEPT = OpenApiParameter(
    "Accept", str, OpenApiParameter.HEADER, description="application/xml: the answers of ICS instead of JSON"
)
_ID = "01998877-2b2b-7a6b-8f4e-7a1c2d3e4f50"
_LINKS = {"self": f"/api/v1/entry-summaries/{_ID}", "response": f"/api/v1/entry-summaries/{_ID}/response"}


def _schema(group: Group) -> Json:
    properties: Json = {}
    for part in group.parts:
        inner = STRING if isinstance(part, Leaf) else _schema(part)
        if isinstance(part, Leaf):
            inner = STRING | {"description": part.form.words}
        properties[part.to] = {"type": "array", "items": inner} if isinstance(part, Group) and part.many else inner
    return object_of(properties, optional=tuple(part.to for part in group.parts if not part.least))


_FIELDS = _schema(MESSAGES[NEW])
_FIELDS["properties"]["header"]["properties"]["mrn"] = STRING | {"description": "Instead of lrn, to amend"}
_FIELDS["properties"]["header"]["required"].remove("lrn")
ENTRY: Json = _FIELDS | {
    "properties": {
        "schema_version": STRING,
        "kind": {"type": "string", "enum": list(MESSAGES)},
        **_FIELDS["properties"],
    },
    "required": ["kind", *_FIELDS["required"]],
}

ENTRY_EXAMPLE: Json = {
    "schema_version": "1",
    "kind": "CC315A",
    "sender": "ZZBRK0001/1234567890",
    "prepared_on": "260301",
    "prepared_at": "0830",
    "message_id": "MSG-1",
    "message_type": "CC315A",
    "header": {
        "lrn": "ENS-0001",
        "transport_mode": "1",
        "transport_id": "9074729",
        "item_count": "1",
        "package_count": "10",
        "gross_mass_kg": "1200.5",
        "place": "AMARI",
        "conveyance_reference": "V123",
        "loading_place": "CNSHA",
        "unloading_place": "ZZAMA",
        "declared_at": "202603010830",
    },
    "consignor": {
        "name": "Shanghai Lamps",
        "street": "1 Harbour Road",
        "postcode": "200000",
        "city": "Shanghai",
        "country": "CN",
    },
    "consignee": {"id": "ZZIMP0001"},
    "items": [
        {
            "number": "1",
            "description": "Desk lamps of steel",
            "gross_mass_kg": "1200.5",
            "documents": [{"type": "N705", "reference": "MAEU123456789"}],
            "commodity": {"code": "940520"},
            "containers": [{"number": "CSQU3054383"}],
            "packages": [{"kind": "CT", "count": "10", "marks": "KITO 1-10"}],
        }
    ],
    "itinerary": [{"country": "CN"}, {"country": "ZZ"}],
    "lodger": {"id": "ZZBRK0001"},
    "first_entry": {"office": "ZZ000101", "expected_at": "202604011200"},
}
XML_EXAMPLE = """\
<ie:CC315A xmlns:ie="http://ics.dgtaxud.ec/CC315A">
  <MesSenMES3>ZZBRK0001/1234567890</MesSenMES3>
  <DatOfPreMES9>260301</DatOfPreMES9>
  <!-- and so on, as in the message guide of ICS; docs/messages.md tells what is read -->
</ie:CC315A>
"""
SUCCESS_EXAMPLE = """\
<SuccessResponse xmlns="http://www.hmrc.gov.uk/successresponse/2">
  <Message code="1">The declaration has the MRN 26ZZ010100000041L8; state: registered.</Message>
  <AcceptedTime>2026-03-01T08:30:05Z</AcceptedTime>
  <ResponseData>
    <ics:ICSResponseData xmlns:ics="http://www.govtalk.gov.uk/enforcement/ICS/responsedata/7">
      <ics:CorrelationId>MSG-1</ics:CorrelationId>
    </ics:ICSResponseData>
  </ResponseData>
</SuccessResponse>
"""
_STATE: Json = {"type": "string", "enum": STATES}
_NAMES: Json = {
    "id": {"type": "string", "format": "uuid"},
    "mrn": STRING,
    "lrn": STRING,
    "version": {"type": "integer"},
    "state": _STATE,
}
RECEIPT = object_of(
    _NAMES
    | {
        "canonical_sha256": STRING,
        "late": {"type": "boolean"},
        "lodged_at": INSTANT,
        "correlation_id": STRING,
        "links": {"type": "object"},
    }
)
RECEIPT_EXAMPLE: Json = {
    "id": _ID,
    "mrn": "26ZZ010100000041L8",
    "lrn": "ENS-0001",
    "version": 1,
    "state": "registered",
    "canonical_sha256": "2f1d0b2c2a7d4e1b8a9f3c6d5e4f7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f",
    "late": False,
    "lodged_at": "2026-03-01T08:30:05Z",
    "correlation_id": "MSG-1",
    "links": _LINKS,
}
_ROW_FIELDS: Json = _NAMES | {
    "transport_mode": {"type": "integer"},
    "office": STRING,
    "expected_at": INSTANT,
    "late": {"type": "boolean"},
    "lodged_at": INSTANT,
    "links": {"type": "object"},
}
ROW = object_of(_ROW_FIELDS)
ROW_EXAMPLE: Json = {
    "id": _ID,
    "mrn": "26ZZ010100000041L8",
    "lrn": "ENS-0001",
    "version": 1,
    "state": "information_requested",
    "transport_mode": 1,
    "office": "ZZ000101",
    "expected_at": "2026-04-01T12:00:00Z",
    "late": False,
    "lodged_at": "2026-03-01T08:30:05Z",
    "links": _LINKS,
}
QUESTION = object_of(
    {
        "id": {"type": "string", "format": "uuid"},
        "number": {"type": "integer"},
        "code": {"type": "string", "enum": [code.value for code in QuestionCode]},
        "pointer": STRING,
        "text": STRING,
        "due_at": INSTANT,
        "answer": STRING,
        "answered_at": INSTANT,
        "open": {"type": "boolean"},
    }
)
QUESTION_EXAMPLE: Json = {
    "id": "01998877-2b2b-7a6b-8f4e-7a1c2d3e4f51",
    "number": 1,
    "code": "RFI-DESC",
    "pointer": "/items/0/description",
    "text": "",
    "due_at": "2026-03-02T08:30:06Z",
    "answer": "",
    "answered_at": None,
    "open": True,
}
WHOLE = object_of(
    _ROW_FIELDS
    | {
        "due_at": INSTANT,
        "reason": STRING,
        "questions": {"type": "array", "items": QUESTION},
        "linked": object_of(
            {
                "master_filed": {"type": "boolean"},
                "houses": {"type": "integer"},
                "differs_in": {"type": "array", "items": STRING},
            }
        ),
        "entry_summary": ENTRY,
    }
)
WHOLE_EXAMPLE: Json = ROW_EXAMPLE | {
    "due_at": "2026-03-02T08:30:06Z",
    "reason": "",
    "questions": [QUESTION_EXAMPLE],
    "linked": {"master_filed": True, "houses": 2, "differs_in": ["gross_mass_kg"]},
    "entry_summary": ENTRY_EXAMPLE,
}
ANSWER_BODY = object_of({"question_id": {"type": "string", "format": "uuid"}, "answer": STRING})


def _sent(name: str, value: Any, status: int = 200, media: str = "application/json") -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)], media_type=media)


LODGE: Json = {
    "operation_id": "entry_summaries_lodge",
    "summary": "Lodge or amend an entry summary declaration",
    "description": (
        "Send CC315A, or CC313A to amend by MRN, as JSON or as the XML of ICS (bare or in a SOAP envelope). The answer "
        "is the receipt; the assessment follows within seconds and is told in the event feed: assessment complete, a "
        "request for information with its deadline, or do not load."
    ),
    "parameters": [KEY, ACCEPT],
    "request": {"application/json": ENTRY, "application/xml": {"type": "string", "description": "CC315A or CC313A"}},
    "responses": {(201, "application/json"): OpenApiResponse(RECEIPT, description="Registered; the receipt")}
    | {(201, "application/xml"): OpenApiResponse(STRING, description="The same as SuccessResponse")}
    | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [
        OpenApiExample("By sea", value=ENTRY_EXAMPLE, request_only=True, media_type="application/json"),
        OpenApiExample("The beginning", value=XML_EXAMPLE, request_only=True, media_type="application/xml"),
        _sent("The receipt", RECEIPT_EXAMPLE, 201),
        _sent("The receipt of ICS", SUCCESS_EXAMPLE, 201, "application/xml"),
    ],
}
LIST: Json = {
    "operation_id": "entry_summaries_list",
    "summary": "Your entry summary declarations, newest first",
    "parameters": [
        OpenApiParameter("state", str, enum=STATES),
        OpenApiParameter("q", str, description="The beginning of an MRN or LRN"),
        OpenApiParameter("cursor", str, description="`next_cursor` of the page before"),
        OpenApiParameter("page_size", int, description="1 to 200, 50 without it"),
    ],
    "responses": {
        200: OpenApiResponse(
            object_of({"entry_summaries": {"type": "array", "items": ROW}, "next_cursor": STRING}), description="A page"
        )
    }
    | problems(400, 403),
    "examples": [_sent("A page", {"entry_summaries": [ROW_EXAMPLE], "next_cursor": ""})],
}
READ: Json = {
    "operation_id": "entry_summaries_read",
    "summary": "One entry summary declaration: where it stands, what is asked, its content",
    "parameters": [ID, IF_NONE_MATCH],
    "responses": {200: OpenApiResponse(WHOLE, description="It"), 304: OpenApiResponse(description="Not changed")}
    | problems(403, 404),
    "examples": [_sent("Something is asked", WHOLE_EXAMPLE)],
}
RESPONSE: Json = {
    "operation_id": "entry_summaries_response",
    "summary": "The receipt as the success response of ICS",
    "parameters": [ID],
    "responses": {(200, "application/xml"): OpenApiResponse(STRING, description="SuccessResponse")}
    | problems(403, 404),
    "examples": [_sent("The receipt", SUCCESS_EXAMPLE, 200, "application/xml")],
}
ANSWER: Json = {
    "operation_id": "entry_summaries_answer",
    "summary": "Answer a request for information",
    "parameters": [ID, KEY],
    "request": {"application/json": ANSWER_BODY},
    "responses": {200: OpenApiResponse(ROW, description="Where it stands now")}
    | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [
        OpenApiExample(
            "What the goods are",
            value={"question_id": QUESTION_EXAMPLE["id"], "answer": "Desk lamps of steel, for offices."},
            request_only=True,
        ),
        _sent("Answered", ROW_EXAMPLE | {"state": "answered"}),
    ],
}
