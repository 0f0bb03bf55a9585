"""What a parent process loads once before it forks, so that no first request or first job waits for it."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import translation

from risk.selectors.rule_sets import rule_set_in_force
from singlewindow.kernel import clock
from singlewindow.kernel.errors import DomainError
from singlewindow.learning.selectors import model_load
from singlewindow.learning.types import LibraryMissing
from singlewindow.reference.selectors import code_lists


def warm(**_signal: Any) -> None:
    """Hold reference data, translations and models in memory; without a database each process does so later.

    Leaves no connection open: one that two processes share breaks both.
    """
    with suppress(DatabaseError, DomainError):
        code_lists(clock.today())
    with suppress(DatabaseError, DomainError, LibraryMissing):
        _models_load()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("Declaration")
    connections.close_all()


def _models_load() -> None:
    """The models that score or are watched: with LightGBM they are 100 MB and most of a second, shared by all forks."""
    rules = rule_set_in_force()
    for model_hash in (rules.model, *rules.shadow):
        if model_hash:
            model_load(model_hash)
