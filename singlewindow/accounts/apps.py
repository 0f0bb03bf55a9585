"""Organisations, people, mandates and third parties' software."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The accounts app."""

    name = "singlewindow.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
