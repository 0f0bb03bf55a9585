"""What the description of the API says once for every operation: its security, and how it refuses."""

from http import HTTPStatus
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiResponse

from singlewindow.accounts.permissions import SCOPE_SENTENCES

Json = dict[str, Any]
PROBLEM_TYPE = "application/problem+json"
STRING: Json = {"type": "string"}
INSTANT: Json = {"type": ["string", "null"], "format": "date-time"}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """OAuth 2 client credentials, as `TokenAuthentication` takes them."""

    target_class = "singlewindow.api.authentication.TokenAuthentication"
    name = "oauth2"

    def get_security_definition(self, auto_schema: Any) -> Json:
        """The scheme with its scopes."""
        flow = {"tokenUrl": "/oauth/token", "scopes": SCOPE_SENTENCES}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}


def object_of(properties: Json, *, optional: tuple[str, ...] = ()) -> Json:
    """The schema of an object whose members are all there but the optional ones."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


PROBLEM: Json = object_of(
    {
        "type": STRING | {"description": "Address of a page about the code"},
        "title": STRING,
        "status": {"type": "integer"},
        "detail": STRING | {"description": "What is wrong with this request, in a sentence"},
        "code": STRING | {"description": "Stable: programs decide by it"},
        "instance": STRING | {"description": "The conversation, to be quoted in a report"},
        "errors": {
            "type": "array",
            "description": "Every finding, in the order of the message",
            "items": object_of(
                {
                    "code": STRING | {"description": "The rule or the fault of form"},
                    "pointer": STRING | {"description": "JSON pointer into the canonical form, also for XML"},
                    "message": STRING,
                    "remedy": STRING,
                    "value": STRING,
                    "source": STRING | {"description": "XPath of the element, where the message is XML"},
                },
                optional=("remedy", "value", "source"),
            ),
        },
    },
    optional=("errors",),
) | {"description": "Problem details (RFC 9457)"}

WHY: dict[int, tuple[str, str, str]] = {
    # status: when, an example of its code, an example of its detail
    400: ("The request cannot be read", "format.unknown_field", "There is no such field."),
    401: ("No valid access token", "not_authenticated", "Send the access token as 'Authorization: Bearer <token>'."),
    403: ("Not allowed, or no mandate in force", "not_permitted", "Your token does not carry what this needs."),
    404: ("Nothing here that is yours to see", "not_found", "Not found"),
    406: ("It has no such form", "notification.no_message", "No message of the WCO stands for this event."),
    409: ("It stands against how things are", "state", "The goods were presented already."),
    412: ("A header names another version than the one that is here", "stale", "The object changed since you read it."),
    410: (
        "The cursor is older than what is kept",
        "cursor.too_old",
        "The oldest cursor that can still be read from is Wzc4MywxMl0.",
    ),
    413: ("The body is too large", "too_large", "At most 1048576 bytes are read."),
    415: ("Another content type than those named", "media_type", "Send application/json in UTF-8."),
    422: ("One or more rules are broken; all of them are listed", "rule_violated", "1 rule is broken."),
    500: ("A fault of ours; nothing was stored", "fault", "Nothing was stored. Quote the conversation id."),
}
FINDING: Json = {
    "code": "DL-024",
    "pointer": "/items/0/net_mass_kg",
    "message": "The net mass of item 1 is missing.",
    "remedy": "Give the mass of the goods without packing, in kilograms.",
}


def problems(*statuses: int) -> dict[Any, Any]:
    """The refusals of an operation, beside those that every operation has (401, 500)."""
    asked = sorted({*statuses, 401, 500})
    return {(status, PROBLEM_TYPE): OpenApiResponse(PROBLEM, description=WHY[status][0]) for status in asked}


def problem_example(status: int) -> Json:
    """A problem as it is sent."""
    _, code, detail = WHY[status]
    conversation = "urn:conversation:01998877-2b2b-7a6b-8f4e-7a1c2d3e4f50"
    title = HTTPStatus(status).phrase
    whole = {"type": f"/problems/{code}", "title": title, "status": status, "detail": detail, "code": code}
    return whole | {"instance": conversation} | ({"errors": [FINDING]} if status == 422 else {})


def problems_describe(result: Json, **_: Any) -> Json:
    """Give every refusal the one schema and an example (a hook of drf-spectacular)."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for operations in result["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                refused = response.get("content", {}).get(PROBLEM_TYPE)
                if refused is not None:
                    refused["schema"] = {"$ref": "#/components/schemas/Problem"}
                    refused["examples"] = {WHY[int(status)][1]: {"value": problem_example(int(status))}}
    return result
