"""Addresses of declarations."""

from django.urls import path

from declarations import api

app_name = "declarations"

urlpatterns = [
    path("api/v1/declarations", api.DeclarationsView.as_view(), name="api-declarations"),
    path("api/v1/declarations/<str:declaration_id>", api.DeclarationView.as_view(), name="api-declaration"),
    path(
        "api/v1/declarations/<str:declaration_id>/presentation",
        api.PresentationView.as_view(),
        name="api-presentation",
    ),
    path("api/v1/declarations/<str:declaration_id>/timeline", api.TimelineView.as_view(), name="api-timeline"),
]
