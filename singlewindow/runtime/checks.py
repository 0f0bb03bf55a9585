"""System checks: every entry of the wiring tables leads to something that can be called."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import autodiscover_modules, import_string

from singlewindow.accounts.permissions import ROLE_PERMISSIONS, Permission
from singlewindow.celery import app


@register()
def reactions_resolve(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Report each entry of REACTIONS that is no registered Celery task (runtime.E001)."""
    # Not through Celery's loader: a worker runs the system checks from inside that, and would go round for ever.
    autodiscover_modules("tasks")
    return [
        Error(f"REACTIONS[{event!r}] names {name}, which is no registered task.", id="runtime.E001")
        for event, names in settings.REACTIONS.items()
        for name in names
        if name not in app.tasks
    ]


@register()
def lodgement_checks_resolve(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Report each entry of LODGEMENT_CHECKS that names nothing callable (runtime.E002)."""
    problems: list[CheckMessage] = []
    for dotted in settings.LODGEMENT_CHECKS:
        try:
            target = import_string(dotted)
        except ImportError as error:
            problems.append(Error(f"LODGEMENT_CHECKS names {dotted}: {error}", id="runtime.E002"))
        else:
            if not callable(target):
                problems.append(Error(f"LODGEMENT_CHECKS names {dotted}, which cannot be called.", id="runtime.E002"))
    return problems


@register()
def message_doors_resolve(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Report each entry of the tables of messages that names no object with both doors (runtime.E003)."""
    problems: list[CheckMessage] = []
    for table in ("MESSAGE_FAMILIES", "EDIFACT_MESSAGES"):
        for kind, dotted in getattr(settings, table).items():
            try:
                target = import_string(dotted)
            except ImportError as error:
                problems.append(Error(f"{table}[{kind!r}] names {dotted}: {error}", id="runtime.E003"))
            else:
                if not all(callable(getattr(target, door, None)) for door in ("check", "take")):
                    problems.append(
                        Error(f"{table}[{kind!r}] names {dotted}, which cannot check and take.", id="runtime.E003")
                    )
    return problems


@register()
def proposal_kinds_resolve(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Report each entry of PROPOSAL_KINDS and PROPOSAL_DECLINED that names nothing callable (runtime.E004)."""
    problems: list[CheckMessage] = []
    tables = {"PROPOSAL_KINDS": settings.PROPOSAL_KINDS, "PROPOSAL_DECLINED": settings.PROPOSAL_DECLINED}
    for table, kind, dotted in ((name, *entry) for name, kinds in tables.items() for entry in kinds.items()):
        try:
            target = import_string(dotted)
        except ImportError as error:
            problems.append(Error(f"{table}[{kind!r}] names {dotted}: {error}", id="runtime.E004"))
        else:
            if not callable(target):
                problems.append(Error(f"{table}[{kind!r}] names {dotted}: not callable.", id="runtime.E004"))
    return problems


@register()
def proposal_kinds_have_their_office(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Report each kind of proposal of which it is not said who agrees, or to which no role may agree (runtime.E005)."""
    problems: list[CheckMessage] = []
    for kind in settings.PROPOSAL_KINDS:
        if kind not in settings.PROPOSAL_NEEDS:
            problems.append(Error(f"PROPOSAL_NEEDS does not say who agrees to {kind!r}.", id="runtime.E005"))
            continue
        asked = {settings.PROPOSAL_DECIDERS.get(kind, Permission.DECIDE_PROPOSAL), settings.PROPOSAL_NEEDS[kind]}
        if not any(asked <= held for held in ROLE_PERMISSIONS.values()):
            problems.append(Error(f"No role may agree to {kind!r}: {sorted(asked)}.", id="runtime.E005"))
    for table in ("PROPOSAL_NEEDS", "PROPOSAL_DECIDERS", "PROPOSAL_DECLINED"):
        unknown = sorted(set(getattr(settings, table)) - set(settings.PROPOSAL_KINDS))
        problems += [Error(f"{table} names {kind!r}, which is no kind.", id="runtime.E005") for kind in unknown]
    return problems
