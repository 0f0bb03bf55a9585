"""The app of guarantees: guarantees, their access codes and what is reserved on them."""

from django.apps import AppConfig


class GuaranteesConfig(AppConfig):
    """The guarantees app."""

    name = "singlewindow.guarantees"
    label = "guarantees"
    default_auto_field = "django.db.models.BigAutoField"
