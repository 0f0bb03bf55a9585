"""The demonstration app; in use only where CSW_DEMO is on."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demonstration country."""

    name = "singlewindow.demo"
    label = "demo"
