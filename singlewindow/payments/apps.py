"""The app of payments: money that comes in and goes out: baskets, providers, bank files and what nobody can place."""

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    """The payments app."""

    name = "singlewindow.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"
