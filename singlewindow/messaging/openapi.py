"""What the description of the API says of messages: every format, and what each is answered with."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from singlewindow.api.openapi import STRING, object_of, problems

Json = dict[str, Any]
EDIFACT_TYPE = "application/edifact"

BINARY: Json = {"type": "string", "description": "The bytes of the message"}
JSON_EXAMPLE: Json = {
    "lrn": "INV-2026-0815",
    "type_code": "IMA",
    "declarant": {"id": "ZZIMP0001"},
    "items": [{"number": 1, "procedure": "4000"}],
}
XML_EXAMPLE = """\
<Declaration xmlns="urn:wco:datamodel:WCO:DEC-DMS:2">
  <FunctionCode>9</FunctionCode>
  <FunctionalReferenceID>INV-2026-0815</FunctionalReferenceID>
  <TypeCode>IMA</TypeCode>
</Declaration>
"""
CUSDEC_EXAMPLE = """\
UNB+UNOC:3+ZZIMP0001+ZZCUS+261122:1015+4711'
UNH+1+CUSDEC:D:99B:UN'
BGM+929:::IMA+INV-2026-0815+9'
NAD+DT+ZZIMP0001'
UNS+D'
CST+1++4000:117'
UNS+S'
UNT+7+1'
UNZ+1+4711'
"""
CONTRL_TAKEN = """\
UNB+UNOC:3+ZZCUS+ZZIMP0001+261122:1015+0A1B2C3D4E5F60'
UNH+1+CONTRL:D:3:UN'
UCI+4711+ZZIMP0001+ZZCUS+7'
UCM+1+CUSDEC:D:99B:UN+7'
UNT+4+1'
UNZ+1+0A1B2C3D4E5F60'
"""
CONTRL_REFUSED = """\
UNB+UNOC:3+ZZCUS+ZZIMP0001+261122:1015+0A1B2C3D4E5F60'
UNH+1+CONTRL:D:3:UN'
UCI+4711+ZZIMP0001+ZZCUS+7'
UCM+1+CUSDEC:D:99B:UN+4+29+UNT+2'
UNT+4+1'
UNZ+1+0A1B2C3D4E5F60'
"""
CONTRL_DUPLICATE = """\
UNB+UNOC:3+ZZCUS+ZZIMP0001+261122:1015+1A1B2C3D4E5F60'
UNH+1+CONTRL:D:3:UN'
UCI+4711+ZZIMP0001+ZZCUS+4+26'
UNT+3+1'
UNZ+1+1A1B2C3D4E5F60'
"""
RECEIPT: Json = {
    "type": "object",
    "description": (
        "The receipt of what was done: for a declaration its id, MRN, LRN and hash. For an interchange, where Accept "
        "names application/json: its outcome (accepted, in_part, rejected) and each message with every finding."
    ),
}
RECEIPT_EXAMPLE: Json = {
    "id": "01998877-2b2b-7a6b-8f4e-7a1c2d3e4f50",
    "mrn": "26ZZ010100000041R8",
    "lrn": "INV-2026-0815",
    "sha256": "2f1d0b2c2a7d4e1b8a9f3c6d5e4f7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f",
}
REPORT: Json = object_of(
    {
        "sender": STRING,
        "reference": STRING,
        "outcome": {"type": "string", "enum": ["accepted", "in_part", "rejected"]},
        "messages": {"type": "array", "items": {"type": "object"}},
    }
)
REPORT_EXAMPLE: Json = {
    "sender": "ZZIMP0001",
    "reference": "4711",
    "outcome": "accepted",
    "messages": [
        {
            "reference": "1",
            "kind": "CUSDEC:D:99B",
            "outcome": "accepted",
            "subject": "declaration",
            "id": "01998877-2b2b-7a6b-8f4e-7a1c2d3e4f50",
            "number": "26ZZ010100000041R8",
            "warnings": [],
        }
    ],
}
KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Needed for JSON and XML. An EDIFACT interchange needs none: its control reference does the same.",
)


def _sent(name: str, value: Any, media: str) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True, media_type=media)


def _answered(name: str, value: Any, status: int, media: str) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)], media_type=media)


SEND: Json = {
    "operation_id": "messages_send",
    "summary": "Send a message of any format",
    "description": (
        "JSON, WCO XML, inventory linking, entry summary or UN/EDIFACT, told by its content and not by its name. "
        "An EDIFACT interchange is answered with CONTRL: messages that are good are taken once, bad ones rejected, "
        "and CONTRL names each; the same interchange again gets the same CONTRL again. With Accept: application/json "
        "the answer to an interchange says the same in words, with every finding."
    ),
    "parameters": [KEY],
    "request": {
        "application/json": {"type": "object"},
        "application/xml": BINARY,
        "text/xml": BINARY,
        EDIFACT_TYPE: BINARY,
        "application/octet-stream": BINARY,
    },
    "responses": {
        (200, EDIFACT_TYPE): OpenApiResponse(BINARY, description="Taken, or taken in part; CONTRL names each message"),
        (200, "application/json"): OpenApiResponse(REPORT, description="The same in words"),
        (201, "application/json"): OpenApiResponse(RECEIPT, description="Done; the receipt"),
        (409, EDIFACT_TYPE): OpenApiResponse(BINARY, description="The interchange reference was used before"),
        (422, EDIFACT_TYPE): OpenApiResponse(BINARY, description="Nothing was taken; CONTRL says why"),
    }
    | problems(400, 403, 409, 413, 415, 422),
    "examples": [
        _sent("A declaration", JSON_EXAMPLE, "application/json"),
        _sent("The beginning of a declaration", XML_EXAMPLE, "application/xml"),
        _sent("The beginning of a declaration", XML_EXAMPLE, "text/xml"),
        _sent("The frame of a CUSDEC", CUSDEC_EXAMPLE, EDIFACT_TYPE),
        _sent("Any of them", CUSDEC_EXAMPLE, "application/octet-stream"),
        _answered("Taken", CONTRL_TAKEN, 200, EDIFACT_TYPE),
        _answered("Taken, in words", REPORT_EXAMPLE, 200, "application/json"),
        _answered("The receipt", RECEIPT_EXAMPLE, 201, "application/json"),
        _answered("Used before", CONTRL_DUPLICATE, 409, EDIFACT_TYPE),
        _answered("A wrong count", CONTRL_REFUSED, 422, EDIFACT_TYPE),
    ],
}
