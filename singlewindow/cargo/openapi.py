"""What the description of the API says of manifests and arrivals: parameters, answers, examples, schemas."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from singlewindow.api.openapi import INSTANT, STRING, object_of, problems
from singlewindow.cargo.schemas import ArrivalMessage, ManifestMessage, Part
from singlewindow.cargo.states import BillState, ManifestState
from singlewindow.cargo.types import BillKind, ManifestKind, Mode

Json = dict[str, Any]
PREFIX = "#/components/schemas/"
INTEGER: Json = {"type": "integer"}
KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="A new UUID for each new request, the same one when a request is repeated.",
)
ID = OpenApiParameter("manifest_id", str, OpenApiParameter.PATH, description="The id from the receipt (a UUID)")
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The version that you read; 412 when it was amended since."
)
CURSOR = [
    OpenApiParameter("cursor", str, description="`next_cursor` of the page before"),
    OpenApiParameter("page_size", int, description="1 to 200, 50 without it"),
]

MANIFEST_EXAMPLE: Json = {
    "schema_version": "1",
    "reference": "KVSL-026E",
    "mode": "sea",
    "conveyance": {"id": "9074729", "name": "Amari Star", "nationality": "PA", "voyage": "026E"},
    "office": "ZZ000101",
    "place": "ZZAMA",
    "expected_at": "2026-12-01T06:00:00Z",
    "bills": [
        {
            "reference": "KVSLGZ0041",
            "consignor": {"name": "Guangdong Home Appliance Co", "country": "CN"},
            "consignee": {"id": "ZZIMP0001", "name": "Amari Foods Ltd"},
            "loading": "CNCAN",
            "discharge": "ZZAMA",
            "goods": [
                {
                    "number": 1,
                    "description": "Electric coffee makers",
                    "hs": "851671",
                    "packages": {"type": "CT", "count": 10},
                    "gross_mass_kg": "52",
                    "container_ids": ["CSQU3054383"],
                }
            ],
            "containers": [{"id": "CSQU3054383", "size_type": "22G1", "seals": ["SL123456"]}],
        }
    ],
}
_ID = "01998877-4d4d-7a6b-8f4e-7a1c2d3e4f50"
RECEIPT_EXAMPLE: Json = {
    "id": _ID,
    "reference": "KVSL-026E",
    "version": 1,
    "state": "PRE_ARRIVAL",
    "bills": 1,
    "content_sha256": "2f1d0b2c2a7d4e1b8a9f3c6d5e4f7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f",
    "warnings": [],
    "links": {"self": f"/api/v1/manifests/{_ID}", "bills": f"/api/v1/manifests/{_ID}/bills"},
}
_WARNING = object_of(dict.fromkeys(("code", "pointer", "message", "remedy"), STRING), optional=("pointer", "remedy"))
_STATE: Json = {"type": "string", "enum": [state.value for state in ManifestState]}
RECEIPT = object_of(
    {"id": STRING, "reference": STRING, "version": INTEGER, "state": _STATE, "bills": INTEGER}
    | {"content_sha256": STRING, "warnings": {"type": "array", "items": _WARNING}, "links": {"type": "object"}}
)
ROW_EXAMPLE: Json = {
    "id": _ID,
    "reference": "KVSL-026E",
    "kind": "carrier",
    "mode": "sea",
    "direction": "inward",
    "carrier": "Kivana Shipping Line",
    "conveyance": {"id": "9074729", "name": "Amari Star", "nationality": "PA", "voyage": "026E"},
    "office": "ZZ000101",
    "place": "ZZAMA",
    "state": "ARRIVED",
    "version": 1,
    "expected_at": "2026-12-01T06:00:00Z",
    "arrived_at": "2026-12-01T07:10:00Z",
    "departed_at": None,
    "bills": 1,
    "packages": 10,
    "packages_declared": 4,
    "mass_kg": "52",
    "mass_declared_kg": "20.8",
    "share_declared": "0.4000",
    "links": RECEIPT_EXAMPLE["links"],
}
ROW = object_of(
    {
        "id": STRING,
        "reference": STRING,
        "kind": {"type": "string", "enum": [kind.value for kind in ManifestKind]},
        "mode": {"type": "string", "enum": [mode.value for mode in Mode]},
        "direction": {"type": "string", "enum": ["inward", "outward"]},
        "carrier": STRING,
        "conveyance": object_of(dict.fromkeys(("id", "name", "nationality", "voyage"), STRING)),
        "office": STRING,
        "place": STRING,
        "state": _STATE,
        "version": INTEGER,
        "expected_at": INSTANT,
        "arrived_at": INSTANT,
        "departed_at": INSTANT,
        "bills": INTEGER,
        "packages": INTEGER,
        "packages_declared": INTEGER,
        "mass_kg": STRING,
        "mass_declared_kg": STRING,
        "share_declared": STRING,
        "links": {"type": "object"},
    }
)
BILL_EXAMPLE: Json = {
    "id": "01998877-4d4d-7a6b-8f4e-7a1c2d3e4f51",
    "reference": "KVSLGZ0041",
    "kind": "straight",
    "master": "",
    "state": "LIVE",
    "consignor": "Guangdong Home Appliance Co",
    "consignee": "Amari Foods Ltd",
    "notify": "",
    "to_order": False,
    "goods": "Electric coffee makers",
    "containers": ["CSQU3054383"],
    "packages": 10,
    "packages_declared": 4,
    "mass_kg": "52",
    "mass_declared_kg": "20.8",
    "houses": 0,
    "house_packages": 0,
    "house_mass_kg": "0",
    "arrived_at": "2026-12-01T07:10:00Z",
}
BILL = object_of(
    dict.fromkeys(("id", "reference", "master", "consignor", "consignee", "notify", "goods"), STRING)
    | {
        "kind": {"type": "string", "enum": [kind.value for kind in BillKind]},
        "state": {"type": "string", "enum": [state.value for state in BillState]},
        "to_order": {"type": "boolean"},
        "containers": {"type": "array", "items": STRING},
        "mass_kg": {"type": ["string", "null"]},
        "mass_declared_kg": STRING,
        "house_mass_kg": STRING,
        "arrived_at": INSTANT,
    }
    | dict.fromkeys(("packages", "packages_declared", "houses", "house_packages"), INTEGER)
)
ARRIVAL_EXAMPLE: Json = {"manifest": "KVSL-026E", "place": "ZZAMAPORT1", "happened_at": "2026-12-01T07:10:00Z"}
TOLD_EXAMPLE: Json = {
    "ids": ["01998877-5e5e-7a6b-8f4e-7a1c2d3e4f50"],
    "movement": "arrived",
    "happened_at": "2026-12-01T07:10:00Z",
    "manifest_state": "ARRIVED",
}
TOLD = object_of(
    {"ids": {"type": "array", "items": STRING}, "movement": STRING, "happened_at": INSTANT, "manifest_state": STRING}
)


def _sent(name: str, value: Any, status: int = 200) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)])


_BODY: Json = {"application/json": {"$ref": f"{PREFIX}ManifestMessage"}}
_SHIP = OpenApiExample("A ship with one bill", value=MANIFEST_EXAMPLE, request_only=True)
FILE: Json = {
    "operation_id": "manifests_file",
    "summary": "File a manifest",
    "description": (
        "A carrier files what is on a conveyance; a forwarder files house bills under a carrier's master bills "
        "(kind `consolidation`). Declarations that wait for one of the bills are linked at once. CUSCAR does the same "
        "through /api/v1/messages."
    ),
    "parameters": [KEY],
    "request": _BODY,
    "responses": {201: OpenApiResponse(RECEIPT, description="Filed; the receipt")}
    | problems(400, 403, 409, 413, 415, 422),
    "examples": [_SHIP, _sent("The receipt", RECEIPT_EXAMPLE, 201)],
}
AMEND: Json = {
    "operation_id": "manifests_amend",
    "summary": "Replace the content of a manifest",
    "description": "The whole manifest anew. No bill may hold less than declarations have written off from it.",
    "parameters": [ID, KEY, IF_MATCH],
    "request": _BODY,
    "responses": {200: OpenApiResponse(RECEIPT, description="Amended; the receipt")}
    | problems(400, 403, 404, 409, 412, 413, 415, 422),
    "examples": [_SHIP, _sent("The receipt", RECEIPT_EXAMPLE | {"version": 2})],
}
LIST: Json = {
    "operation_id": "manifests_list",
    "summary": "Your manifests, newest first, with how much of them is declared",
    "parameters": [
        OpenApiParameter("state", str, enum=[state.value for state in ManifestState]),
        OpenApiParameter("mode", str, enum=[mode.value for mode in Mode]),
        OpenApiParameter("q", str, description="Beginning of reference, conveyance or voyage, or a whole bill number"),
        *CURSOR,
    ],
    "responses": {
        200: OpenApiResponse(
            object_of({"manifests": {"type": "array", "items": ROW}, "next_cursor": STRING}), description="A page"
        )
    }
    | problems(400, 403),
    "examples": [_sent("A page", {"manifests": [ROW_EXAMPLE], "next_cursor": ""})],
}
READ: Json = {
    "operation_id": "manifests_read",
    "summary": "One manifest with its content",
    "parameters": [ID],
    "responses": {
        200: OpenApiResponse(
            object_of({**ROW["properties"], "manifest": {"$ref": f"{PREFIX}ManifestMessage"}}), description="It"
        )
    }
    | problems(403, 404),
    "examples": [_sent("Arrived", ROW_EXAMPLE | {"manifest": MANIFEST_EXAMPLE})],
}
BILLS: Json = {
    "operation_id": "manifests_bills",
    "summary": "The bills of a manifest, with what is declared of each",
    "parameters": [ID, *CURSOR],
    "responses": {
        200: OpenApiResponse(
            object_of({"bills": {"type": "array", "items": BILL}, "next_cursor": STRING}), description="A page"
        )
    }
    | problems(400, 403, 404),
    "examples": [_sent("A page", {"bills": [BILL_EXAMPLE], "next_cursor": ""})],
}
CANCEL: Json = {
    "operation_id": "manifests_cancel",
    "summary": "Take back a manifest before arrival",
    "parameters": [ID, KEY],
    "request": {
        "application/json": {
            "type": "object",
            "properties": {"reason": {"type": "string", "maxLength": 500}},
            "required": ["reason"],
            "additionalProperties": False,
        }
    },
    "responses": {200: OpenApiResponse(RECEIPT, description="Cancelled")} | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [
        OpenApiExample("Another ship", value={"reason": "The cargo goes on another ship."}, request_only=True),
        _sent("Cancelled", RECEIPT_EXAMPLE | {"state": "CANCELLED"}),
    ],
}
ARRIVE: Json = {
    "operation_id": "arrivals_tell",
    "summary": "Tell that something has arrived or left",
    "description": (
        "A port, terminal or gate tells it of a manifest, a bill, containers, an MRN or a consignment reference; a "
        "carrier of its own manifests. Goods that were declared before arrival are presented by it, and released "
        "within seconds when nothing stands against them. What is not known here yet is kept and found later."
    ),
    "parameters": [KEY],
    "request": {"application/json": {"$ref": f"{PREFIX}ArrivalMessage"}},
    "responses": {201: OpenApiResponse(TOLD, description="Recorded")} | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [
        OpenApiExample("A ship", value=ARRIVAL_EXAMPLE, request_only=True),
        OpenApiExample("A container at the gate", value={"containers": ["CSQU3054383"]}, request_only=True),
        _sent("Recorded", TOLD_EXAMPLE, 201),
    ],
}


def schemas_add(result: Json, **_: Any) -> Json:
    """Add the manifest, the arrival and their parts to the description's components (a hook of drf-spectacular)."""
    components = result.setdefault("components", {}).setdefault("schemas", {})
    models: tuple[type[Part], ...] = (ManifestMessage, ArrivalMessage)
    for model in models:
        schema = model.model_json_schema(ref_template=PREFIX + "{model}")
        components.update({**schema.pop("$defs", {}), model.__name__: schema})
    return result
