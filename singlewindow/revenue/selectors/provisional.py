"""Debts that are not fixed yet: how old they are, who holds them, what stands behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from declarations.selectors import declaration_head
from fees.selectors.lines import (
    Moved,
    Provisional,
    TaxLine,
    debt_moved,
    debt_provisional,
    debts_provisional,
    tax_lines,
)
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_names
from singlewindow.accounts.types import Actor
from singlewindow.guarantees.selectors import reserved_for
from singlewindow.guarantees.types import Reservation
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, page_of, uuid_decode
from singlewindow.reference.selectors import profile
from singlewindow.revenue.models import Determination


@dataclass(frozen=True, slots=True)
class ProvisionalDebt:
    """A secured debt in the list."""

    declaration_id: UUID
    mrn: str
    holder: str
    currency: str
    total_minor: int
    since: datetime
    days: int
    """Since it was secured."""


@dataclass(frozen=True, slots=True)
class ProvisionalCase:
    """A secured debt with all that an officer decides on."""

    debt: ProvisionalDebt
    lines: tuple[TaxLine, ...]
    moved: Moved
    held: tuple[Reservation, ...]
    awaits_full: bool
    """The full declaration is still owed, and settles it."""


def provisional_debts(actor: Actor, *, cursor: str = "", size: int = PAGE_SIZE) -> Page[ProvisionalDebt]:
    """The provisional debts, oldest first; none for who may not see revenue.

    Raises:
        FormatRefused: the cursor is none of this list.
    """
    if not actor.may(Permission.VIEW_REVENUE):
        return Page([])
    rows = debts_provisional(after=uuid_decode(cursor) if cursor else None, size=size + 1)
    return page_of(_shown(rows), size, lambda one: (str(one.declaration_id),))


def provisional_debt(actor: Actor, declaration_id: UUID) -> ProvisionalCase:
    """One provisional debt. Raises NotFound where there is none, or the actor may not see revenue."""
    row = debt_provisional(declaration_id) if actor.may(Permission.VIEW_REVENUE) else None
    if row is None:
        raise NotFound
    (debt,) = _shown([row])
    return ProvisionalCase(
        debt=debt,
        lines=tuple(tax_lines([declaration_id])),
        moved=debt_moved(declaration_id),
        held=tuple(reserved_for(declaration_id)),
        awaits_full=_awaits_full(declaration_id),
    )


def determination_for(declaration_id: UUID) -> Determination | None:
    """The final determination of a declaration, for readers who may see the declaration; none before it was made."""
    return Determination.objects.filter(declaration_id=declaration_id).first()


def _awaits_full(declaration_id: UUID) -> bool:
    try:
        head = declaration_head(declaration_id)
    except NotFound:
        return False
    scheme = profile(head.lodged_at.date()).two_step
    return scheme is not None and head.type_code[2] in scheme.simplified


def _shown(rows: Iterable[Provisional]) -> list[ProvisionalDebt]:
    listed, now = list(rows), clock.now()
    names = organisation_names(row.organisation_id for row in listed)
    return [
        ProvisionalDebt(
            declaration_id=row.declaration_id,
            mrn=row.mrn,
            holder=names.get(row.organisation_id, ""),
            currency=row.currency,
            total_minor=row.total_minor,
            since=row.changed_at,
            days=max((now - row.changed_at).days, 0),
        )
        for row in listed
    ]
