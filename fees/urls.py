"""Addresses of fees."""

from django.urls import path

from fees.api import quotes
from fees.api.account import AccountApiView
from fees.urls_schedule import urlpatterns as schedule_urls
from fees.views import account, calculator, check, notice, rulings, tariff_changes

app_name = "fees"

urlpatterns = [
    *schedule_urls,
    path("tariff/changes/", tariff_changes.changes, name="tariff-changes"),
    path("tariff/changes/new", tariff_changes.change_new, name="tariff-change-new"),
    path("tariff/changes/<uuid:change_id>", tariff_changes.change, name="tariff-change"),
    path("rulings/", rulings.rulings, name="rulings"),
    path("rulings/new", rulings.ruling_new, name="ruling-new"),
    path("calculator", calculator.calculator, name="calculator"),
    path("account", account.account, name="account"),
    path("account.csv", account.account_csv, name="account-csv"),
    path("account/credit", account.credit, name="credit"),
    path("declarations/<uuid:declaration_id>/notice", notice.notice, name="notice"),
    path("declarations/<uuid:declaration_id>/notice/<int:version>", notice.notice, name="notice-version"),
    path("declarations/<uuid:declaration_id>/notice/<int:version>.pdf", notice.notice_paper, name="notice-paper"),
    path("declarations/<uuid:declaration_id>/notice/<int:version>.svg", notice.notice_code_image, name="notice-code"),
    path("check/<str:code>", check.check, name="check"),
    path("quotes/verify", check.quote_verify, name="quote-verify"),
    path(".well-known/jwks.json", quotes.signing_keys, name="keys"),
    path("api/v1/quotes", quotes.QuotesView.as_view(), name="api-quotes"),
    path("api/v1/quotes/verify", quotes.QuoteVerifyView.as_view(), name="api-quote-verify"),
    path("api/v1/account", AccountApiView.as_view(), name="api-account"),
]
