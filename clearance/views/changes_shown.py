"""How a change reads on a page: its difference grouped by item, its money, and who decides it, in plain words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from declarations.services.contents import item_number
from declarations.states import ChangeState
from declarations.types import Change, ChangeKind
from singlewindow.kernel.money import from_minor

KINDS: dict[str, Any] = {
    ChangeKind.AMEND.value: _("Change of the declaration"),
    ChangeKind.INVALIDATE.value: _("Cancellation of the declaration"),
    ChangeKind.CORRECT.value: _("Correction by customs"),
}
REASON_CODES: dict[str, Any] = {
    "": _("Another reason"),
    "1": _("Lodged twice"),
    "2": _("No longer needed"),
    "3": _("Goods did not come"),
    "32": _("A mistake was found"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One field that differs."""

    name: str
    pointer: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Group:
    """The fields of one item that differ, or of the header."""

    title: str
    lines: tuple[Line, ...]


def groups(difference: Iterable[Mapping[str, Any]]) -> list[Group]:
    """The difference by item, the header first."""
    found: dict[int, list[Line]] = {}
    for change in difference:
        pointer = str(change["pointer"])
        line = Line(gettext(str(change["element"])), pointer, _text(change.get("before")), _text(change.get("after")))
        found.setdefault(item_number(pointer), []).append(line)
    return [Group(_title(number), tuple(lines)) for number, lines in sorted(found.items())]


def _title(number: int) -> str:
    return gettext("Item %(number)s") % {"number": number} if number else gettext("The whole declaration")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return str(value)


@dataclass(frozen=True, slots=True)
class MoneyShown:
    """What is owed before and after, and the difference with its direction."""

    before: Any
    after: Any
    delta: Any
    currency: str
    words: str


def money_shown(before: int | None, after: int | None, currency: str) -> MoneyShown | None:
    """The amounts in words; nothing where one side is not known."""
    if before is None or after is None or not currency:
        return None
    delta = after - before
    words = gettext("More to pay") if delta > 0 else gettext("Comes back to you") if delta < 0 else gettext("No change")
    owed, then, difference = (from_minor(minor, currency) for minor in (before, after, abs(delta)))
    return MoneyShown(owed, then, difference, currency, words)


def change_shown(change: Change) -> dict[str, Any]:
    """A request for a page: what, why, its difference, money and decision."""
    return {
        "change": change,
        "kind": KINDS[change.kind.value],
        "reason_code": REASON_CODES.get(change.reason_code, change.reason_code) if change.reason_code else "",
        "groups": groups(change.difference),
        "money": money_shown(change.money_before_minor, change.money_after_minor, change.currency),
        "decided": decided_words(change),
        "waits": change.state is ChangeState.REQUESTED,
    }


def decided_words(change: Change) -> str:
    """Who decided, as parties may know it."""
    if change.decided_at is None:
        return ""
    if change.state is ChangeState.WITHDRAWN:
        return gettext("You took it back")
    return gettext("Decided at once by the window") if change.decided_by.startswith("system:") else gettext("Customs")
