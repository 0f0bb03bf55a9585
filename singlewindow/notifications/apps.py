"""The app of notifications: the events of a declaration as messages of the field."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    """The notifications app."""

    name = "singlewindow.notifications"
    label = "notifications"
    default_auto_field = "django.db.models.BigAutoField"
