"""REST of messaging: one address for every message of the field, told by its content."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from singlewindow.accounts.permissions import Permission
from singlewindow.api.idempotency import Answer, idempotent
from singlewindow.api.openapi import problems
from singlewindow.api.views import ApiView, body_of
from singlewindow.db.work import Work
from singlewindow.messaging.families import family_of, recognise
from singlewindow.messaging.services import message_take

BODY_MAX = 5_000_000
MEDIA_TYPES = ("application/json", "application/xml", "text/xml", "application/edifact", "application/octet-stream")


class MessagesView(ApiView):
    """/api/v1/messages"""

    permission_required = Permission.SEND_MESSAGE

    @extend_schema(
        summary="Send a message of any format",
        description="JSON, WCO XML, inventory linking, entry summary or UN/EDIFACT, told by its content.",
        request={media: {"type": "string", "format": "binary"} for media in MEDIA_TYPES},
        responses={(201, "application/json"): {"type": "object"}, **problems(400, 401, 403, 409, 413, 415, 422)},
    )
    def post(self, request: Request) -> HttpResponse:
        """Take a message; the same key and body again give the same answer."""
        body = body_of(request, *MEDIA_TYPES, limit=BODY_MAX)
        received = recognise(body)
        family_of(received.kind)

        def act(work: Work) -> Answer:
            return message_take(work, received, self.actor)

        return idempotent(request._request, self.actor, act, body=body)
