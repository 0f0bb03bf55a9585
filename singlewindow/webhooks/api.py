"""REST of webhooks: endpoints, their challenge, secret and log, and sending again."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.api.idempotency import Answer, idempotent
from singlewindow.api.views import ApiView, body_of, json_response, known_parameters, page_size_of, uuid_of
from singlewindow.db.work import Work, unit_of_work
from singlewindow.kernel.errors import FormatRefused
from singlewindow.webhooks import openapi
from singlewindow.webhooks.models import Attempt, Delivery
from singlewindow.webhooks.schemas import EndpointBody, ReplayBody, body_read
from singlewindow.webhooks.selectors import STATES, EndpointRow, LogFilter, delivery_page, endpoint_for, endpoints_for
from singlewindow.webhooks.services import (
    EndpointWish,
    deliveries_replay,
    delivery_replay,
    endpoint_change,
    endpoint_disable,
    endpoint_pause,
    endpoint_ping,
    endpoint_register,
    endpoint_resume,
    endpoint_verify,
    secret_rotate,
)

ROOT = "/api/v1/webhooks"
BODY_MAX = 16_384
Json = dict[str, Any]


class WebhooksView(ApiView):
    """/api/v1/webhooks"""

    permission_required = Permission.MANAGE_WEBHOOKS

    @extend_schema(**openapi.LIST)
    def get(self, request: Request) -> HttpResponse:
        """Every endpoint of the organisation."""
        known_parameters(request)
        return json_response({"webhooks": [endpoint_output(row) for row in endpoints_for(self.actor)]})

    @extend_schema(**openapi.REGISTER)
    def post(self, request: Request) -> HttpResponse:
        """Register an endpoint; the secret is in the first answer only, and is not stored with it."""
        body = body_of(request, "application/json", limit=BODY_MAX)
        wish = _wish(body)
        told: list[str] = []

        def act(work: Work) -> Answer:
            made = endpoint_register(work, actor=self.actor, wish=wish)
            told[:] = [made.secret]
            shown = endpoint_output(endpoint_for(self.actor, made.endpoint_id))
            return Answer(201, orjson.dumps(shown), {"Location": f"{ROOT}/{made.endpoint_id}"})

        return _with_secret(idempotent(request._request, self.actor, act, body=body), told)


class WebhookView(ApiView):
    """/api/v1/webhooks/{id}"""

    permission_required = Permission.MANAGE_WEBHOOKS

    @extend_schema(**openapi.READ)
    def get(self, request: Request, endpoint_id: str) -> HttpResponse:
        """One endpoint."""
        return json_response(endpoint_output(endpoint_for(self.actor, uuid_of(endpoint_id))))

    @extend_schema(**openapi.CHANGE)
    def put(self, request: Request, endpoint_id: str) -> HttpResponse:
        """Say anew where events go and which."""
        found = endpoint_for(self.actor, uuid_of(endpoint_id)).endpoint.pk
        wish = _wish(body_of(request, "application/json", limit=BODY_MAX))
        with unit_of_work() as work:
            endpoint_change(work, actor=self.actor, endpoint_id=found, wish=wish)
        return json_response(endpoint_output(endpoint_for(self.actor, found)))

    @extend_schema(**openapi.REMOVE)
    def delete(self, request: Request, endpoint_id: str) -> HttpResponse:
        """Switch it off."""
        with unit_of_work() as work:
            endpoint_disable(work, actor=self.actor, endpoint_id=uuid_of(endpoint_id))
        return HttpResponse(status=204)


class DeliveriesView(ApiView):
    """/api/v1/webhooks/{id}/deliveries"""

    permission_required = Permission.MANAGE_WEBHOOKS

    @extend_schema(**openapi.DELIVERIES)
    def get(self, request: Request, endpoint_id: str) -> HttpResponse:
        """A page of the log."""
        known_parameters(request, "state", "type", "subject")
        query = request.query_params
        state = query.get("state", "")
        if state and state not in STATES:
            raise FormatRefused(f"state is one of: {', '.join(STATES)}.", code="query.state")
        row = endpoint_for(self.actor, uuid_of(endpoint_id))
        narrow = LogFilter(state, query.get("type", "")[:40], query.get("subject", "")[:64])
        page = delivery_page(row.endpoint, narrow, cursor=query.get("cursor", ""), size=page_size_of(request))
        shown = [delivery_output(delivery) for delivery in page.rows]
        return json_response({"deliveries": shown, "next_cursor": page.next_cursor})


class ReplayView(ApiView):
    """/api/v1/webhooks/{id}/replay"""

    permission_required = Permission.MANAGE_WEBHOOKS

    @extend_schema(**openapi.REPLAY)
    def post(self, request: Request, endpoint_id: str) -> HttpResponse:
        """Send one delivery or a span of time again."""
        found = endpoint_for(self.actor, uuid_of(endpoint_id)).endpoint.pk
        body = body_of(request, "application/json", limit=BODY_MAX)
        wish = body_read(ReplayBody, body)
        assert isinstance(wish, ReplayBody)
        if (wish.delivery is None) == (wish.span is None):
            raise FormatRefused("Name a delivery, or since and until.", code="format.fields")

        def act(work: Work) -> Answer:
            count = 1
            if wish.delivery is not None:
                delivery_replay(work, actor=self.actor, endpoint_id=found, delivery_id=wish.delivery)
            elif wish.span is not None:
                begin, end = wish.span
                count = deliveries_replay(work, actor=self.actor, endpoint_id=found, begin=begin, end=end)
            return Answer(202, orjson.dumps({"events": count}))

        return idempotent(request._request, self.actor, act, body=body)


class _ActView(ApiView):
    """An act upon one endpoint, whose body says nothing more."""

    permission_required = Permission.MANAGE_WEBHOOKS

    def _act(self, request: Request, endpoint_id: str, act: Callable[[Work, UUID], Answer]) -> HttpResponse:
        found = endpoint_for(self.actor, uuid_of(endpoint_id)).endpoint.pk
        body = body_of(request, "application/json", limit=BODY_MAX)
        if body.strip() not in {b"", b"{}"}:
            raise FormatRefused("Send {}.", code="format.fields")
        return idempotent(request._request, self.actor, lambda work: act(work, found), body=body)

    def _shown(self, endpoint_id: UUID) -> Answer:
        return Answer(200, orjson.dumps(endpoint_output(endpoint_for(self.actor, endpoint_id))))


class ChallengeView(_ActView):
    """/api/v1/webhooks/{id}/challenge"""

    @extend_schema(**openapi.CHALLENGE)
    def post(self, request: Request, endpoint_id: str) -> HttpResponse:
        """Send the challenge."""
        return self._act(request, endpoint_id, _queued(self.actor, endpoint_verify))


class PingView(_ActView):
    """/api/v1/webhooks/{id}/ping"""

    @extend_schema(**openapi.PING)
    def post(self, request: Request, endpoint_id: str) -> HttpResponse:
        """Send a test message."""
        return self._act(request, endpoint_id, _queued(self.actor, endpoint_ping))


class PauseView(_ActView):
    """/api/v1/webhooks/{id}/pause"""

    @extend_schema(**openapi.PAUSE)
    def post(self, request: Request, endpoint_id: str) -> HttpResponse:
        """Pause it."""

        def act(work: Work, found: UUID) -> Answer:
            endpoint_pause(work, actor=self.actor, endpoint_id=found)
            return self._shown(found)

        return self._act(request, endpoint_id, act)


class ResumeView(_ActView):
    """/api/v1/webhooks/{id}/resume"""

    @extend_schema(**openapi.RESUME)
    def post(self, request: Request, endpoint_id: str) -> HttpResponse:
        """Resume it."""

        def act(work: Work, found: UUID) -> Answer:
            endpoint_resume(work, actor=self.actor, endpoint_id=found)
            return self._shown(found)

        return self._act(request, endpoint_id, act)


class SecretView(_ActView):
    """/api/v1/webhooks/{id}/secret"""

    @extend_schema(**openapi.SECRET)
    def post(self, request: Request, endpoint_id: str) -> HttpResponse:
        """Give it a new secret."""
        told: list[str] = []

        def act(work: Work, found: UUID) -> Answer:
            told[:] = [secret_rotate(work, actor=self.actor, endpoint_id=found).secret]
            return self._shown(found)

        return _with_secret(self._act(request, endpoint_id, act), told)


def endpoint_output(row: EndpointRow) -> Json:
    """An endpoint as it is told; never its secret."""
    endpoint = row.endpoint
    return {
        "id": str(endpoint.pk),
        "url": endpoint.url,
        "description": endpoint.description,
        "event_types": endpoint.event_types,
        "state": endpoint.state,
        "state_reason": endpoint.state_reason,
        "verified_at": _instant(endpoint.verified_at),
        "failing_since": _instant(endpoint.failing_since),
        "previous_secret_until": _instant(endpoint.previous_until),
        "waiting": row.waiting,
        "failed": row.failed,
    }


def delivery_output(delivery: Delivery) -> Json:
    """One line of the log."""
    return {
        "id": str(delivery.pk),
        "event": str(delivery.event_id),
        "type": delivery.event_type,
        "subject": delivery.subject_id,
        "kind": delivery.kind,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "replays": delivery.replays,
        "next_at": _instant(delivery.next_at),
        "finished_at": _instant(delivery.finished_at),
        "tries": [_attempt_output(attempt) for attempt in getattr(delivery, "attempts_made", ())],
    }


def _attempt_output(attempt: Attempt) -> Json:
    return {
        "at": _instant(attempt.at),
        "status": attempt.status,
        "error": attempt.error,
        "latency_ms": attempt.latency_ms,
        "address": attempt.address,
        "answer": attempt.excerpt,
    }


def _queued(actor: Actor, service: Callable[..., UUID]) -> Callable[[Work, UUID], Answer]:
    def act(work: Work, found: UUID) -> Answer:
        delivery = service(work, actor=actor, endpoint_id=found)
        return Answer(202, orjson.dumps({"delivery": str(delivery)}))

    return act


def _with_secret(response: HttpResponse, told: list[str]) -> HttpResponse:
    """Put a new secret into the answer that is sent, which is not the one that is stored for repeated requests."""
    if "Idempotent-Replayed" not in response and told:
        response.content = orjson.dumps(orjson.loads(response.content) | {"secret": told[0]})
    return response


def _wish(body: bytes) -> EndpointWish:
    read = body_read(EndpointBody, body)
    assert isinstance(read, EndpointBody)
    return EndpointWish(read.url, read.description, tuple(read.event_types))


def _instant(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None
