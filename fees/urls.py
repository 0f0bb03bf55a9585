"""Addresses of fees."""

from django.urls import path

from fees import api, views

app_name = "fees"

urlpatterns = [
    path("fees", views.schedule, name="schedule"),
    path("fees.json", views.schedule_json, name="schedule-json"),
    path("fees.csv", views.schedule_csv, name="schedule-csv"),
    path("calculator", views.calculator, name="calculator"),
    path("account", views.account, name="account"),
    path("account/credit", views.credit, name="credit"),
    path("api/v1/quotes", api.QuotesView.as_view(), name="api-quotes"),
    path("api/v1/account", api.AccountApiView.as_view(), name="api-account"),
]
