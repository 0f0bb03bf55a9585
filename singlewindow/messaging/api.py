"""REST of messaging: one address for every message of the field, told by its content."""

import orjson
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from singlewindow.accounts.permissions import Permission
from singlewindow.api.idempotency import Answer, idempotent
from singlewindow.api.views import ApiView, body_of
from singlewindow.db.work import Work
from singlewindow.messaging import openapi
from singlewindow.messaging.families import family_of, recognise
from singlewindow.messaging.kinds import EDIFACT
from singlewindow.messaging.services import interchange_take, message_take
from singlewindow.messaging.types import InterchangeOutcome

BODY_MAX = 5_000_000
MEDIA_TYPES = ("application/json", "application/xml", "text/xml", openapi.EDIFACT_TYPE, "application/octet-stream")


class MessagesView(ApiView):
    """/api/v1/messages"""

    permission_required = Permission.SEND_MESSAGE

    @extend_schema(**openapi.SEND)
    def post(self, request: Request) -> HttpResponse:
        """Take a message; the same key and body, or the same interchange, again give the same answer."""
        body = body_of(request, *MEDIA_TYPES, limit=BODY_MAX)
        received = recognise(body)
        if received.kind.format == EDIFACT:
            return _answer(interchange_take(body, self.actor), words=_wants_words(request))
        family_of(received.kind)

        def act(work: Work) -> Answer:
            return message_take(work, received, self.actor)

        return idempotent(request._request, self.actor, act, body=body)


def _wants_words(request: Request) -> bool:
    accepted = request._request.headers.get("Accept", "")
    return "application/json" in accepted and openapi.EDIFACT_TYPE not in accepted


def _answer(outcome: InterchangeOutcome, *, words: bool) -> HttpResponse:
    """CONTRL, or what it says in words; a header names the reason of a whole refusal either way."""
    headers = {"Idempotent-Replayed": "true"} if outcome.replayed else {}
    if "code" in outcome.report:
        headers["Interchange-Refused"] = outcome.report["code"]
    content, media = (
        (orjson.dumps(outcome.report), "application/json") if words else (outcome.contrl, openapi.EDIFACT_TYPE)
    )
    return HttpResponse(content, status=outcome.status, content_type=media, headers=headers)
