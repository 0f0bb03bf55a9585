"""Permits: which an actor may use or see, what they have left, and their ledger."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from agencies.models import Permit, WriteOff
from agencies.selectors.places import uuid_of
from agencies.states import PermitState
from agencies.types import ADDING, RETURNING, PermitInfo
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of


def permit_info(row: Permit) -> PermitInfo:
    """The permit as a value; its holder must have been read with it."""
    return PermitInfo(
        id=row.pk,
        code=row.code,
        number=row.number,
        agency=row.agency_id,
        holder_id=row.holder_id,
        holder_identifier=row.holder.identifier,
        holder_name=row.holder.name,
        hs_prefix=row.hs_prefix,
        origin=row.origin,
        direction=row.direction,
        quantity=row.quantity,
        unit=row.unit,
        tolerance=row.tolerance,
        used=row.used,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        state=PermitState(row.state),
        lpco=row.lpco,
        line=row.line,
        value_limit=row.value_limit,
        value_used=row.value_used,
        currency=row.currency,
        single_use=row.single_use,
    )


def permits_named(names: Iterable[tuple[str, str]], *, actor: Actor | None = None) -> dict[tuple[str, str], PermitInfo]:
    """Permits by (code, number), in one query; with an actor, only those of organisations they may file for."""
    wanted = set(names)
    if not wanted:
        return {}
    rows = Permit.objects.select_related("holder").filter(
        code__in={code for code, _ in wanted}, number__in={number for _, number in wanted}
    )
    if actor is not None:
        rows = rows.filter(holder__in=organisations_actor_may_file_for(actor).values("pk"))
    return {(row.code, row.number): permit_info(row) for row in rows if (row.code, row.number) in wanted}


def permits_for(actor: Actor) -> QuerySet[Permit]:
    """The permits that an actor may see: an agency's officer those of the agency, a trader those they may use.

    Raises:
        NotPermitted: the actor may see no permits at all.
    """
    permits = Permit.objects.select_related("holder")
    if actor.may(Permission.MANAGE_PERMIT) and actor.agency:
        return permits.filter(agency_id=actor.agency)
    actor.require(Permission.VIEW_PERMIT)
    return permits.filter(holder__in=organisations_actor_may_file_for(actor).values("pk"))


def permit_page(
    actor: Actor, *, cursor: str = "", state: str = "", search: str = "", size: int = PAGE_SIZE
) -> Page[PermitInfo]:
    """A page of the permits that an actor may see, newest first.

    Raises:
        FormatRefused: the cursor was not made by this list.
    """
    permits = permits_for(actor)
    if state:
        permits = permits.filter(state=state)
    if search:
        permits = permits.filter(Q(number__istartswith=search) | Q(hs_prefix__startswith=search))
    if cursor:
        permits = permits.filter(pk__lt=uuid_of(cursor_decode(cursor, str)[0]))
    rows = [permit_info(row) for row in permits.order_by("-pk")[: size + 1]]
    return page_of(rows, size, lambda permit: (str(permit.id),))


def permit_read(actor: Actor, permit_id: UUID) -> PermitInfo:
    """One permit that the actor may see. Raises NotFound for any other."""
    row = permits_for(actor).filter(pk=permit_id).first()
    if row is None:
        raise NotFound
    return permit_info(row)


def permit_papers_may_read(actor: Actor, permit_ids: Sequence[UUID]) -> bool:
    """Whether the actor may see one of the permits, and so the documents that are bound to it.

    Source: docs/rules/documents.md, DOC-REA-01.
    """
    if not (actor.may(Permission.MANAGE_PERMIT) or actor.may(Permission.VIEW_PERMIT)):
        return False
    return permits_for(actor).filter(pk__in=permit_ids).exists()


def write_offs_of(permit_id: UUID, *, limit: int = PAGE_SIZE) -> Sequence[WriteOff]:
    """The newest entries of a permit's ledger."""
    return list(WriteOff.objects.filter(permit_id=permit_id).order_by("-id")[:limit])


def permits_out_of_balance() -> list[UUID]:
    """Permits whose `used` differs from the sum of their ledger; always empty, and a test and `statusz` may ask."""
    sums = {}
    for column in ("quantity", "value"):
        for name, kinds in (("added", ADDING), ("returned", RETURNING)):
            sums[f"{column}_{name}"] = Sum(f"write_offs__{column}", filter=Q(write_offs__kind__in=kinds))
    permits = Permit.objects.annotate(**sums).values_list("pk", "used", "value_used", *sums)
    return [
        pk
        for pk, used, value_used, added, returned, value_added, value_returned in permits
        if used != (added or 0) - (returned or 0) or value_used != (value_added or 0) - (value_returned or 0)
    ]
