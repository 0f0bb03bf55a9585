"""What the description of the API says of quotas."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from singlewindow.api.openapi import STRING, object_of, problems

Json = dict[str, Any]

_QUOTA: Json = object_of(
    dict.fromkeys(
        ("order_number", "title", "law", "unit", "state", "period_from", "period_to", "volume", "balance", "pending"),
        STRING,
    )
    | {"critical_below": STRING, "origins": {"type": "array", "items": STRING}}
    | {"last_settled_day": {"type": ["string", "null"]}}
)
_RUN: Json = object_of(dict.fromkeys(("day", "demand", "granted", "left"), STRING) | {"claims": {"type": "integer"}})

EXAMPLE: Json = {
    "order_number": "090003",
    "title": "Cane or beet sugar",
    "law": "Tariff Quotas Order 2026, line 3",
    "period_from": "2026-01-01",
    "period_to": "2026-12-31",
    "unit": "KGM",
    "volume": "800000",
    "balance": "312500",
    "pending": "4000",
    "critical_below": "160000",
    "state": "open",
    "origins": [],
    "last_settled_day": "2026-11-20",
}
RUN_EXAMPLE: Json = {"day": "2026-11-20", "claims": 3, "demand": "2000", "granted": "1000", "left": "0"}
ON = OpenApiParameter("on", str, description="The day whose quotas are asked for, such as 2026-11-20; today without it")

LIST: Json = {
    "operation_id": "quotas_list",
    "summary": "Tariff quotas of a day",
    "tags": ["tariff"],
    "auth": [],
    "parameters": [ON],
    "responses": {
        (200, "application/json"): OpenApiResponse(
            object_of({"on": STRING, "quotas": {"type": "array", "items": _QUOTA}}),
            examples=[OpenApiExample("quotas", value={"on": "2026-11-22", "quotas": [EXAMPLE]})],
        ),
        **problems(400),
    },
}
ONE: Json = {
    "operation_id": "quotas_read",
    "summary": "One tariff quota with its settled days",
    "tags": ["tariff"],
    "auth": [],
    "parameters": [ON],
    "responses": {
        (200, "application/json"): OpenApiResponse(
            object_of(
                {
                    "quota": _QUOTA,
                    "settled": {"type": "array", "items": _RUN},
                    "waiting": {"type": "array", "items": STRING},
                }
            ),
            examples=[
                OpenApiExample("quota", value={"quota": EXAMPLE, "settled": [RUN_EXAMPLE], "waiting": ["2026-11-23"]})
            ],
        ),
        **problems(400, 404),
    },
}
