"""Addresses of screening."""

from django.urls import URLPattern, URLResolver, path

from singlewindow.screening import views

app_name = "screening"

urlpatterns: list[URLPattern | URLResolver] = [
    path("screening/", views.lists, name="lists"),
    path("screening/lists/<uuid:version_id>", views.list_version, name="list"),
    path("screening/entries/<uuid:entry_id>", views.entry, name="entry"),
    path("screening/entries/<uuid:entry_id>/match", views.match, name="match"),
]
