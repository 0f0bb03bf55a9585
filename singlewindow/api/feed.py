"""The event feed of an organisation, readable again from any cursor."""

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request

from singlewindow.accounts.permissions import Permission
from singlewindow.api.openapi import STRING, object_of, problems
from singlewindow.api.views import ApiView, json_response, known_parameters, page_size_of
from singlewindow.audit.selectors import feed_page
from singlewindow.kernel.errors import NotFound

EXAMPLE = {
    "events": [
        {
            "id": "01998877-3c3c-7a6b-8f4e-7a1c2d3e4f50",
            "type": "released",
            "subject": "01998877-2b2b-7a6b-8f4e-000000000001",
            "at": "2026-11-22T10:15:00+00:00",
            "data": {"mrn": "26ZZ00010100000014R0", "lrn": "INV-2026-0815"},
        }
    ],
    "cursor": "Wzc4MywxMl0",
    "more": False,
}

EVENT = object_of(
    {"id": STRING | {"format": "uuid"}, "type": STRING, "subject": STRING, "at": STRING | {"format": "date-time"}}
    | {"data": {"type": "object"}}
)
PAGE = object_of({"events": {"type": "array", "items": EVENT}, "cursor": STRING, "more": {"type": "boolean"}})


class FeedView(ApiView):
    """GET /api/v1/events"""

    permission_required = Permission.READ_FEED

    @extend_schema(
        operation_id="events_list",
        summary="Events of your organisation, oldest first",
        description=(
            "Store `cursor` and send it with the next call. Any cursor of the last 90 days works: nothing is used up."
        ),
        parameters=[
            OpenApiParameter("cursor", str, description="Where to go on from; leave out to begin at the beginning"),
            OpenApiParameter("page_size", int, description="1 to 200, 50 without it"),
        ],
        responses={200: OpenApiResponse(PAGE, description="A page")} | problems(400, 403, 404, 410),
        examples=[OpenApiExample("A released declaration", value=EXAMPLE, response_only=True)],
    )
    def get(self, request: Request) -> HttpResponse:
        """The page of events after a cursor."""
        known_parameters(request)
        if self.actor.organisation_id is None:
            raise NotFound
        page, cursor = feed_page(
            self.actor.organisation_id,
            cursor=request.query_params.get("cursor", ""),
            size=page_size_of(request),
        )
        events = [
            {
                "id": str(event.event_id),
                "type": event.type,
                "subject": event.subject_id,
                "at": event.at.isoformat(),
                "data": event.data,
            }
            for event in page.rows
        ]
        return json_response({"events": events, "cursor": cursor, "more": bool(page.next_cursor)})
