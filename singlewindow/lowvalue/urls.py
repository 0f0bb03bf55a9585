"""Addresses of lowvalue."""

from django.urls import URLPattern, URLResolver

app_name = "lowvalue"

urlpatterns: list[URLPattern | URLResolver] = []
