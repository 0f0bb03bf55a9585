"""REST of notifications: the feed with its meaning, and each message as JSON, XML or CUSRES."""

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from singlewindow.accounts.permissions import Permission
from singlewindow.api.views import ApiView, json_response, known_parameters, page_size_of, uuid_of
from singlewindow.kernel.errors import DomainError, FormatRefused
from singlewindow.notifications import openapi
from singlewindow.notifications.cusres import cusres_write
from singlewindow.notifications.json_form import notification_json
from singlewindow.notifications.selectors import notification_for, notification_page_for
from singlewindow.notifications.types import Form, Notification
from singlewindow.notifications.xml_form import notification_xml

MEDIA_TYPES = {
    "application/json": Form.JSON,
    "application/xml": Form.XML,
    "text/xml": Form.XML,
    "application/edifact": Form.EDIFACT,
}


class NotAMessage(DomainError):
    """The event has no form as a message."""

    code = "notification.no_message"
    status = 406
    title = "No message stands for this event"


class NotificationsView(ApiView):
    """/api/v1/notifications"""

    permission_required = Permission.READ_FEED

    @extend_schema(**openapi.LIST)
    def get(self, request: Request) -> HttpResponse:
        """A page of notifications after a cursor."""
        known_parameters(request)
        cursor = request.query_params.get("cursor", "")
        page, last = notification_page_for(self.actor, cursor=cursor, size=page_size_of(request))
        shown = [notification_json(told) for told in page.rows]
        return json_response({"notifications": shown, "cursor": last, "more": bool(page.next_cursor)})


class NotificationView(ApiView):
    """/api/v1/notifications/{event_id}"""

    permission_required = Permission.READ_FEED

    @extend_schema(**openapi.READ)
    def get(self, request: Request, event_id: str) -> HttpResponse:
        """One notification in the form that is asked for."""
        known_parameters(request, "format")
        told = notification_for(self.actor, uuid_of(event_id))
        return answered(told, form_wanted(request._request), reader=self.actor.organisation_identifier)


def form_wanted(request: HttpRequest) -> Form:
    """Which form the caller asks for: by `format`, or else by Accept; JSON where neither says.

    Raises:
        FormatRefused: `format` is none of them.
    """
    named = request.GET.get("format", "")
    if named:
        for form in Form:
            if form == named:
                return form
        raise FormatRefused("format is json, xml or edifact.", code="query.format")
    preferred = request.get_preferred_type(list(MEDIA_TYPES)) or "application/json"
    return MEDIA_TYPES[preferred]


def answered(told: Notification, form: Form, *, reader: str, attachment: bool = False) -> HttpResponse:
    """A notification as an answer.

    Args:
        reader: identifier of the organisation that reads it, which an interchange names.

    Raises:
        NotAMessage: a message is asked for, and there is none.
    """
    if form is Form.JSON:
        response = json_response(notification_json(told))
    elif told.function is None:
        raise NotAMessage(told.silent)
    elif form is Form.XML:
        response = HttpResponse(notification_xml(told), content_type="application/xml")
    else:
        response = HttpResponse(cusres_write(told, reader), content_type="application/edifact")
    if attachment:
        name = f"{told.mrn or told.id}-{told.function.short if told.function else told.type}"
        response["Content-Disposition"] = f'attachment; filename="{name}.{form.suffix}"'
    return response
