"""System checks: every dotted entry of the wiring tables leads to something that can be called."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string


def _entries() -> Iterator[tuple[str, str]]:
    for event, handlers in settings.REACTIONS.items():
        for handler in handlers:
            yield f"REACTIONS[{event!r}]", handler
    for entry in settings.LODGEMENT_CHECKS:
        yield "LODGEMENT_CHECKS", entry


@register()
def wiring_resolves(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Report each entry of REACTIONS and LODGEMENT_CHECKS that names nothing callable (runtime.E001)."""
    problems: list[CheckMessage] = []
    for where, dotted in _entries():
        try:
            target = import_string(dotted)
        except ImportError as error:
            problems.append(Error(f"{where} names {dotted}, which does not exist: {error}", id="runtime.E001"))
        else:
            if not callable(target):
                problems.append(Error(f"{where} names {dotted}, which cannot be called.", id="runtime.E001"))
    return problems
