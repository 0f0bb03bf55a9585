"""Addresses of the API platform: tokens, health, the feed, the description of everything."""

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView
from oauth2_provider.views import TokenView

from singlewindow.api.docs import ApiDocsView, problem_page
from singlewindow.api.feed import FeedView
from singlewindow.api.health import healthz, readyz, statusz

app_name = "api"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("statusz", statusz, name="statusz"),
    path("oauth/token", TokenView.as_view(), name="token"),
    path("api/schema.json", SpectacularJSONAPIView.as_view(), name="schema"),
    path("api/docs", ApiDocsView.as_view(), name="docs"),
    path("api/v1/events", FeedView.as_view(), name="events"),
    path("problems/<slug:code>", problem_page, name="problem"),
]
