"""How pages of payments show amounts and refusals."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from singlewindow.kernel.errors import DomainError
from singlewindow.kernel.money import from_minor
from singlewindow.web.types import PageError


def money_rows(rows: Sequence[Any], name: str, currency: str = "") -> list[tuple[Any, Decimal]]:
    """Each row with the amount that it names, in figures; a row that has no currency of its own is in the one given."""
    return [(row, from_minor(getattr(row, name), currency or row.currency)) for row in rows]


def errors_of(refusal: DomainError) -> list[PageError]:
    """A refusal as a page lists it."""
    found = [
        PageError(_(one.message), rule=one.rule, remedy=_(one.remedy) if one.remedy else "")
        for one in refusal.violations
    ]
    return found or [PageError(_(refusal.detail))]
