"""One statement: its debts, and its sums by authority and tax that lead to them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound
from singlewindow.revenue.models import Statement
from singlewindow.revenue.selectors.deferments import DefermentView, deferment_view
from singlewindow.revenue.states import StatementState


@dataclass(frozen=True, slots=True)
class StatementDebt:
    """One debt, or one change of it."""

    declaration_id: UUID
    mrn: str
    at: datetime
    amount_minor: int


@dataclass(frozen=True, slots=True)
class TaxTotal:
    """The sum of one tax of one authority, and the declarations that it comes from."""

    authority: str
    tax_type: str
    amount_minor: int
    declarations: tuple[tuple[UUID, str, int], ...]
    """Id, MRN and minor units of each."""


@dataclass(frozen=True, slots=True)
class StatementView:
    """The statement of a month."""

    id: UUID
    deferment: DefermentView
    month: date
    state: StatementState
    due_on: date
    closed_at: datetime | None
    paid_at: datetime | None
    called_minor: int
    debts: tuple[StatementDebt, ...]
    totals: tuple[TaxTotal, ...]

    @property
    def total_minor(self) -> int:
        """What is to be paid."""
        return sum(debt.amount_minor for debt in self.debts)

    @property
    def currency(self) -> str:
        """Of every amount."""
        return self.deferment.currency


def statement_for(actor: Actor, statement_id: UUID) -> StatementView:
    """One statement with everything on it. Raises NotFound where there is none, or the actor may not see it."""
    row = Statement.objects.select_related("deferment__holder").filter(pk=statement_id).first()
    if row is None or not _may_see(actor, row):
        raise NotFound
    lines = list(row.lines.order_by("pk"))
    by_tax: defaultdict[tuple[str, str], defaultdict[tuple[UUID, str], int]] = defaultdict(lambda: defaultdict(int))
    for line in lines:
        for authority, tax_type, minor in line.parts:
            by_tax[authority, tax_type][line.declaration_id, line.mrn] += minor
    totals = [
        TaxTotal(authority, tax, sum(parts.values()), tuple((*who, minor) for who, minor in parts.items()))
        for (authority, tax), parts in sorted(by_tax.items())
    ]
    return StatementView(
        id=row.pk,
        deferment=deferment_view(row.deferment),
        month=row.month,
        state=StatementState(row.state),
        due_on=row.due_on,
        closed_at=row.closed_at,
        paid_at=row.paid_at,
        called_minor=row.called_minor,
        debts=tuple(StatementDebt(line.declaration_id, line.mrn, line.at, line.amount_minor) for line in lines),
        totals=tuple(totals),
    )


def _may_see(actor: Actor, row: Statement) -> bool:
    own = actor.may(Permission.VIEW_ACCOUNT) and row.deferment.holder_id == actor.organisation_id
    return own or actor.may(Permission.VIEW_REVENUE)
