"""REST of notifications: the feed with its meaning, and each message as JSON or as XML."""

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from singlewindow.accounts.permissions import Permission
from singlewindow.api.views import ApiView, json_response, known_parameters, page_size_of, uuid_of
from singlewindow.kernel.errors import DomainError, FormatRefused
from singlewindow.notifications import openapi
from singlewindow.notifications.json_form import notification_json
from singlewindow.notifications.selectors import notification_for, notification_page_for
from singlewindow.notifications.types import Notification
from singlewindow.notifications.xml_form import notification_xml

XML_TYPES = ("application/xml", "text/xml")


class NotAMessage(DomainError):
    """The event has no XML form."""

    code = "notification.no_message"
    status = 406
    title = "No message of the WCO stands for this event"


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
        return answered(told, xml=xml_wanted(request._request))


def xml_wanted(request: HttpRequest) -> bool:
    """Whether the caller asks for XML: by `format`, or else by Accept.

    Raises:
        FormatRefused: `format` is neither.
    """
    named = request.GET.get("format", "")
    if named not in {"", "json", "xml"}:
        raise FormatRefused("format is json or xml.", code="query.format")
    if named:
        return named == "xml"
    preferred = request.get_preferred_type(["application/json", *XML_TYPES])
    return preferred in XML_TYPES


def answered(told: Notification, *, xml: bool, attachment: bool = False) -> HttpResponse:
    """A notification as an answer.

    Raises:
        NotAMessage: XML is asked for, and there is none.
    """
    if not xml:
        response = json_response(notification_json(told))
    elif told.function is None:
        raise NotAMessage(told.silent)
    else:
        response = HttpResponse(notification_xml(told), content_type="application/xml")
    if attachment:
        name = f"{told.mrn or told.id}-{told.function.short if told.function else told.type}"
        response["Content-Disposition"] = f'attachment; filename="{name}.{"xml" if xml else "json"}"'
    return response
