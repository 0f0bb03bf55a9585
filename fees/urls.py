"""Addresses of fees."""

from django.urls import path

from fees import api
from fees.views import account, calculator, schedule

app_name = "fees"

urlpatterns = [
    path("fees", schedule.schedule, name="schedule"),
    path("fees.json", schedule.schedule_json, name="schedule-json"),
    path("fees.csv", schedule.schedule_csv, name="schedule-csv"),
    path("calculator", calculator.calculator, name="calculator"),
    path("account", account.account, name="account"),
    path("account/credit", account.credit, name="credit"),
    path("api/v1/quotes", api.QuotesView.as_view(), name="api-quotes"),
    path("api/v1/account", api.AccountApiView.as_view(), name="api-account"),
]
