"""The app of revenue: debts deferred, made final, repaid, remitted or drawn back."""

from django.apps import AppConfig


class RevenueConfig(AppConfig):
    """The revenue app."""

    name = "singlewindow.revenue"
    label = "revenue"
    default_auto_field = "django.db.models.BigAutoField"
