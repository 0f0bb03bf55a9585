"""The app of learning: models that learn from what checks found."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    """The learning app."""

    name = "singlewindow.learning"
    label = "learning"
    default_auto_field = "django.db.models.BigAutoField"
