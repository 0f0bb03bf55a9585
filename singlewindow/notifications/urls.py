"""Addresses of notifications."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from singlewindow.notifications import api, views

app_name = "notifications"


class FormConverter(StringConverter):
    """The forms that a message has."""

    regex = "xml|json|edi"


register_converter(FormConverter, "message_form")

urlpatterns = [
    path("api/v1/notifications", api.NotificationsView.as_view(), name="api-list"),
    path("api/v1/notifications/<str:event_id>", api.NotificationView.as_view(), name="api-notification"),
    path("notifications/<uuid:event_id>.<message_form:suffix>", views.download, name="download"),
]
