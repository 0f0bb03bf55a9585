"""What the description of the API says of deferments, statements and claims."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from singlewindow.api.openapi import STRING, object_of, problems

Json = dict[str, Any]
KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)
CURSOR = OpenApiParameter("cursor", str, OpenApiParameter.QUERY, description="`next_cursor` of the page before")
INTEGER: Json = {"type": "integer"}


def array_of(items: Json) -> Json:
    """A list of these."""
    return {"type": "array", "items": items}


STATEMENT_ROW_EXAMPLE: Json = {
    "id": "01998877-5d4d-7a6b-8f4e-7a1c2d3e4f51",
    "month": "2026-11",
    "state": "due",
    "due_on": "2026-12-16",
    "total": "1282.35",
    "debts": 3,
}
DEFERMENT_EXAMPLE: Json = {
    "id": "01998877-5d4d-7a6b-8f4e-7a1c2d3e4f50",
    "number": "DF-2026-000012",
    "state": "active",
    "currency": "EUR",
    "limit": "50000.00",
    "used": "1282.35",
    "available": "48717.65",
    "valid_from": "2026-01-01",
    "valid_to": "",
    "basis": "aeo",
    "statements": [STATEMENT_ROW_EXAMPLE],
}
STATEMENT_EXAMPLE: Json = {
    "id": STATEMENT_ROW_EXAMPLE["id"],
    "deferment": DEFERMENT_EXAMPLE["number"],
    "month": "2026-11",
    "state": "due",
    "due_on": "2026-12-16",
    "currency": "EUR",
    "total": "427.45",
    "debts": [{"mrn": "26ZZ00000000000A71", "at": "2026-11-20T09:00:00Z", "amount": "427.45"}],
    "totals": [
        {
            "authority": "CUS",
            "tax_type": "A00",
            "amount": "427.45",
            "declarations": [{"mrn": "26ZZ00000000000A71", "amount": "427.45"}],
        }
    ],
}
CLAIM_EXAMPLE: Json = {
    "id": "01998877-5d4d-7a6b-8f4e-7a1c2d3e4f52",
    "number": "CL-2026-000007",
    "kind": "repayment",
    "state": "filed",
    "mrn": "26ZZ00000000000A71",
    "reason_code": "overcharged",
    "law": "Customs Act, section 64(1)(a)",
    "currency": "EUR",
    "claimed": "30.80",
    "approved": "",
    "interest": "0.00",
    "filed_at": "2026-11-23T09:00:00Z",
    "decision": "",
}
REPAYMENT_REQUEST: Json = {
    "kind": "repayment",
    "mrn": "26ZZ00000000000A71",
    "reason_code": "overcharged",
    "text": "The invoice was credited; see credit note 4711.",
    "lines": [{"item": 1, "tax_type": "A00", "amount": "30.80"}],
}
DRAWBACK_REQUEST: Json = {
    "kind": "drawback",
    "mrn": "26ZZ00000000000A71",
    "export_mrn": "26ZZ00000000000B82",
    "text": "Sent back to the maker, unused.",
    "exits": [{"basis": "unused", "import_item": 1, "export_item": 1, "quantity": "40"}],
}
REMISSION_REQUEST: Json = {
    "kind": "remission",
    "demand_id": "01998877-5d4d-7a6b-8f4e-7a1c2d3e4f53",
    "reason_code": "equity",
    "text": "A flood destroyed the books.",
}

STATEMENT_ROW = object_of(
    {key: INTEGER if isinstance(value, int) else STRING for key, value in STATEMENT_ROW_EXAMPLE.items()}
)
DEFERMENT = object_of(
    {key: STRING for key in DEFERMENT_EXAMPLE if key != "statements"} | {"statements": array_of(STATEMENT_ROW)}
)
_MRN_AMOUNT = object_of(dict.fromkeys(("mrn", "amount"), STRING))
STATEMENT = object_of(
    dict.fromkeys(("id", "deferment", "month", "state", "due_on", "currency", "total"), STRING)
    | {
        "debts": array_of(object_of(dict.fromkeys(("mrn", "at", "amount"), STRING))),
        "totals": array_of(
            object_of(
                dict.fromkeys(("authority", "tax_type", "amount"), STRING) | {"declarations": array_of(_MRN_AMOUNT)}
            )
        ),
    }
)
CLAIM = object_of(dict.fromkeys(CLAIM_EXAMPLE, STRING))
_LINE: Json = {
    "type": "object",
    "required": ["item", "tax_type", "amount"],
    "properties": {"item": INTEGER, "tax_type": STRING, "amount": STRING},
}
_EXIT: Json = {
    "type": "object",
    "required": ["basis", "import_item", "quantity"],
    "properties": {
        "basis": {"type": "string", "enum": ["unused", "made", "destroyed"]},
        "import_item": INTEGER,
        "export_item": INTEGER,
        "quantity": STRING,
        "evidence": STRING,
    },
}
CLAIM_REQUEST: Json = {
    "type": "object",
    "required": ["kind", "text"],
    "properties": {
        "kind": {"type": "string", "enum": ["repayment", "remission", "drawback"]},
        "text": STRING,
        "reason_code": STRING,
        "mrn": STRING,
        "lines": array_of(_LINE),
        "export_mrn": STRING,
        "authorisation": STRING,
        "exits": array_of(_EXIT),
        "demand_id": STRING,
    },
}

DEFERMENTS: Json = {
    "operation_id": "deferments_list",
    "summary": "Deferred payment of your organisation, with its statements",
    "description": "What is used of the limit, and the statement of each month, newest first.",
    "responses": {200: OpenApiResponse(object_of({"deferments": array_of(DEFERMENT)}), description="Your deferments")}
    | problems(400, 403),
    "examples": [
        OpenApiExample(
            "One in force", value={"deferments": [DEFERMENT_EXAMPLE]}, response_only=True, status_codes=["200"]
        )
    ],
}
STATEMENT_GET: Json = {
    "operation_id": "statements_get",
    "summary": "One statement: its debts, and its sums by authority and tax",
    "parameters": [OpenApiParameter("statement_id", str, OpenApiParameter.PATH)],
    "responses": {200: OpenApiResponse(STATEMENT, description="The statement")} | problems(403, 404),
    "examples": [OpenApiExample("A month", value=STATEMENT_EXAMPLE, response_only=True, status_codes=["200"])],
}
STATEMENT_PAY: Json = {
    "operation_id": "statements_pay",
    "summary": "Pay a statement as one sum from the prepaid account",
    "description": "Paid late, interest is demanded. The same key again gives the same answer.",
    "parameters": [OpenApiParameter("statement_id", str, OpenApiParameter.PATH), KEY],
    "request": {"application/json": {"type": "object", "properties": {}}},
    "responses": {200: OpenApiResponse(STATEMENT, description="Paid")} | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [
        OpenApiExample("Nothing to say", value={}, request_only=True),
        OpenApiExample("Paid", value=STATEMENT_EXAMPLE | {"state": "paid"}, response_only=True, status_codes=["200"]),
    ],
}
CLAIMS: Json = {
    "operation_id": "claims_list",
    "summary": "Your claims, newest first",
    "parameters": [CURSOR],
    "responses": {
        200: OpenApiResponse(object_of({"claims": array_of(CLAIM), "next_cursor": STRING}), description="A page")
    }
    | problems(400, 403),
    "examples": [
        OpenApiExample(
            "A claim",
            value={"claims": [CLAIM_EXAMPLE], "next_cursor": ""},
            response_only=True,
            status_codes=["200"],
        )
    ],
}
CLAIM_GET: Json = {
    "operation_id": "claims_get",
    "summary": "One claim and what became of it",
    "parameters": [OpenApiParameter("claim_id", str, OpenApiParameter.PATH)],
    "responses": {200: OpenApiResponse(CLAIM, description="The claim")} | problems(403, 404),
    "examples": [OpenApiExample("A claim", value=CLAIM_EXAMPLE, response_only=True, status_codes=["200"])],
}
CLAIM_FILE: Json = {
    "operation_id": "claims_file",
    "summary": "Claim repayment, remission or drawback",
    "description": (
        "A repayment names taxes of a declaration that was paid; a drawback links imported items to exported or "
        "destroyed quantities; a remission names a demand. What is claimed is held at once: a second claim on the same "
        "amount or quantity is refused (RV-CLM-05, RV-DRB-04)."
    ),
    "parameters": [KEY],
    "request": {"application/json": CLAIM_REQUEST},
    "responses": {201: OpenApiResponse(CLAIM, description="Filed")} | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [
        OpenApiExample("A repayment", value=REPAYMENT_REQUEST, request_only=True),
        OpenApiExample("A drawback", value=DRAWBACK_REQUEST, request_only=True),
        OpenApiExample("A remission", value=REMISSION_REQUEST, request_only=True),
        OpenApiExample("Filed", value=CLAIM_EXAMPLE, response_only=True, status_codes=["201"]),
    ],
}
