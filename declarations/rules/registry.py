"""Rules of a declaration: each has a permanent id, a sentence, a source and a weight, and is a pure function.

A rule of the declaration looks at the whole message once; a rule of the item looks at one item. All rules are asked;
what they find comes back in the order of the message.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from declarations.schemas import DeclarationMessage, GoodsItem
from singlewindow.reference.types import CodeLists


class Severity(StrEnum):
    """What a finding does."""

    REFUSAL = "refusal"  # The declaration is refused until it is put right.
    ADVICE = "advice"  # It is taken; the finding is shown to the trader and the officer.


class Found(NamedTuple):
    """What a rule finds: where (relative to the item for a rule of items), what is wrong, and the way out."""

    pointer: str
    message: str
    remedy: str = ""
    value: str = ""


HeaderCheck: TypeAlias = Callable[[DeclarationMessage, CodeLists], Iterable[Found]]
ItemCheck: TypeAlias = Callable[[GoodsItem, DeclarationMessage, CodeLists], Iterable[Found]]

NOTHING: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule."""

    id: str
    sentence: str
    source: str
    severity: Severity
    header: HeaderCheck | None = None
    item: ItemCheck | None = None


RULES: dict[str, Rule] = {}
"""Every rule by its id."""


def _register(rule: Rule) -> None:
    if rule.id in RULES:
        raise ValueError(f"two rules bear the id {rule.id}")
    RULES[rule.id] = rule


def header_rule(
    rule_id: str, *, source: str, severity: Severity = Severity.REFUSAL
) -> Callable[[HeaderCheck], HeaderCheck]:
    """Register a rule of the whole declaration; its docstring is its sentence."""

    def register(check: HeaderCheck) -> HeaderCheck:
        _register(Rule(rule_id, _sentence(check), source, severity, header=check))
        return check

    return register


def item_rule(rule_id: str, *, source: str, severity: Severity = Severity.REFUSAL) -> Callable[[ItemCheck], ItemCheck]:
    """Register a rule of each goods item; its docstring is its sentence."""

    def register(check: ItemCheck) -> ItemCheck:
        _register(Rule(rule_id, _sentence(check), source, severity, item=check))
        return check

    return register


def _sentence(check: Callable[..., object]) -> str:
    if not check.__doc__:
        raise ValueError(f"{check.__name__} has no sentence")
    return " ".join(check.__doc__.split())
