"""What the description of the API says of disclosures and penalties."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from singlewindow.api.openapi import STRING, object_of, problems
from singlewindow.penalties.schemas import DisclosureRequest

Json = dict[str, Any]
PREFIX = "#/components/schemas/"

REQUEST_EXAMPLE: Json = {
    "mrn": "26ZZ00000000000A71",
    "offence": "ORG",
    "facts": "The goods were declared as of Kenyan origin. Our supplier has told us that they were made in Thailand.",
    "element": "/items/0/preferential_origin",
    "evaded": "1240.50",
}
DISCLOSURE_EXAMPLE: Json = {
    "id": "01998877-4d4d-7a6b-8f4e-7a1c2d3e4f50",
    "mrn": "26ZZ00000000000A71",
    "offence": "ORG",
    "state": "filed",
    "filed_at": "2026-11-23T08:12:03.120000Z",
    "before_notice": True,
    "evaded": "1240.50",
    "currency": "EUR",
}
PENALTY_EXAMPLE: Json = {
    "penalties": [
        {
            "id": "01998877-4d4d-7a6b-8f4e-7a1c2d3e4f51",
            "mrn": "26ZZ00000000000A71",
            "offence": "ORG",
            "law": "Customs Act 2021, section 91",
            "facts": "The goods were declared as of Kenyan origin and were made in Thailand.",
            "state": "issued",
            "currency": "EUR",
            "least": "248.10",
            "most": "1860.75",
            "before_mitigation": "651.26",
            "mitigations": [{"code": "DISC", "law": "Customs Act 2021, section 99(1); TFA 6.3.6", "amount": "521.01"}],
            "amount": "130.25",
            "notified_at": "2026-11-24T09:00:00Z",
            "heard_until": "2026-12-24T09:00:00Z",
        }
    ],
    "next_cursor": "",
}
DISCLOSURE = object_of(
    dict.fromkeys(("id", "mrn", "offence", "state", "filed_at", "evaded", "currency"), STRING)
    | {"before_notice": {"type": "boolean"}}
)
_MITIGATION = object_of(dict.fromkeys(("code", "law", "amount"), STRING))
_NAMES = (
    *("id", "mrn", "offence", "law", "facts", "state", "currency", "least", "most", "before_mitigation", "amount"),
    *("notified_at", "heard_until"),
)
_PENALTY = object_of(dict.fromkeys(_NAMES, STRING) | {"mitigations": {"type": "array", "items": _MITIGATION}})
PENALTY_PAGE = object_of({"penalties": {"type": "array", "items": _PENALTY}, "next_cursor": STRING})

DISCLOSE: Json = {
    "operation_id": "disclosures_file",
    "summary": "Disclose an error of your own",
    "description": (
        "Tell of an error in a declaration that was accepted, before customs finds it: what counts is the instant at "
        "which this arrives. `before_notice` says whether customs had announced a check already. The share that a "
        "disclosure takes off a penalty is published with the law of penalties."
    ),
    "parameters": [OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)],
    "request": {"application/json": {"$ref": f"{PREFIX}DisclosureRequest"}},
    "responses": {201: OpenApiResponse(DISCLOSURE, description="Kept")} | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [
        OpenApiExample("A wrong origin", value=REQUEST_EXAMPLE, request_only=True),
        OpenApiExample("Kept", value=DISCLOSURE_EXAMPLE, response_only=True, status_codes=["201"]),
    ],
}
PENALTIES: Json = {
    "operation_id": "penalties_list",
    "summary": "What is held against your organisation",
    "description": "Each penalty with facts, law, range, what speaks for the person and the amount, newest first.",
    "parameters": [OpenApiParameter("cursor", str, OpenApiParameter.QUERY)],
    "responses": {200: OpenApiResponse(PENALTY_PAGE, description="Penalties")} | problems(400, 403),
    "examples": [OpenApiExample("One penalty", value=PENALTY_EXAMPLE, response_only=True, status_codes=["200"])],
}


def schemas_add(result: Json, **_: Any) -> Json:
    """Add the request to the description's components (a hook of drf-spectacular)."""
    components = result.setdefault("components", {}).setdefault("schemas", {})
    schema = DisclosureRequest.model_json_schema(ref_template=PREFIX + "{model}")
    components.update({**schema.pop("$defs", {}), "DisclosureRequest": schema})
    return result
