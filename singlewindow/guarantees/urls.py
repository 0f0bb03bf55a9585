"""Addresses of guarantees."""

from django.urls import URLPattern, URLResolver, path

from singlewindow.guarantees import api, views

app_name = "guarantees"
API = "api/v1/guarantees"

urlpatterns: list[URLPattern | URLResolver] = [
    path(API, api.GuaranteesView.as_view(), name="api-list"),
    path(f"{API}/<str:guarantee_id>", api.GuaranteeOneView.as_view(), name="api-one"),
    path(f"{API}/<str:guarantee_id>/code-checks", api.CodeChecksView.as_view(), name="api-code-checks"),
    path("guarantees/", views.own, name="list"),
    path("guarantees/new", views.new, name="new"),
    path("guarantees/<uuid:guarantee_id>/", views.one, name="one"),
    path("guarantees/<uuid:guarantee_id>/code", views.code, name="code"),
    path("guarantees/<uuid:guarantee_id>/codes/<int:code_id>/end", views.code_over, name="code-end"),
    path("guarantees/<uuid:guarantee_id>/cancel", views.cancel, name="cancel"),
    path("desk/guarantees/", views.managed, name="officer"),
    path("desk/guarantees/new", views.register, name="register"),
    path("desk/guarantees/<uuid:guarantee_id>/", views.managed_one, name="officer-one"),
]
