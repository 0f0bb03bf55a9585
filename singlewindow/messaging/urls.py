"""Addresses of messaging."""

from django.urls import URLPattern, URLResolver, path

from singlewindow.messaging import api

app_name = "messaging"

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/messages", api.MessagesView.as_view(), name="api-messages"),
]
