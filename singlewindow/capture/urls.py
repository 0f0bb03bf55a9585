"""Addresses of capture."""

from django.urls import URLPattern, URLResolver, path

from singlewindow.capture import api, views

app_name = "capture"

urlpatterns: list[URLPattern | URLResolver] = [
    path("captured/", views.captured, name="list"),
    path("captured/devices/", views.devices, name="devices"),
    path("captured/devices/<uuid:device_id>/calibration", views.calibrate, name="calibrate"),
    path("captured/devices/<uuid:device_id>/retirement", views.retire, name="retire"),
    path("captured/<uuid:seen_id>", views.event, name="event"),
    path("api/v1/device-events", api.DeviceEventsView.as_view(), name="api-events"),
]
