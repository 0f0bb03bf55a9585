"""Addresses of cargo."""

from django.urls import URLPattern, URLResolver

app_name = "cargo"

urlpatterns: list[URLPattern | URLResolver] = []
