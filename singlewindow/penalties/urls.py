"""Addresses of penalties."""

from django.urls import URLPattern, URLResolver, path

from singlewindow.penalties import api, views

app_name = "penalties"

urlpatterns: list[URLPattern | URLResolver] = [
    path("penalties/", views.penalties, name="list"),
    path("penalties/new", views.notify, name="notify"),
    path("penalties/<uuid:penalty_id>", views.penalty, name="penalty"),
    path("disclosures/", views.disclosures, name="disclosures"),
    path("disclosures/new", views.disclose, name="disclose"),
    path("disclosures/<uuid:disclosure_id>", views.disclosure, name="disclosure"),
    path("api/v1/disclosures", api.DisclosuresView.as_view(), name="api-disclosures"),
    path("api/v1/penalties", api.PenaltiesView.as_view(), name="api-penalties"),
]
