"""Every check of a lodgement, run together, so that a sender learns everything that is wrong in one answer."""

from collections.abc import Callable, Iterable
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from declarations.schemas import DeclarationMessage
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import RuleViolated, Violation

LodgementCheck = Callable[[DeclarationMessage, Actor], Iterable[Violation]]


def message_checked(message: DeclarationMessage, actor: Actor) -> tuple[Violation, ...]:
    """Run the rules of declarations and the checks that other applications add; returns the warnings.

    Raises:
        RuleViolated: at least one rule is broken; every violation is listed, in the order of the message.
    """
    found: list[Violation] = []
    for check in _added_checks(tuple(settings.LODGEMENT_CHECKS)):
        found.extend(check(message, actor))
    if found:
        raise RuleViolated(violations=found)
    return ()


@cache
def _added_checks(dotted: tuple[str, ...]) -> tuple[LodgementCheck, ...]:
    """The functions that settings.LODGEMENT_CHECKS names; a system check has resolved each at start."""
    return tuple(import_string(name) for name in dotted)
