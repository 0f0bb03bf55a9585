"""Disputes as people see them."""

from collections.abc import Sequence
from uuid import UUID

from clearance.models import Dispute
from clearance.states import DisputeState
from declarations.selectors import declaration_head_for
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, page_of, uuid_decode


def disputes_page(actor: Actor, *, state: str = "", cursor: str = "", size: int = PAGE_SIZE) -> Page[Dispute]:
    """Disputes for who may open them, newest first; none for others.

    Raises:
        FormatRefused: the cursor is none of this list.
    """
    if not actor.may(Permission.OPEN_DISPUTE):
        return Page([])
    rows = Dispute.objects.order_by("-pk")
    if state:
        rows = rows.filter(state=state)
    if cursor:
        rows = rows.filter(pk__lt=uuid_decode(cursor))
    return page_of(list(rows[: size + 1]), size, lambda one: (str(one.pk),))


def disputes_of(actor: Actor, declaration_id: UUID) -> Sequence[Dispute]:
    """The disputes of a declaration that the actor may see, newest first.

    Raises:
        NotFound: there is no such declaration for this actor.
    """
    head = declaration_head_for(actor, declaration_id)
    return list(Dispute.objects.filter(declaration_id=head.id).order_by("-pk"))


def dispute_for(actor: Actor, dispute_id: UUID) -> Dispute:
    """One dispute of a declaration that the actor may see.

    Raises:
        NotFound: there is none.
    """
    row = Dispute.objects.filter(pk=dispute_id).first()
    if row is None:
        raise NotFound
    declaration_head_for(actor, row.declaration_id)
    return row


def disputes_told(declaration_id: UUID) -> list[tuple[UUID, DisputeState]]:
    """The disputes of a declaration and how each stands, newest first, for who sees the declaration already."""
    rows = Dispute.objects.filter(declaration_id=declaration_id).order_by("-pk").values_list("pk", "state")
    return [(dispute_id, DisputeState(state)) for dispute_id, state in rows]
