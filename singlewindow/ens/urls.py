"""Addresses of ens."""

from django.urls import URLPattern, URLResolver

app_name = "ens"

urlpatterns: list[URLPattern | URLResolver] = []
