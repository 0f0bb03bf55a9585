"""Addresses of quotas."""

from django.urls import URLPattern, URLResolver, path

from singlewindow.quotas import api, views

app_name = "quotas"

urlpatterns: list[URLPattern | URLResolver] = [
    path("quotas/", views.listed, name="list"),
    path("quotas/<str:number>", views.shown, name="quota"),
    path("quotas/<str:number>/manage", views.manage, name="manage"),
    path("api/v1/quotas", api.QuotasView.as_view(), name="api-quotas"),
    path("api/v1/quotas/<str:number>", api.QuotaDetailView.as_view(), name="api-quota"),
]
