"""Addresses of webhooks."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from singlewindow.webhooks import api, views

app_name = "webhooks"


class ActConverter(StringConverter):
    """What can be done with an endpoint by a button."""

    regex = "challenge|ping|pause|resume|disable|secret"


register_converter(ActConverter, "webhook_act")

urlpatterns = [
    path("api/v1/webhooks", api.WebhooksView.as_view(), name="api-list"),
    path("api/v1/webhooks/<str:endpoint_id>", api.WebhookView.as_view(), name="api-endpoint"),
    path("api/v1/webhooks/<str:endpoint_id>/deliveries", api.DeliveriesView.as_view(), name="api-deliveries"),
    path("api/v1/webhooks/<str:endpoint_id>/replay", api.ReplayView.as_view(), name="api-replay"),
    path("api/v1/webhooks/<str:endpoint_id>/challenge", api.ChallengeView.as_view(), name="api-challenge"),
    path("api/v1/webhooks/<str:endpoint_id>/ping", api.PingView.as_view(), name="api-ping"),
    path("api/v1/webhooks/<str:endpoint_id>/pause", api.PauseView.as_view(), name="api-pause"),
    path("api/v1/webhooks/<str:endpoint_id>/resume", api.ResumeView.as_view(), name="api-resume"),
    path("api/v1/webhooks/<str:endpoint_id>/secret", api.SecretView.as_view(), name="api-secret"),
    path("webhooks/", views.endpoints, name="list"),
    path("webhooks/new", views.new, name="new"),
    path("webhooks/<uuid:endpoint_id>/", views.endpoint, name="endpoint"),
    path("webhooks/<uuid:endpoint_id>/change", views.change, name="change"),
    path("webhooks/<uuid:endpoint_id>/replay", views.replay, name="replay"),
    path("webhooks/<uuid:endpoint_id>/log/<uuid:delivery_id>", views.delivery, name="delivery"),
    path("webhooks/<uuid:endpoint_id>/<webhook_act:name>", views.act, name="act"),
]
