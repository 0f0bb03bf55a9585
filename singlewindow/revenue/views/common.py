"""What the pages of revenue share: refusals as errors of a page, and amounts of a form in minor units."""

from decimal import Decimal

from django.utils.translation import gettext as _

from singlewindow.kernel.errors import (
    Conflict,
    DomainError,
    NotPermitted,
    RuleViolated,
    TransitionRefused,
    Violation,
)
from singlewindow.kernel.money import to_minor
from singlewindow.web.types import PageError

REFUSALS = (RuleViolated, Conflict, NotPermitted, TransitionRefused)


def refusal_errors(refusal: DomainError) -> list[PageError]:
    """A refusal for the top of a page, every finding on a line."""
    if not refusal.violations:
        if isinstance(refusal, NotPermitted):
            return [PageError(_("Another person must decide this."))]
        if isinstance(refusal, TransitionRefused):
            return [PageError(_("It was decided meanwhile, or it is not its turn."))]
        return [PageError(refusal.detail)]
    return [PageError(found.message, "", found.rule, found.remedy) for found in refusal.violations]


def minor_of(amount: Decimal, currency: str, pointer: str = "/amount") -> int:
    """An amount in minor units.

    Raises:
        RuleViolated: RV-CLM-04, it is finer than the currency.
    """
    try:
        return to_minor(amount, currency)
    except ValueError as error:
        sentence = f"{amount} has more decimals than {currency}."
        found = Violation("RV-CLM-04", pointer, sentence, "Write fewer decimals.", f"{amount:f}")
        raise RuleViolated(violations=[found]) from error
