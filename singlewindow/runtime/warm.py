"""What a parent process loads once before it forks, so that no first request or first job waits for it."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import translation

from singlewindow.kernel import clock
from singlewindow.kernel.errors import DomainError
from singlewindow.reference.selectors import code_lists


def warm(**_signal: Any) -> None:
    """Hold the reference data and the translations in memory; without a database each process does so later.

    Leaves no connection open: one that two processes share breaks both.
    """
    with suppress(DatabaseError, DomainError):
        code_lists(clock.today())
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            translation.gettext("Declaration")
    connections.close_all()
