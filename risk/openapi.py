"""What the description of the API says of the statistics of risk."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse

from singlewindow.api.openapi import STRING, object_of, problems

Json = dict[str, Any]
INTEGER: Json = {"type": "integer"}

PERIOD: Json = object_of(
    {"period": STRING}
    | dict.fromkeys(("drawn", "checked", "not_checked", "non_compliant"), INTEGER)
    | {"share": {"type": ["string", "null"]}, "low": STRING, "high": STRING}
)
ANSWER: Json = object_of(
    {
        "confidence": STRING,
        "method": STRING,
        "months": {"type": "array", "items": PERIOD},
        "quarters": {"type": "array", "items": PERIOD},
    }
)
_MONTH: Json = {
    "period": "2026-10",
    "drawn": 412,
    "checked": 409,
    "not_checked": 3,
    "non_compliant": 31,
    "share": "0.0758",
    "low": "0.0521",
    "high": "0.1059",
}
EXAMPLE: Json = {
    "confidence": "0.95",
    "method": "Clopper-Pearson, from the random control sample alone",
    "months": [_MONTH],
    "quarters": [],
}

COMPLIANCE: Json = {
    "operation_id": "compliance_statistics",
    "summary": "How much of trade does not comply",
    "description": (
        "Estimated from the random control sample alone, of months and quarters that have ended. Declarations that "
        "were drawn and not checked are counted as such; the interval says nothing of them. May be kept for an hour."
    ),
    "auth": [],
    "responses": {200: OpenApiResponse(ANSWER, description="The figures")} | problems(400),
    "examples": [OpenApiExample("Figures", value=EXAMPLE, response_only=True, status_codes=["200"])],
}
