"""The rules of a declaration, asked all at once. Pure: message and code lists in, findings out."""

from dataclasses import dataclass
from typing import Final

from declarations.rules import codes, header, items
from declarations.rules.header import MAX_ITEMS
from declarations.rules.registry import RULES, Found, Rule, Severity
from declarations.schemas import DeclarationMessage
from declarations.schemas.places import in_message_order
from singlewindow.kernel.errors import RuleViolated, Violation
from singlewindow.reference.types import CodeLists

MAX_FINDINGS: Final = 500
"""Findings listed of one message."""

_HEADER = tuple((rule, rule.header) for rule in RULES.values() if rule.header is not None)
_ITEM = tuple((rule, rule.item) for rule in RULES.values() if rule.item is not None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the rules found, each list in the order of the message."""

    violations: tuple[Violation, ...]
    """The declaration is refused while there is one."""
    advice: tuple[Violation, ...]
    """Shown to the trader and the officer; nothing is refused for it."""


NOTHING_FOUND: Final = Outcome((), ())


def declaration_check(message: DeclarationMessage, lists: CodeLists) -> Outcome:
    """Ask every rule."""
    refusals: list[Violation] = []
    advice: list[Violation] = []

    def note(rule: Rule, one: Found, around: str) -> None:
        to = refusals if rule.severity is Severity.REFUSAL else advice
        if len(to) < MAX_FINDINGS:
            to.append(Violation(rule.id, around + one.pointer, one.message, one.remedy, one.value))

    for rule, check in _HEADER:
        for found in check(message, lists):
            note(rule, found, "")
    for place, item in enumerate(message.items[:MAX_ITEMS]):
        for rule, item_check in _ITEM:
            for found in item_check(item, message, lists):
                note(rule, found, f"/items/{place}")
    if not refusals and not advice:
        return NOTHING_FOUND
    return Outcome(tuple(in_message_order(refusals)), tuple(in_message_order(advice)))


def declaration_require(message: DeclarationMessage, lists: CodeLists) -> tuple[Violation, ...]:
    """Ask every rule; what comes back is advice.

    Raises:
        RuleViolated: every violation, in the order of the message.
    """
    outcome = declaration_check(message, lists)
    if outcome.violations:
        count = len(outcome.violations)
        raise RuleViolated(
            outcome.violations[0].message if count == 1 else f"The declaration breaks rules in {count} places.",
            violations=outcome.violations,
        )
    return outcome.advice


__all__ = [
    "RULES",
    "Outcome",
    "Rule",
    "Severity",
    "codes",
    "declaration_check",
    "declaration_require",
    "header",
    "items",
]
