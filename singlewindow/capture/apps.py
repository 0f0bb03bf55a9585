"""The app of capture: what cameras, scales, seals and scanners tell of goods."""

from django.apps import AppConfig


class CaptureConfig(AppConfig):
    """The capture app."""

    name = "singlewindow.capture"
    label = "capture"
    default_auto_field = "django.db.models.BigAutoField"
