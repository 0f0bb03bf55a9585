"""Who may pay later, how much is used, and the statements of each month."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, page_of, uuid_decode
from singlewindow.revenue.models import Deferment, Statement
from singlewindow.revenue.states import DefermentState, StatementState
from singlewindow.revenue.types import DefermentBasis


@dataclass(frozen=True, slots=True)
class DefermentView:
    """An approval of deferred payment as it stands."""

    id: UUID
    number: str
    holder_id: UUID
    holder_identifier: str
    holder_name: str
    currency: str
    limit_minor: int
    used_minor: int
    valid_from: date
    valid_to: date | None
    basis: DefermentBasis
    grn: str
    conditions: str
    state: DefermentState
    reason: str
    made_at: datetime

    @property
    def available_minor(self) -> int:
        """What can still be deferred."""
        return self.limit_minor - self.used_minor


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A month in a list."""

    id: UUID
    month: date
    state: StatementState
    due_on: date
    total_minor: int
    currency: str
    debts: int


def deferments_for(actor: Actor, *, cursor: str = "", size: int = PAGE_SIZE) -> Page[DefermentView]:
    """The deferments that the actor may see, newest first: those of its organisation, or all of them.

    Raises:
        FormatRefused: the cursor is none of this list.
    """
    rows = _visible(actor).order_by("-pk")
    if cursor:
        rows = rows.filter(pk__lt=uuid_decode(cursor))
    return page_of([deferment_view(row) for row in rows[: size + 1]], size, lambda one: (str(one.id),))


def deferment_for(actor: Actor, deferment_id: UUID) -> DefermentView:
    """One deferment. Raises NotFound where there is none, or the actor may not see it."""
    row = _visible(actor).filter(pk=deferment_id).first()
    if row is None:
        raise NotFound
    return deferment_view(row)


def statements_of(deferment_id: UUID) -> list[StatementRow]:
    """The statements of a deferment, newest first."""
    rows = Statement.objects.filter(deferment_id=deferment_id).select_related("deferment").order_by("-month")
    rows = rows.annotate(total=Sum("lines__amount_minor"), debts=Count("lines__declaration_id", distinct=True))
    return [
        StatementRow(
            row.pk, row.month, StatementState(row.state), row.due_on, row.total or 0, row.deferment.currency, row.debts
        )
        for row in rows[:60]
    ]


def _visible(actor: Actor) -> QuerySet[Deferment]:
    rows = Deferment.objects.select_related("holder")
    if actor.may(Permission.VIEW_REVENUE):
        return rows
    if actor.may(Permission.VIEW_ACCOUNT) and actor.organisation_id is not None:
        return rows.filter(holder_id=actor.organisation_id)
    return rows.none()


def deferment_view(row: Deferment) -> DefermentView:
    """A row as a value; its holder has been read with it."""
    return DefermentView(
        id=row.pk,
        number=row.number,
        holder_id=row.holder_id,
        holder_identifier=row.holder.identifier,
        holder_name=row.holder.name,
        currency=row.currency,
        limit_minor=row.limit_minor,
        used_minor=row.used_minor,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        basis=DefermentBasis(row.basis),
        grn=row.grn,
        conditions=row.conditions,
        state=DefermentState(row.state),
        reason=row.reason,
        made_at=row.made_at,
    )
