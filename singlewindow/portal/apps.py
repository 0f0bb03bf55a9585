"""The portal app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages of traders and brokers; it has no tables of its own."""

    name = "singlewindow.portal"
    label = "portal"
