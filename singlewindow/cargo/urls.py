"""Addresses of cargo."""

from django.urls import URLPattern, URLResolver, path

from singlewindow.cargo import api, telling, views

app_name = "cargo"

urlpatterns: list[URLPattern | URLResolver] = [
    path("cargo/manifests/", views.manifests, name="manifests"),
    path("cargo/manifests/<uuid:manifest_id>", views.manifest, name="manifest"),
    path("cargo/manifests/<uuid:manifest_id>/bills/<uuid:bill_id>", views.bill, name="bill"),
    path("cargo/arrivals/", telling.arrivals, name="arrivals"),
    path("cargo/undeclared/", views.undeclared, name="undeclared"),
    path("cargo/undeclared.json", views.undeclared_json, name="undeclared-json"),
    path("cargo/unmanifested/", views.unmanifested, name="unmanifested"),
    path("cargo/unmanifested.json", views.unmanifested_json, name="unmanifested-json"),
    path("api/v1/manifests", api.ManifestsView.as_view(), name="api-manifests"),
    path("api/v1/manifests/<str:manifest_id>", api.ManifestView.as_view(), name="api-manifest"),
    path("api/v1/manifests/<str:manifest_id>/bills", api.ManifestBillsView.as_view(), name="api-manifest-bills"),
    path("api/v1/manifests/<str:manifest_id>/cancellation", api.CancellationView.as_view(), name="api-cancellation"),
    path("api/v1/arrivals", api.ArrivalsView.as_view(), name="api-arrivals"),
]
