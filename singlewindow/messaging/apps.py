"""The app of messages of every format: told by their content, checked, taken, answered."""

from django.apps import AppConfig


class MessagingConfig(AppConfig):
    """The messaging app."""

    name = "singlewindow.messaging"
    label = "messaging"
    default_auto_field = "django.db.models.BigAutoField"
