"""Addresses of payments."""

from django.urls import URLPattern, URLResolver, path

from singlewindow.payments import api

app_name = "payments"

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/payments", api.PaymentsView.as_view(), name="api-payments"),
    path("api/v1/payments/payable", api.PayableView.as_view(), name="api-payable"),
    path("api/v1/payments/callbacks/<str:provider>", api.CallbackView.as_view(), name="api-callback"),
    path("api/v1/payments/<str:basket_id>", api.PaymentView.as_view(), name="api-payment"),
    path("api/v1/payments/<str:basket_id>/pay", api.PayView.as_view(), name="api-pay"),
]
