"""The Django app that carries the base pages and the component library."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Registers templates, static files and the template tags of the window."""

    name = "singlewindow.web"
    label = "web"
    verbose_name = "Pages and components"
