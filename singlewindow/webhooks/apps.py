"""The app of webhooks: the feed of an organisation, pushed to the address it names."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """The webhooks app."""

    name = "singlewindow.webhooks"
    label = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"
