"""Addresses of ens."""

from django.urls import URLPattern, URLResolver, path

from singlewindow.ens import api, views

app_name = "ens"

urlpatterns: list[URLPattern | URLResolver] = [
    path("entry-summaries/", views.entries, name="entries"),
    path("entry-summaries/<uuid:entry_id>", views.entry, name="entry"),
    path("targeting/", views.desk, name="desk"),
    path("targeting/<uuid:entry_id>", views.desk_entry, name="desk-entry"),
    path("targeting/<uuid:entry_id>/acknowledge", views.acknowledge, name="acknowledge"),
    path("api/v1/entry-summaries", api.EntrySummariesView.as_view(), name="api-entries"),
    path("api/v1/entry-summaries/<str:entry_id>", api.EntrySummaryView.as_view(), name="api-entry"),
    path("api/v1/entry-summaries/<str:entry_id>/response", api.EntryResponseView.as_view(), name="api-response"),
    path("api/v1/entry-summaries/<str:entry_id>/answers", api.EntryAnswersView.as_view(), name="api-answers"),
]
