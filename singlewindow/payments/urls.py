"""Addresses of payments."""

from django.urls import URLPattern, URLResolver, path

from singlewindow.payments import api
from singlewindow.payments.views import baskets, officers, simulator

app_name = "payments"

urlpatterns: list[URLPattern | URLResolver] = [
    path("payments/", baskets.listed, name="list"),
    path("payments/new", baskets.choose, name="new"),
    path("payments/bank-account", baskets.bank_account, name="bank-account"),
    path("payments/simulator/<uuid:payment_id>", simulator.simulator, name="simulator"),
    path("payments/statements", officers.statements, name="statements"),
    path("payments/statements/<uuid:statement_id>", officers.statement, name="statement"),
    path("payments/suspense", officers.suspense, name="suspense"),
    path("payments/suspense/<uuid:suspense_id>", officers.suspense_item, name="suspense-item"),
    path("payments/payouts", officers.payouts, name="payouts"),
    path("payments/payouts/<uuid:payfile_id>.xml", officers.payout_file, name="payout-file"),
    path("payments/ledger", officers.ledger, name="ledger"),
    path("payments/ledger/accounts", officers.ledger_accounts, name="ledger-accounts"),
    path("payments/<uuid:basket_id>", baskets.basket, name="basket"),
    path("payments/<uuid:basket_id>/qr.svg", baskets.qr, name="qr"),
    path("payments/<uuid:basket_id>/<str:act>", baskets.pay, name="pay"),
    path("api/v1/payments", api.PaymentsView.as_view(), name="api-payments"),
    path("api/v1/payments/payable", api.PayableView.as_view(), name="api-payable"),
    path("api/v1/payments/callbacks/<str:provider>", api.CallbackView.as_view(), name="api-callback"),
    path("api/v1/payments/<str:basket_id>", api.PaymentView.as_view(), name="api-payment"),
    path("api/v1/payments/<str:basket_id>/pay", api.PayView.as_view(), name="api-pay"),
]
