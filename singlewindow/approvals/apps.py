"""The app of approvals: what goes live only when a second person agrees."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """The approvals app."""

    name = "singlewindow.approvals"
    label = "approvals"
    default_auto_field = "django.db.models.BigAutoField"
