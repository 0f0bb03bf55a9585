"""What the description of the API says of captured events: answers, examples, schemas."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse

from singlewindow.api.openapi import INSTANT, STRING, object_of, problems
from singlewindow.capture.schemas import DeviceEvents
from singlewindow.capture.types import Mark

Json = dict[str, Any]

EVENTS_EXAMPLE: Json = {
    "schema_version": "1",
    "events": [
        {
            "device": "GATE-01",
            "event_id": "20261201-000123",
            "kind": "container",
            "happened_at": "2026-12-01T07:12:03Z",
            "about": {"plate": "KDA123X"},
            "container": {"number": "CSQU3054383", "size_type": "22G1"},
        },
        {
            "device": "SCALE-02",
            "event_id": "778",
            "kind": "weight",
            "happened_at": "2026-12-01T07:14:40Z",
            "about": {"container": "CSQU3054383"},
            "weight": {"gross": "16420", "tare": "14200", "unit": "KGM", "uncertainty": "20"},
        },
        {
            "device": "SEAL-01",
            "event_id": "90-1",
            "kind": "seal",
            "happened_at": "2026-12-01T07:15:00Z",
            "about": {"container": "CSQU3054383"},
            "seal": {"number": "SL123456", "state": "intact"},
        },
        {
            "device": "XRAY-01",
            "event_id": "5501",
            "kind": "scan",
            "happened_at": "2026-12-01T07:20:00Z",
            "about": {"container": "CSQU3054383", "mrn": "26ZZ00000000000A71"},
            "scan": {
                "sha256": "2f1d0b2c2a7d4e1b8a9f3c6d5e4f7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f",
                "lies_at": "xray-archive/2026/12/01/5501",
                "verdict": "agrees",
            },
        },
    ],
}
RECEIPT_EXAMPLE: Json = {
    "events": [
        {
            "id": "01998877-4d4d-7a6b-8f4e-7a1c2d3e4f50",
            "device": "GATE-01",
            "event_id": "20261201-000123",
            "received_at": "2026-12-01T07:12:04.120000Z",
            "marks": [],
        }
    ]
}
_EVENT = object_of(
    {
        "id": STRING,
        "device": STRING,
        "event_id": STRING,
        "received_at": INSTANT,
        "marks": {"type": "array", "items": {"type": "string", "enum": [mark.value for mark in Mark]}},
    }
)
RECEIPT = object_of({"events": {"type": "array", "items": _EVENT}})
_DESCRIPTION = (
    "Tell what gate cameras, scales, seal readers and scanners saw, up to 100 events at once: all are taken, or none. "
    "Each device is registered by customs and belongs to your organisation. The device's own number of an event makes "
    "it idempotent: the same again is answered 200 with the same answer, other content under the same number 409. "
    "`marks` say why a reading is kept and compared with nothing: `misread` (the container number fails the check "
    "digit of ISO 6346), `uncalibrated`, `no_tare`, `no_subject`; `clock_ahead` is only a remark."
)
PREFIX = "#/components/schemas/"
TELL: Json = {
    "operation_id": "device_events_tell",
    "summary": "Tell what devices saw",
    "description": _DESCRIPTION,
    "request": {"application/json": {"$ref": f"{PREFIX}DeviceEvents"}},
    "responses": {
        201: OpenApiResponse(RECEIPT, description="Kept"),
        200: OpenApiResponse(RECEIPT, description="Every event was known already"),
    }
    | problems(400, 403, 409, 413, 415, 422),
    "examples": [
        OpenApiExample("A lorry at the gate", value=EVENTS_EXAMPLE, request_only=True),
        OpenApiExample("Kept", value=RECEIPT_EXAMPLE, response_only=True, status_codes=["201"]),
        OpenApiExample("Known already", value=RECEIPT_EXAMPLE, response_only=True, status_codes=["200"]),
    ],
}


def schemas_add(result: Json, **_: Any) -> Json:
    """Add the events and their parts to the description's components (a hook of drf-spectacular)."""
    components = result.setdefault("components", {}).setdefault("schemas", {})
    schema = DeviceEvents.model_json_schema(ref_template=PREFIX + "{model}")
    components.update({**schema.pop("$defs", {}), "DeviceEvents": schema})
    return result
