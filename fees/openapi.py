"""What the description of the API says of quotes and accounts."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter

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
    "responses": {200: {"type": "object"}},
    "examples": [OpenApiExample("Reduced form", value=REDUCED, request_only=True)],
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

ACCOUNT: Json = {
    "operation_id": "account_read",
    "summary": "Balance and movements of your prepaid account, newest first",
    "parameters": [
        OpenApiParameter("cursor", str, description="Where to go on from"),
        OpenApiParameter("page_size", int, description="1 to 200, 50 without it"),
    ],
    "responses": {200: {"type": "object"}},
    "examples": [OpenApiExample("An account", value=ACCOUNT_ANSWER, response_only=True)],
}
