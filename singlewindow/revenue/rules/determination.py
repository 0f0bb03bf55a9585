"""How a final debt is covered: what is paid at once, called from a guarantee, or demanded; all figures add up."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from singlewindow.kernel.errors import Violation
from singlewindow.revenue.types import FinalDebt

REASON_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Owed:
    """What one authority is still owed, as duty or as interest; negative: what it gives back."""

    authority: str
    interest: bool
    minor: int


@dataclass(frozen=True, slots=True)
class Covering:
    """How everything that is owed is covered."""

    paid: tuple[Owed, ...]
    """Booked now, from the security and the account; negative parts are given back."""
    called: tuple[Owed, ...]
    demanded: tuple[Owed, ...]
    account_minor: int
    """What the account gives; negative: what it gets."""

    @property
    def called_minor(self) -> int:
        """What is taken from guarantees."""
        return sum(part.minor for part in self.called)


def cover(owed: Sequence[Owed], *, aside_minor: int, balance_minor: int, reserved_minor: int) -> Covering:
    """Cover what is owed out of what is set aside, then the account if it bears the whole rest, then the guarantees.

    Duty is covered before interest. An account that does not bear the rest is left alone: its money may be meant for
    other goods, and the guarantee was given for exactly this debt.

    Source: docs/rules/revenue.md, RV-FIN-04.
    """
    rest = sum(part.minor for part in owed) - aside_minor
    if rest <= balance_minor:
        return Covering(tuple(owed), (), (), rest)
    given_back = [part for part in owed if part.minor < 0]
    pot = aside_minor - sum(part.minor for part in given_back)
    wanted = [part for part in owed if part.minor > 0]
    paid, wanted, _ = _take(wanted, pot)
    called, demanded, _ = _take(wanted, reserved_minor)
    return Covering((*given_back, *paid), tuple(called), tuple(demanded), 0)


def _take(wanted: Sequence[Owed], pot: int) -> tuple[list[Owed], list[Owed], int]:
    """Cover parts in their order out of a pot; what is covered, what is not, and what is left in the pot."""
    covered, open_ = [], []
    for part in wanted:
        taken = min(part.minor, pot)
        pot -= taken
        if taken:
            covered.append(replace(part, minor=taken))
        if part.minor > taken:
            open_.append(replace(part, minor=part.minor - taken))
    return covered, open_, pot


def determination_findings(final: FinalDebt, *, awaits_full_declaration: bool) -> list[Violation]:
    """Everything that stands against the figures (RV-FIN-02, RV-FIN-03)."""
    found = []
    if awaits_full_declaration:
        sentence = "The full declaration is still owed: what it owes settles the security."
        found.append(Violation("RV-FIN-02", "", sentence, "Wait for it, or for its day."))
    if not final.reason.strip() or len(final.reason) > REASON_LENGTH:
        sentence = f"Give reasons of 1 to {REASON_LENGTH} characters."
        found.append(Violation("RV-FIN-03", "/reason", sentence, "Say what was found."))
    for authority, minor in final.due.items():
        if minor < 0:
            sentence = "What an authority is owed is not less than nothing."
            found.append(Violation("RV-FIN-03", f"/due/{authority}", sentence, "Correct the amount.", str(minor)))
    return found
