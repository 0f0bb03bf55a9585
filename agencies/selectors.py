"""Reads of the agencies: what is required, what a permit has left, who holds what."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet, Sum

from agencies.models import Agency, Hold, LpcoNeed, Permit, Requirement, WriteOff
from agencies.rules import EMPTY_INDEX, RequirementIndex, index_of, requirements_of
from agencies.states import BLOCKING, HoldState, PermitState
from agencies.types import (
    CUSTOMS,
    REASONS,
    AgencyInfo,
    HoldInfo,
    ItemRequirement,
    LpcoState,
    LpcoStatus,
    PermitInfo,
    PermitOutcome,
    RequirementInfo,
    WriteOffKind,
)
from declarations.schemas import DeclarationMessage
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import FormatRefused, NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of

DEFAULT_AGENCY = AgencyInfo(code=CUSTOMS, name="Customs", law="", sla_hours=24)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def requirement_index() -> RequirementIndex:
    """The requirements in force, remembered by this process until a newer set is loaded; one small query."""
    with connection.cursor() as cursor:  # asked for every declaration: the query builder would cost more than the query
        cursor.execute("SELECT coalesce(max(id), 0) FROM agencies_requirementset")
        (version,) = cursor.fetchone()
    return _index_read(version)


@lru_cache(maxsize=2)
def _index_read(version: int) -> RequirementIndex:
    if not version:
        return EMPTY_INDEX
    agencies = [AgencyInfo(a.code, a.name, a.law, a.sla_hours) for a in Agency.objects.all()]
    return index_of(version, agencies, [_requirement_info(row) for row in Requirement.objects.order_by("key")])


def _requirement_info(row: Requirement) -> RequirementInfo:
    return RequirementInfo(
        id=row.pk,
        agency=row.agency_id,
        hs_prefix=row.hs_prefix,
        direction=row.direction,
        countries=frozenset(row.countries),
        lpco_code=row.lpco_code,
        title=row.title,
        law=row.law,
        unit=row.unit,
        waivers=row.waivers,
        check=REASONS[row.check_reason] if row.check_reason else None,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def requirements_for(message: DeclarationMessage, on: date) -> tuple[ItemRequirement, ...]:
    """What the agencies require of these goods on a day; one query whatever the number of items."""
    return requirements_of(message, requirement_index(), on)


def agency_info(code: str) -> AgencyInfo:
    """An agency by its code; with 24 hours to decide where its data are not loaded."""
    known = requirement_index().agencies.get(code)
    return known or AgencyInfo(code, code if code != CUSTOMS else DEFAULT_AGENCY.name, "", DEFAULT_AGENCY.sla_hours)


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
        permits = permits.filter(pk__lt=_uuid_of(cursor_decode(cursor, str)[0]))
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
    added = Q(write_offs__kind__in=[WriteOffKind.RESERVE, WriteOffKind.MANUAL])
    permits = Permit.objects.annotate(
        added=Sum("write_offs__quantity", filter=added),
        freed=Sum("write_offs__quantity", filter=Q(write_offs__kind=WriteOffKind.FREE)),
    )
    return [p.pk for p in permits if p.used != (p.added or 0) - (p.freed or 0)]


def hold_info(row: Hold) -> HoldInfo:
    """The hold as a value."""
    reason = REASONS[row.reason]
    return HoldInfo(
        id=row.pk,
        declaration_id=row.declaration_id,
        mrn=row.mrn,
        agency=row.agency,
        kind=reason.kind,
        reason=reason,
        state=HoldState(row.state),
        opened_at=row.opened_at,
        deadline=row.deadline,
        owner=row.owner,
        items=tuple(row.items),
        details=tuple(row.details),
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        decision_reason=row.decision_reason,
        parties=tuple(row.parties),
    )


def holds_for(declaration_id: UUID) -> tuple[HoldInfo, ...]:
    """Every hold that a declaration ever had, oldest first."""
    return tuple(
        hold_info(row) for row in Hold.objects.filter(declaration_id=declaration_id).order_by("opened_at", "id")
    )


def holds_open_for(declaration_id: UUID) -> tuple[HoldInfo, ...]:
    """The holds that keep the goods: those that are open, and those that were upheld.

    The release predicate asks this under the lock of the declaration's row, where holds are opened too.
    """
    return tuple(hold for hold in holds_for(declaration_id) if hold.state in BLOCKING)


def lpco_status(declaration_id: UUID) -> LpcoStatus:
    """Whether every required permit is reserved and was valid at acceptance, or its agency is content without."""
    rows = LpcoNeed.objects.filter(declaration_id=declaration_id).order_by("-version", "id")
    outcomes = needs_outcomes(rows)
    return LpcoStatus(all(outcome.satisfied for outcome in outcomes), outcomes)


def agency_takes_part(agency: str, declaration_id: UUID) -> bool:
    """Whether an agency held the goods of a declaration or asks a permit for them.

    Source: docs/rules/documents.md, DOC-REA-01.
    """
    if Hold.objects.filter(declaration_id=declaration_id, agency=agency).exists():
        return True
    return any(outcome.agency == agency for outcome in lpco_status(declaration_id).outcomes)


def needs_outcomes(rows: Iterable[LpcoNeed]) -> tuple[PermitOutcome, ...]:
    """The needs of the newest version among rows that stand newest first."""
    found = list(rows)
    return tuple(_outcome(row) for row in found if row.version == found[0].version)


def _outcome(row: LpcoNeed) -> PermitOutcome:
    return PermitOutcome(
        item=row.item,
        agency=row.agency,
        code=row.code,
        state=LpcoState(row.state),
        permit_number=row.permit_number,
        permit_id=row.permit_id,
        quantity=row.quantity,
        remaining=row.remaining,
        unit=row.unit,
        requirement_id=row.requirement_id,
    )


def holds_for_officer(actor: Actor) -> QuerySet[Hold]:
    """The holds of the actor's own agency; nobody else's (A2).

    Raises:
        NotPermitted: the actor is no agency's officer.
    """
    actor.require(Permission.VIEW_AGENCY_HOLD)
    return Hold.objects.filter(agency=actor.agency) if actor.agency else Hold.objects.none()


def hold_page(
    actor: Actor,
    *,
    cursor: str = "",
    state: str = HoldState.OPEN,
    reason: str = "",
    search: str = "",
    late_at: datetime | None = None,
    size: int = PAGE_SIZE,
) -> Page[HoldInfo]:
    """A page of the agency's holds, the nearest deadline first.

    Args:
        late_at: only those whose deadline had passed by then.

    Raises:
        FormatRefused: the cursor was not made by this list.
    """
    holds = holds_for_officer(actor)
    if state:
        holds = holds.filter(state=state)
    if reason:
        holds = holds.filter(reason=reason)
    if search:
        holds = holds.filter(mrn__istartswith=search)
    if late_at is not None:
        holds = holds.filter(deadline__lt=late_at)
    if cursor:
        microseconds, last = cursor_decode(cursor, int, str)
        at = EPOCH + timedelta(microseconds=int(microseconds))
        holds = holds.filter(Q(deadline__gt=at) | Q(deadline=at, pk__gt=_uuid_of(last)))
    rows = [hold_info(row) for row in holds.order_by("deadline", "pk")[: size + 1]]
    return page_of(rows, size, lambda hold: ((hold.deadline - EPOCH) // timedelta(microseconds=1), str(hold.id)))


def _uuid_of(key: str | int) -> UUID:
    try:
        return UUID(str(key))
    except ValueError as error:
        raise FormatRefused("The cursor was not made by this list; start again without it.", code="cursor") from error
