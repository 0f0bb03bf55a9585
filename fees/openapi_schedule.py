"""What the description of the API says of the total of charges."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse

from singlewindow.api.openapi import STRING, object_of, problems

Json = dict[str, Any]

INTEGER: Json = {"type": "integer"}
CONSIGNMENT: Json = {
    "direction": "import",
    "office": "ZZ000101",
    "containers": 1,
    "items": [
        {
            "commodity_code": "0901110000",
            "customs_value": {"amount": "12000", "currency": "EUR"},
            "net_mass_kg": "18000",
        }
    ],
}
_MONEY: Json = object_of({"amount": STRING, "currency": STRING})
_REQUEST: Json = object_of(
    {
        "direction": {"type": "string", "enum": ["import", "export"]},
        "office": STRING,
        "on": {"type": "string", "format": "date"},
        "containers": INTEGER,
        "storage_days": INTEGER,
        "overtime_hours": INTEGER,
        "permits": {"type": "array", "items": STRING},
        "items": {
            "type": "array",
            "items": object_of(
                {"commodity_code": STRING, "customs_value": _MONEY, "net_mass_kg": STRING}, optional=("net_mass_kg",)
            ),
        },
    },
    optional=("direction", "on", "containers", "storage_days", "overtime_hours", "permits"),
)
_LINE: Json = object_of(
    dict.fromkeys(
        ("code", "title", "authority", "authority_name", "law", "event", "rate", "amount", "published_on"), STRING
    )
    | {"item": INTEGER, "count": INTEGER}
)
_UNBILLED: Json = object_of(dict.fromkeys(("code", "title", "published_on"), STRING))
_ANSWER: Json = object_of(
    dict.fromkeys(("on", "currency", "tariff", "customs_value", "total"), STRING)
    | {
        "due": {"type": "object", "description": "What each authority is owed", "additionalProperties": STRING},
        "charges": {"type": "array", "items": _LINE},
        "unbilled": {"type": "array", "items": _UNBILLED},
    }
)
ANSWER: Json = {
    "on": "2026-11-23",
    "currency": "EUR",
    "tariff": "tariff-4c95f48e7230629d",
    "customs_value": "12000",
    "total": "25",
    "due": {"CUS": "25"},
    "charges": [
        {
            "code": "CUS-IMP",
            "title": "Processing of an import declaration",
            "authority": "CUS",
            "authority_name": "Kivana Revenue and Customs",
            "law": "Customs Services (Fees) Regulations 2025, item 1",
            "event": "import_declaration",
            "item": 0,
            "rate": "25.00 EUR",
            "count": 1,
            "amount": "25",
            "published_on": "2025-11-15",
        }
    ],
    "unbilled": [],
}

ESTIMATE: Json = {
    "operation_id": "charges_estimate",
    "summary": "Total of all charges for a described consignment",
    "description": (
        "Every fee and charge of every border authority that a declaration of these goods makes due, and what the "
        "containers, permits, days and hours that you describe cost beside it, by the rules that bill; a charge "
        "published after the day is named as not billed. Duties and taxes are not in it: ask for a quote. Nothing is "
        "stored, no account is needed."
    ),
    "request": {"application/json": _REQUEST},
    "auth": [],
    "responses": {200: OpenApiResponse(_ANSWER, description="The charges")} | problems(400, 404, 413, 415, 422),
    "examples": [
        OpenApiExample("Coffee in a container", value=CONSIGNMENT, request_only=True, media_type="application/json"),
        OpenApiExample("The charges, shortened", value=ANSWER, response_only=True, status_codes=["200"]),
    ],
}
