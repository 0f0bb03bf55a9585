"""The app of documents: uploaded once, kept safe, bound to what they prove, asked for once."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The documents app."""

    name = "singlewindow.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"
