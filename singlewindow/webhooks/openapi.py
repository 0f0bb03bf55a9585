"""What the description of the API says of webhooks."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from singlewindow.api.openapi import INSTANT, STRING, object_of, problems
from singlewindow.webhooks.states import DeliveryState, EndpointState

Json = dict[str, Any]
_ID = "01998877-2b2b-7a6b-8f4e-7a1c2d3e4f50"
_TYPES: Json = {"type": "array", "items": STRING, "description": "Which types are sent; empty: all"}
_BODY_PARTS: Json = {"url": STRING | {"description": "https, port 443"}, "description": STRING, "event_types": _TYPES}
BODY = object_of(_BODY_PARTS, optional=("description", "event_types"))
ENDPOINT = object_of(
    {"id": STRING | {"format": "uuid"}}
    | _BODY_PARTS
    | {
        "state": {"type": "string", "enum": [state.value for state in EndpointState]},
        "state_reason": STRING,
        "verified_at": INSTANT,
        "failing_since": INSTANT,
        "previous_secret_until": INSTANT,
        "waiting": {"type": "integer"},
        "failed": {"type": "integer"},
        "secret": STRING | {"description": "Told once: when it is made"},
    },
    optional=("secret",),
)
ENDPOINTS = object_of({"webhooks": {"type": "array", "items": ENDPOINT}})
ATTEMPT = object_of(
    {"at": INSTANT, "status": {"type": ["integer", "null"]}, "error": STRING, "latency_ms": {"type": "integer"}}
    | {"address": STRING, "answer": STRING}
)
DELIVERY = object_of(
    {"id": STRING | {"format": "uuid"}, "event": STRING | {"format": "uuid"}, "type": STRING, "subject": STRING}
    | {"kind": STRING, "state": {"type": "string", "enum": [state.value for state in DeliveryState]}}
    | {"attempts": {"type": "integer"}, "replays": {"type": "integer"}, "next_at": INSTANT, "finished_at": INSTANT}
    | {"tries": {"type": "array", "items": ATTEMPT}}
)
LOG = object_of({"deliveries": {"type": "array", "items": DELIVERY}, "next_cursor": STRING})
QUEUED = object_of({"delivery": STRING | {"format": "uuid"}})
REPLAYED = object_of({"events": {"type": "integer"}})
REPLAY_BODY = object_of(
    {
        "delivery": STRING | {"format": "uuid"},
        "since": STRING | {"format": "date-time"},
        "until": STRING | {"format": "date-time"},
    },
    optional=("delivery", "since", "until"),
)

BODY_EXAMPLE: Json = {
    "url": "https://erp.example.com/customs/events",
    "description": "ERP, production",
    "event_types": ["accepted", "released", "query.sent"],
}
ENDPOINT_EXAMPLE: Json = {
    "id": _ID,
    **BODY_EXAMPLE,
    "state": "PAUSED",
    "state_reason": "challenge",
    "verified_at": None,
    "failing_since": None,
    "previous_secret_until": None,
    "waiting": 0,
    "failed": 0,
    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=",
}
READ_EXAMPLE: Json = {name: value for name, value in ENDPOINT_EXAMPLE.items() if name != "secret"}
LOG_EXAMPLE: Json = {
    "deliveries": [
        {
            "id": _ID,
            "event": "01998877-3c3c-7a6b-8f4e-7a1c2d3e4f50",
            "type": "released",
            "subject": "01998877-2b2b-7a6b-8f4e-000000000001",
            "kind": "event",
            "state": "DELIVERED",
            "attempts": 1,
            "replays": 0,
            "next_at": "2026-11-22T10:15:00Z",
            "finished_at": "2026-11-22T10:15:01Z",
            "tries": [
                {
                    "at": "2026-11-22T10:15:01Z",
                    "status": 204,
                    "error": "",
                    "latency_ms": 84,
                    "address": "203.0.113.7",
                    "answer": "",
                }
            ],
        }
    ],
    "next_cursor": "",
}
KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="A new UUID for each new request, the same one when a request is repeated.",
)
ID = OpenApiParameter("endpoint_id", str, OpenApiParameter.PATH, description="The endpoint (a UUID)")


def _sent(name: str, value: Any, status: int = 200) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)])


def _body(name: str, value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


LIST: Json = {
    "operation_id": "webhooks_list",
    "summary": "Webhook endpoints of your organisation",
    "responses": {200: OpenApiResponse(ENDPOINTS, description="All of them")} | problems(400, 403),
    "examples": [_sent("One endpoint", {"webhooks": [READ_EXAMPLE]})],
}
REGISTER: Json = {
    "operation_id": "webhooks_register",
    "summary": "Register an endpoint",
    "description": (
        "The answer holds the signing secret, which is told this once. The endpoint is paused until it has answered a "
        "challenge: set the secret up at the receiver, then ask for the challenge."
    ),
    "parameters": [KEY],
    "request": {"application/json": BODY},
    "responses": {201: OpenApiResponse(ENDPOINT, description="Registered; the secret")}
    | problems(400, 403, 409, 413, 415, 422),
    "examples": [_body("An endpoint", BODY_EXAMPLE), _sent("Registered", ENDPOINT_EXAMPLE, 201)],
}
READ: Json = {
    "operation_id": "webhooks_read",
    "summary": "One endpoint",
    "parameters": [ID],
    "responses": {200: OpenApiResponse(ENDPOINT, description="As it stands")} | problems(403, 404),
    "examples": [_sent("An endpoint", READ_EXAMPLE)],
}
CHANGE: Json = {
    "operation_id": "webhooks_change",
    "summary": "Change an endpoint",
    "description": "Another address must answer a challenge before anything is sent there.",
    "parameters": [ID],
    "request": {"application/json": BODY},
    "responses": {200: OpenApiResponse(ENDPOINT, description="Changed")} | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [_body("An endpoint", BODY_EXAMPLE), _sent("Changed", READ_EXAMPLE)],
}
REMOVE: Json = {
    "operation_id": "webhooks_disable",
    "summary": "Switch an endpoint off",
    "description": "What waits for it is not sent; the log stays.",
    "parameters": [ID],
    "responses": {204: OpenApiResponse(description="Switched off")} | problems(403, 404, 409),
}
DELIVERIES: Json = {
    "operation_id": "webhooks_deliveries",
    "summary": "The delivery log of an endpoint, newest first",
    "parameters": [
        ID,
        OpenApiParameter("state", str, description="PENDING, DELIVERED, FAILED or CANCELLED"),
        OpenApiParameter("type", str, description="Of this type only"),
        OpenApiParameter("subject", str, description="About this subject only"),
        OpenApiParameter("cursor", str),
        OpenApiParameter("page_size", int, description="1 to 200, 50 without it"),
    ],
    "responses": {200: OpenApiResponse(LOG, description="A page")} | problems(400, 403, 404),
    "examples": [_sent("A delivery", LOG_EXAMPLE)],
}
REPLAY: Json = {
    "operation_id": "webhooks_replay",
    "summary": "Send events again",
    "description": "One delivery, or every event of a span of time, with the ids that they had.",
    "parameters": [ID, KEY],
    "request": {"application/json": REPLAY_BODY},
    "responses": {202: OpenApiResponse(REPLAYED, description="So many wait now")}
    | problems(400, 403, 404, 409, 413, 415, 422),
    "examples": [
        _body("A span of time", {"since": "2026-11-22T00:00:00Z", "until": "2026-11-23T00:00:00Z"}),
        _sent("Queued", {"events": 12}, 202),
    ],
}
_EMPTY: Json = {"type": "object", "properties": {}, "additionalProperties": False}


def act(name: str, summary: str, description: str, *, status: int, schema: Json, example: Json) -> Json:
    """The description of one act upon an endpoint."""
    return {
        "operation_id": f"webhooks_{name}",
        "summary": summary,
        "description": description,
        "parameters": [ID, KEY],
        "request": {"application/json": _EMPTY},
        "responses": {status: OpenApiResponse(schema, description="Done")}
        | problems(400, 403, 404, 409, 413, 415, 422),
        "examples": [_body("Nothing more to say", {}), _sent("The answer", example, status)],
    }


CHALLENGE = act(
    "challenge",
    "Send the challenge",
    "A signed `webhook.challenge` goes to the address; a 2xx answer that holds `data.challenge` makes it active.",
    status=202,
    schema=QUEUED,
    example={"delivery": _ID},
)
PING = act(
    "ping",
    "Send a test message",
    "A signed `webhook.ping` goes to the address; the log shows what came of it.",
    status=202,
    schema=QUEUED,
    example={"delivery": _ID},
)
PAUSE = act(
    "pause",
    "Pause an endpoint",
    "Its place in the feed is kept.",
    status=200,
    schema=ENDPOINT,
    example=READ_EXAMPLE,
)
RESUME = act(
    "resume",
    "Resume an endpoint",
    "What came meanwhile is sent first.",
    status=200,
    schema=ENDPOINT,
    example=READ_EXAMPLE,
)
SECRET = act(
    "secret",
    "Give an endpoint a new secret",
    "The earlier one signs beside it for 24 hours, so that the receiver can change over without a loss.",
    status=200,
    schema=ENDPOINT,
    example=ENDPOINT_EXAMPLE,
)
