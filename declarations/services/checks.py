"""Every check of a lodgement, run together, so that a sender learns everything that is wrong in one answer."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from declarations.rules import declaration_check
from declarations.schemas import DeclarationMessage, in_message_order
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import RuleViolated, Violation
from singlewindow.reference.selectors import code_lists

LodgementCheck = Callable[[DeclarationMessage, Actor], Iterable[Violation]]


Narrowing = Callable[[Sequence[DeclarationMessage]], Collection[int]]
LodgementChecks = tuple[LodgementCheck, ...]


def message_checked(
    message: DeclarationMessage, actor: Actor, at: datetime, checks: LodgementChecks | None = None
) -> tuple[Violation, ...]:
    """Run the rules of declarations and the checks that other applications add; returns what is only advice.

    Args:
        checks: those added checks that this message needs, as `checks_needed` found for many at once; else all.

    Raises:
        RuleViolated: at least one rule is broken; every violation is listed, in the order of the message.
    """
    outcome = declaration_check(message, code_lists(at.date()))
    added = [found for check in (_all_checks() if checks is None else checks) for found in check(message, actor)]
    violations = in_message_order([*outcome.violations, *added]) if added else outcome.violations
    if violations:
        count = len(violations)
        raise RuleViolated(
            violations[0].message if count == 1 else f"The declaration breaks rules in {count} places.",
            violations=violations,
        )
    return outcome.advice


def message_findings(message: DeclarationMessage, actor: Actor, at: datetime) -> tuple[Violation, ...]:
    """What would stop a message from being lodged; nothing where nothing would."""
    try:
        message_checked(message, actor, at)
    except RuleViolated as refused:
        return refused.violations
    return ()


def checks_needed(messages: Sequence[DeclarationMessage]) -> list[LodgementChecks]:
    """For each of many messages, the added checks that have something to look at."""
    needed: list[list[LodgementCheck]] = [[] for _ in messages]
    for path, check in zip(settings.LODGEMENT_CHECKS, _all_checks(), strict=True):
        narrowing = settings.LODGEMENT_CHECKS_NARROWED.get(path)
        places = _narrowing(narrowing)(messages) if narrowing else range(len(messages))
        for place in places:
            needed[place].append(check)
    return [tuple(checks) for checks in needed]


def _all_checks() -> LodgementChecks:
    return _added_checks(tuple(settings.LODGEMENT_CHECKS))


@cache
def _narrowing(path: str) -> Narrowing:
    """The function that tells which of many messages a check has something to look at in."""
    found: Narrowing = import_string(path)
    return found


@cache
def _added_checks(dotted: tuple[str, ...]) -> tuple[LodgementCheck, ...]:
    """The functions that settings.LODGEMENT_CHECKS names; a system check has resolved each at start."""
    return tuple(import_string(name) for name in dotted)
