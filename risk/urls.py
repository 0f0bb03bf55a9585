"""Addresses of risk."""

from django.urls import path

from risk import views

app_name = "risk"
urlpatterns = [path("risk/rules", views.rules, name="rules")]
