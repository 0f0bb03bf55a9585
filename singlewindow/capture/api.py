"""REST of capture: devices tell what they saw."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from singlewindow.accounts.permissions import Permission
from singlewindow.api.views import ApiView, body_of, json_response
from singlewindow.capture import openapi
from singlewindow.capture.schemas import events_read
from singlewindow.capture.services import TellReceipt, events_tell
from singlewindow.db.work import unit_of_work, with_retries
from singlewindow.kernel import strict_json

BODY_MAX = 262_144


class DeviceEventsView(ApiView):
    """/api/v1/device-events"""

    permission_required = Permission.TELL_EVENT

    @extend_schema(**openapi.TELL)
    def post(self, request: Request) -> HttpResponse:
        """Keep what devices saw; a batch that came before gets the answer that it got, with 200.

        The device's own number of each event makes it idempotent: a camera keeps no keys of requests.
        """
        message = events_read(strict_json.loads(body_of(request, "application/json", limit=BODY_MAX)))

        def act() -> TellReceipt:
            with unit_of_work() as work:
                return events_tell(work, message, self.actor)

        receipt = with_retries(act)
        return json_response(receipt_output(receipt), status=201 if receipt.new else 200)


def receipt_output(receipt: TellReceipt) -> dict[str, Any]:
    """The answer as JSON: nothing in it tells whether the batch was new."""
    return {
        "events": [
            {
                "id": str(event.id),
                "device": event.device,
                "event_id": event.event_id,
                "received_at": _instant(event.received_at),
                "marks": [mark.value for mark in event.marks],
            }
            for event in receipt.events
        ]
    }


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
