"""What the description of the API says of payments."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from singlewindow.api.openapi import INSTANT, STRING, object_of, problems
from singlewindow.payments.providers.signatures import HEADER
from singlewindow.payments.states import BasketState
from singlewindow.payments.types import LineKind, Method

Json = dict[str, Any]
ROOT = "/api/v1/payments"
_UUID: Json = STRING | {"format": "uuid"}
_NULL_UUID: Json = {"type": ["string", "null"], "format": "uuid"}
_IDS: Json = {"type": "array", "items": _UUID, "maxItems": 100}
_MONEY = object_of({"amount": STRING, "currency": STRING})

_ID = "01998877-2b2b-7a6b-8f4e-7a1c2d3e4f50"
_DEMAND = "01998877-2b2b-7a6b-8f4e-000000000001"

REQUEST = object_of(
    {"demands": _IDS, "declarations": _IDS, "top_up": _MONEY}, optional=("demands", "declarations", "top_up")
)
REQUEST_EXAMPLE: Json = {"demands": [_DEMAND], "declarations": [], "top_up": {"amount": "250.00", "currency": "EUR"}}
LINE = object_of(
    {"kind": {"type": "string", "enum": [kind.value for kind in LineKind]}, "text": STRING, "amount": STRING}
    | {"authority": STRING, "demand_id": _NULL_UUID, "declaration_id": _NULL_UUID}
)
BANK = object_of({"holder": STRING, "iban": STRING, "bic": STRING, "reference": STRING})
BASKET = object_of(
    {
        "id": _UUID,
        "state": {"type": "string", "enum": [state.value for state in BasketState]},
        "reason": STRING | {"description": "Why it is held; empty otherwise"},
        "method": {"type": "string", "enum": ["", *(method.value for method in Method)]},
        "currency": STRING,
        "total": STRING,
        "received": STRING,
        "reference": STRING | {"description": "Structured creditor reference (ISO 11649)"},
        "made_at": INSTANT,
        "expires_at": INSTANT,
        "settled_at": INSTANT,
        "lines": {"type": "array", "items": LINE},
        "bank": BANK | {"description": "Where to transfer the money"},
    },
    optional=("lines", "bank"),
)
BASKET_EXAMPLE: Json = {
    "id": _ID,
    "state": "open",
    "reason": "",
    "method": "",
    "currency": "EUR",
    "total": "275.00",
    "received": "0.00",
    "reference": "RF71CSW4X2K9M7QTPA1",
    "made_at": "2026-11-23T09:12:00+00:00",
    "expires_at": "2026-12-07T09:12:00+00:00",
    "settled_at": None,
    "lines": [
        {
            "kind": "demand",
            "text": "Import permit, plant health",
            "amount": "25.00",
            "authority": "PHY",
            "demand_id": _DEMAND,
            "declaration_id": None,
        },
        {
            "kind": "top_up",
            "text": "Onto the prepaid account",
            "amount": "250.00",
            "authority": "",
            "demand_id": None,
            "declaration_id": None,
        },
    ],
    "bank": {
        "holder": "Treasury of Kivana",
        "iban": "DE89370400440532013000",
        "bic": "COBADEFFXXX",
        "reference": "RF71CSW4X2K9M7QTPA1",
    },
}
_SHORT: Json = {name: value for name, value in BASKET_EXAMPLE.items() if name not in ("lines", "bank")}
LIST_SCHEMA = object_of({"payments": {"type": "array", "items": BASKET}, "next_cursor": STRING})
MADE = object_of({"payments": {"type": "array", "items": BASKET}})
PAYABLE_ITEM = object_of(
    {"id": _UUID, "kind": STRING, "text": STRING, "authority": STRING, "amount": STRING, "currency": STRING}
    | {"due_on": {"type": ["string", "null"], "format": "date"}}
)
PAYABLE_SCHEMA = object_of(
    {"demands": {"type": "array", "items": PAYABLE_ITEM}, "declarations": {"type": "array", "items": PAYABLE_ITEM}}
)
_PAYABLE_EXAMPLE: Json = {
    "demands": [
        {
            "id": _DEMAND,
            "kind": "agency_fee",
            "text": "Import permit, plant health",
            "authority": "PHY",
            "amount": "25.00",
            "currency": "EUR",
            "due_on": "2026-12-23",
        }
    ],
    "declarations": [],
}
PAY_BODY = object_of(
    {"method": {"type": "string", "enum": [method.value for method in Method]}, "provider": STRING},
    optional=("provider",),
)
PAID = object_of({"payment": BASKET, "continue_at": STRING | {"description": "Where the payer goes on; or empty"}})

LIST: Json = {
    "operation_id": "payments_list",
    "summary": "Baskets of your organisation, newest first",
    "parameters": [
        OpenApiParameter("cursor", str, description="Where to go on from"),
        OpenApiParameter("page_size", int, description="1 to 200, 50 without it"),
    ],
    "responses": {200: OpenApiResponse(LIST_SCHEMA, description="One page")} | problems(400, 403),
    "examples": [OpenApiExample("A page", value={"payments": [_SHORT], "next_cursor": ""}, response_only=True)],
}
MAKE: Json = {
    "operation_id": "payments_make",
    "summary": "Put together what is paid at once, for all agencies",
    "description": "One basket is made for each currency. Nothing is taken yet: pay it at `/pay`.",
    "parameters": [
        OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True, description="New each time")
    ],
    "request": {"application/json": REQUEST},
    "responses": {201: OpenApiResponse(MADE, description="The baskets")} | problems(400, 403, 409, 413, 415, 422),
    "examples": [
        OpenApiExample("A fee and a top-up", value=REQUEST_EXAMPLE, request_only=True),
        OpenApiExample("Made", value={"payments": [BASKET_EXAMPLE]}, response_only=True, status_codes=["201"]),
    ],
}
PAYABLE: Json = {
    "operation_id": "payments_payable",
    "summary": "What your organisation can pay now: demands of all agencies, and debts of declarations",
    "responses": {200: OpenApiResponse(PAYABLE_SCHEMA, description="What can be paid")} | problems(400, 403, 404),
    "examples": [OpenApiExample("To be paid", value=_PAYABLE_EXAMPLE, response_only=True)],
}
READ: Json = {
    "operation_id": "payments_read",
    "summary": "A basket with what it pays and how far it is",
    "responses": {200: OpenApiResponse(BASKET, description="The basket")} | problems(403, 404),
    "examples": [OpenApiExample("A basket", value=BASKET_EXAMPLE, response_only=True)],
}
PAY: Json = {
    "operation_id": "payments_pay",
    "summary": "Pay a basket: from the prepaid account, by a provider, or by bank transfer",
    "description": (
        "From the account it is paid at once, all or none. With a provider the payer goes on at `continue_at`. By bank "
        "the money is transferred with the reference of the basket."
    ),
    "parameters": [
        OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True, description="New each time")
    ],
    "request": {"application/json": PAY_BODY},
    "responses": {200: OpenApiResponse(PAID, description="The basket")} | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [
        OpenApiExample("By bank", value={"method": "bank"}, request_only=True),
        OpenApiExample(
            "On its way",
            value={"payment": BASKET_EXAMPLE | {"state": "pending", "method": "bank"}, "continue_at": ""},
            response_only=True,
            status_codes=["200"],
        ),
    ],
}
CALLBACK_BODY = object_of(
    {"event": {"type": "string", "enum": ["authorised", "captured", "failed", "refunded"]}}
    | {"transaction": STRING, "reference": STRING, "amount": STRING, "currency": STRING}
)
CALLBACK: Json = {
    "operation_id": "payments_callback",
    "summary": "For payment providers: tell what became of a payment",
    "description": (
        f"Signed in the header `{HEADER}`: `t=<seconds>,v1=<HMAC-SHA-256 of t, a full stop and the body>`, at most "
        "five minutes old. A message is kept once, whatever it says is compared before money moves."
    ),
    "parameters": [OpenApiParameter(HEADER, str, OpenApiParameter.HEADER, required=True, description="The signature")],
    "request": {"application/json": CALLBACK_BODY},
    "responses": {
        200: OpenApiResponse(
            object_of({"received": {"type": "boolean"}, "new": {"type": "boolean"}}), description="Kept"
        )
    }
    | problems(400, 404, 413, 415, 422),
    "examples": [
        OpenApiExample(
            "Captured",
            value={
                "event": "captured",
                "transaction": "SIM-0199887",
                "reference": "RF71CSW4X2K9M7QTPA1",
                "amount": "275.00",
                "currency": "EUR",
            },
            request_only=True,
        ),
        OpenApiExample("Kept", value={"received": True, "new": True}, response_only=True, status_codes=["200"]),
    ],
}
