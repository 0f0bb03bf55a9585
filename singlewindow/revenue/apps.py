"""The app of revenue: what becomes of a debt after release: deferred, made final, with interest, repaid, remitted or drawn back."""

from django.apps import AppConfig


class RevenueConfig(AppConfig):
    """The revenue app."""

    name = "singlewindow.revenue"
    label = "revenue"
    default_auto_field = "django.db.models.BigAutoField"
