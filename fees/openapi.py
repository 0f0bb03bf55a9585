"""What the description of the API says of quotes and accounts."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from singlewindow.api.openapi import STRING, object_of, problems

Json = dict[str, Any]

REDUCED: Json = {
    "incoterm": "FOB",
    "freight": {"amount": "420", "currency": "EUR"},
    "insurance": {"amount": "35", "currency": "EUR"},
    "items": [
        {
            "commodity_code": "8516710000",
            "origin": "CN",
            "price": {"amount": "385", "currency": "EUR"},
            "net_mass_kg": "42",
            "gross_mass_kg": "52",
        }
    ],
}

_LINE: Json = object_of(
    dict.fromkeys(
        ("amount", "authority", "base", "computed", "kind", "law", "measure", "rate", "relief", "rounding"), STRING
    )
    | {"tax_type": STRING, "steps": {"type": "array", "items": {"type": "object"}}}
)
_ITEM: Json = object_of(
    {"number": {"type": "integer"}, "commodity_code": STRING, "origin": STRING, "procedure": STRING}
    | {"value": {"type": "object"}, "lines": {"type": "array", "items": _LINE}, "candidates": {"type": "array"}},
    optional=("origin",),
)
NOTICE: Json = object_of(
    dict.fromkeys(("form", "date", "direction", "currency", "customs_value", "total"), STRING)
    | {
        "due": {"type": "object", "description": "What each authority is owed", "additionalProperties": STRING},
        "items": {"type": "array", "items": _ITEM},
        "charges": {"type": "array", "items": {"type": "object"}},
        "unbilled": {"type": "array", "items": {"type": "object"}},
        "notes": {"type": "array"},
        "snapshot": {"type": "object", "description": "The versions of tariff, rates and profile that were used"},
    }
)
"""The notice of assessment: every amount a decimal string, every line with its law and its steps."""

NOTICE_EXAMPLE: Json = {
    "form": "assessment/2",
    "date": "2026-11-23",
    "direction": "import",
    "currency": "EUR",
    "customs_value": "840",
    "due": {"CUS": "92.2"},
    "items": [
        {
            "number": 1,
            "commodity_code": "8516710000",
            "origin": "CN",
            "procedure": "4000",
            "candidates": [],
            "value": {"basis": "price", "price": "385", "freight": "420", "insurance": "35", "customs_value": "840"},
            "lines": [
                {
                    "amount": "67.2",
                    "authority": "CUS",
                    "base": "840",
                    "computed": "67.2",
                    "kind": "duty",
                    "law": "Customs Tariff Act 2020, schedule 1",
                    "measure": "A00/duty/import/851671/1011/2020-01-01",
                    "rate": "8 %",
                    "relief": "",
                    "rounding": "ROUND_HALF_UP",
                    "steps": [{"gives": "67.2", "of": "840", "operator": "", "rate": "8 %", "unit": ""}],
                    "tax_type": "A00",
                }
            ],
        }
    ],
    "charges": [
        {
            "code": "CUS-IMP",
            "title": "Processing of an import declaration",
            "authority": "CUS",
            "amount": "25",
            "law": "Customs Services (Fees) Regulations 2025, item 1",
            "published_on": "2025-11-15",
        }
    ],
    "unbilled": [],
    "notes": [],
    "snapshot": {"profile": "ZZ-2026.1", "tariff": "tariff-4c95f48e7230629d", "exchange_rates": []},
    "total": "92.2",
}

QUOTE: Json = {
    "operation_id": "quotes_make",
    "summary": "What goods would cost",
    "description": (
        "Send a whole declaration message (JSON or XML) or the reduced form of the example. The answer is the notice "
        "of assessment itself, as RFC 8785 bytes with their SHA-256 as ETag: the assessment of the same goods on the "
        "same data and day gives the same bytes. Nothing is stored, no account is needed. Where an exchange rate, a "
        "value or a quantity is missing the answer is 422 and names each one; nothing is ever taken as zero."
    ),
    "parameters": [
        OpenApiParameter("date", str, description="The day to work it out for (ISO 8601); today without it")
    ],
    "request": {"application/json": {"type": "object"}, "application/xml": {"type": "string"}},
    "auth": [],
    "responses": {200: OpenApiResponse(NOTICE, description="The notice")} | problems(400, 413, 415, 422),
    "examples": [
        OpenApiExample("Reduced form", value=REDUCED, request_only=True, media_type="application/json"),
        OpenApiExample("The notice, shortened", value=NOTICE_EXAMPLE, response_only=True, status_codes=["200"]),
    ],
}

_SIGNATURE = (
    "eyJhbGciOiJFZERTQSIsImtpZCI6Ik5vdEFSZWFsS2V5IiwidHlwIjoiY3N3LXF1b3RlK2p3cyJ9."
    "eyJkYXRlIjoiMjAyNi0xMS0yMyJ9.bm90LWEtcmVhbC1zaWduYXR1cmU"
)
_SHA256 = "3b1f6f4f0e7f5a0c7f7a3b0e0f2f2b5f8d9d7f3f6a5b4c3d2e1f0a9b8c7d6e5f"

QUOTE_VERIFY_SCHEMA: Json = object_of(
    {"genuine": {"type": "boolean"}, "standing": STRING, "reason": STRING, "key_id": STRING}
    | dict.fromkeys(("sha256", "date", "tariff", "currency", "total", "issued_at", "valid_until"), STRING),
    optional=(
        *("standing", "reason", "key_id", "sha256", "date", "tariff", "currency", "total", "issued_at"),
        "valid_until",
    ),
)

QUOTE_VERIFY: Json = {
    "operation_id": "quotes_verify",
    "summary": "Whether a quote is genuine and still holds",
    "description": (
        "Send the quote itself, or the SHA-256 of its bytes, with the signature that came with it. `standing` is "
        "`valid`, `not_yet` (for a later day), `expired` or `tariff_changed`. Of another quote `reason` says "
        "whether the signature is not ours (`signature`) or was made for other bytes (`content`)."
    ),
    "request": {"application/json": {"type": "object"}},
    "auth": [],
    "responses": {200: OpenApiResponse(QUOTE_VERIFY_SCHEMA, description="The proof")} | problems(400, 413, 415, 422),
    "examples": [
        OpenApiExample(
            "A hash and its signature",
            value={"sha256": _SHA256, "signature": _SIGNATURE},
            request_only=True,
            media_type="application/json",
        ),
        OpenApiExample(
            "Genuine",
            value={
                "genuine": True,
                "standing": "valid",
                "key_id": "NotARealKey",
                "sha256": _SHA256,
                "date": "2026-11-23",
                "tariff": "tariff-4c95f48e7230629d",
                "currency": "EUR",
                "total": "92.20",
                "issued_at": "2026-11-23T08:15:00Z",
                "valid_until": "2026-11-23T21:00:00Z",
            },
            response_only=True,
            status_codes=["200"],
        ),
        OpenApiExample(
            "Not ours", value={"genuine": False, "reason": "signature"}, response_only=True, status_codes=["200"]
        ),
    ],
}

ACCOUNT_ANSWER: Json = {
    "currency": "EUR",
    "balance": "4812.60",
    "movements": [
        {
            "at": "2026-11-22T10:15:00+00:00",
            "text": "Duty, taxes and charges of 26ZZ00010100000014R0",
            "amount": "-187.40",
            "mrn": "26ZZ00010100000014R0",
            "declaration_id": "01998877-2b2b-7a6b-8f4e-000000000001",
        }
    ],
    "next_cursor": "",
}

_MOVEMENT: Json = object_of(
    {"at": STRING | {"format": "date-time"}, "text": STRING, "amount": STRING, "mrn": STRING}
    | {"declaration_id": {"type": ["string", "null"]}}
)
ACCOUNT_SCHEMA: Json = object_of(
    {"currency": STRING, "balance": STRING, "movements": {"type": "array", "items": _MOVEMENT}, "next_cursor": STRING}
)

ACCOUNT: Json = {
    "operation_id": "account_read",
    "summary": "Balance and movements of your prepaid account, newest first",
    "parameters": [
        OpenApiParameter("cursor", str, description="Where to go on from"),
        OpenApiParameter("page_size", int, description="1 to 200, 50 without it"),
    ],
    "responses": {200: OpenApiResponse(ACCOUNT_SCHEMA, description="The account")} | problems(400, 403, 404),
    "examples": [OpenApiExample("An account", value=ACCOUNT_ANSWER, response_only=True)],
}
