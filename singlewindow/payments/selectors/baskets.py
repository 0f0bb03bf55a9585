"""Baskets as their owner sees them."""

from collections.abc import Iterable
from uuid import UUID

from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, page_of, uuid_decode
from singlewindow.payments.models import Basket, BasketLine, ProviderPayment
from singlewindow.payments.states import BasketState, ProviderState
from singlewindow.payments.types import BasketView, Line, LineKind

BUSY = (BasketState.PENDING.value, BasketState.PARTLY.value, BasketState.REVIEW.value)
"""States in which money is on its way or being looked at."""


def baskets_for(actor: Actor, *, cursor: str = "", size: int = PAGE_SIZE) -> Page[BasketView]:
    """The baskets of the actor's organisation, newest first, without their lines.

    Raises:
        FormatRefused: the cursor is none of this list.
    """
    if actor.organisation_id is None:
        return Page([])
    rows = Basket.objects.filter(organisation_id=actor.organisation_id).order_by("-pk")
    if cursor:
        rows = rows.filter(pk__lt=uuid_decode(cursor))
    return page_of([basket_view(row) for row in rows[: size + 1]], size, lambda one: (str(one.id),))


def basket_for(actor: Actor, basket_id: UUID) -> BasketView:
    """One basket of the actor's organisation with its lines.

    Raises:
        NotFound: there is none.
    """
    if actor.organisation_id is None:
        raise NotFound
    row = Basket.objects.filter(pk=basket_id, organisation_id=actor.organisation_id).first()
    if row is None:
        raise NotFound
    return basket_view(row, lines_of(row.pk))


def basket_view(row: Basket, lines: Iterable[Line] = ()) -> BasketView:
    """A row as a value."""
    return BasketView(
        id=row.pk,
        organisation_id=row.organisation_id,
        currency=row.currency,
        total_minor=row.total_minor,
        reference=row.reference,
        state=BasketState(row.state),
        method=row.method,
        received_minor=row.received_minor,
        reason=row.reason,
        made_at=row.made_at,
        expires_at=row.expires_at,
        settled_at=row.settled_at,
        lines=tuple(lines),
    )


def lines_of(basket_id: UUID) -> list[Line]:
    """What a basket pays, in the order of choosing."""
    return [_line(row) for row in BasketLine.objects.filter(basket_id=basket_id).order_by("pk")]


def _line(row: BasketLine) -> Line:
    return Line(LineKind(row.kind), row.amount_minor, row.text, row.demand_id, row.declaration_id, row.authority)


def busy_elsewhere(basket_id: UUID | None, lines: Iterable[Line]) -> list[tuple[str, str]]:
    """Lines that another basket is already paying, as text and that basket's reference."""
    demands = [line.demand_id for line in lines if line.demand_id]
    debts = [line.declaration_id for line in lines if line.declaration_id]
    rows = BasketLine.objects.filter(basket__state__in=BUSY)
    if basket_id is not None:
        rows = rows.exclude(basket_id=basket_id)
    both = rows.filter(demand_id__in=demands) | rows.filter(declaration_id__in=debts)
    return list(both.values_list("text", "basket__reference")[:50])


def provider_payment_for(actor: Actor, payment_id: UUID) -> tuple[BasketView, str, str, ProviderState]:
    """A payment with a provider by the actor's organisation: its basket, provider, the provider's id and state.

    Raises:
        NotFound: there is none.
    """
    row = ProviderPayment.objects.select_related("basket").filter(pk=payment_id).first()
    if row is None or row.basket.organisation_id != actor.organisation_id:
        raise NotFound
    return basket_view(row.basket), row.provider, row.provider_txn_id, ProviderState(row.state)


def basket_of_reference(reference: str) -> UUID | None:
    """The basket that a creditor reference names, if there is one; for officers."""
    return Basket.objects.filter(reference=reference).values_list("pk", flat=True).first()
