"""What the description of the API says of the tariff browser."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from singlewindow.api.openapi import STRING, object_of, problems

Json = dict[str, Any]

BOOLEAN: Json = {"type": "boolean"}
OBJECT: Json = {"type": "object"}
LIST: Json = {"type": "array", "items": OBJECT}
ON = OpenApiParameter("on", str, description="The day (ISO 8601); today without it")
HELD = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag you hold; 304 when nothing has changed."
)

FOUND: Json = {
    "q": "coffe",
    "on": "2026-11-23",
    "results": [
        {
            "code": "090121",
            "description": "Coffee; roasted, not decaffeinated",
            "declarable": False,
            "score": "0.93",
            "path": ["Coffee, tea, mate and spices", "Coffee, whether or not roasted or decaffeinated"],
        }
    ],
}
_HIT: Json = object_of(
    dict.fromkeys(("code", "description", "score"), STRING)
    | {"declarable": BOOLEAN, "path": {"type": "array", "items": STRING}}
)

SEARCH: Json = {
    "operation_id": "tariff_search",
    "summary": "Find a commodity code",
    "description": (
        "By words, everyday words and misspelt ones too, or by the first digits, with or without dots. At most twenty "
        "lines, best first."
    ),
    "parameters": [OpenApiParameter("q", str, description="Words or digits"), ON, HELD],
    "auth": [],
    "responses": {
        200: OpenApiResponse(
            object_of({"q": STRING, "on": STRING, "results": {"type": "array", "items": _HIT}}), description="The lines"
        )
    }
    | problems(400),
    "examples": [OpenApiExample("Misspelt coffee", value=FOUND, response_only=True, status_codes=["200"])],
}

TOLD: Json = {
    "code": "090121",
    "on": "2026-11-23",
    "country": "KE",
    "direction": "import",
    "tariff": {"version": "tariff-4c95f48e7230629d", "loaded_at": "2026-11-22T06:00:00+00:00"},
    "line": {"code": "0901210000", "description": "Coffee; roasted, not decaffeinated", "unit": "", "depth": 3},
    "path": [{"code": "0900000000", "description": "Coffee, tea, mate and spices"}],
    "children": [],
    "measures": [
        {
            "kind": "duty",
            "tax_type": "A00",
            "rate": "7.5 %",
            "law": "Customs Tariff Act 2020, schedule 1",
            "valid_from": "2020-01-01",
            "valid_to": None,
            "prevails": True,
        }
    ],
    "quotas": [],
    "needs": [
        {
            "agency": "Plant Health Service",
            "title": "Coffee",
            "permit": "7P01",
            "law": "Plant Protection Act 2018, section 12",
            "decided_within_hours": 24,
        }
    ],
    "charges": [
        {
            "code": "CUS-IMP",
            "title": "Processing of an import declaration",
            "authority": "CUS",
            "rate": "25.00 EUR",
            "law": "Customs Services (Fees) Regulations 2025, item 1",
            "published_on": "2025-11-15",
            "billed": True,
        }
    ],
}
_ANSWER: Json = object_of(
    dict.fromkeys(("code", "on", "country", "direction"), STRING)
    | {"tariff": OBJECT, "line": OBJECT}
    | dict.fromkeys(("path", "children", "measures", "quotas", "needs", "charges"), LIST)
)

LINE: Json = {
    "operation_id": "tariff_read",
    "summary": "Everything that is asked of a commodity code",
    "description": (
        "Where the code stands in the tree, and from six digits on its measures, permits, charges and quotas for a "
        "country and a day, each with its law, days and the version of the data. `known` reads the tariff as it was "
        "known at the end of that day."
    ),
    "parameters": [
        OpenApiParameter("code", str, OpenApiParameter.PATH, description="2, 4, 6, 8 or 10 digits, dots are allowed"),
        OpenApiParameter("country", str, description="Of origin (import) or destination (export)"),
        OpenApiParameter("direction", str, enum=["import", "export"]),
        ON,
        OpenApiParameter("known", str, description="As it was known on this day; now without it"),
        OpenApiParameter("suffix", str, description="Of a line that groups others; 80 without it"),
        HELD,
    ],
    "auth": [],
    "responses": {200: OpenApiResponse(_ANSWER, description="The line")} | problems(400, 404),
    "examples": [OpenApiExample("Coffee, shortened", value=TOLD, response_only=True, status_codes=["200"])],
}
