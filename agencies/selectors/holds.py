"""Holds and needs: who holds what, and what the release predicate asks of permits."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from agencies.models import CertificateCitation, Hold, LpcoNeed
from agencies.selectors.places import uuid_of
from agencies.states import BLOCKING, HoldState
from agencies.types import REASONS, HoldInfo, LpcoState, LpcoStatus, PermitOutcome
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
    rows = LpcoNeed.objects.filter(declaration_id=declaration_id).order_by("-version", "item", "id")
    outcomes = needs_outcomes(rows)
    return LpcoStatus(all(outcome.satisfied for outcome in outcomes), outcomes)


def agency_takes_part(agency: str, declaration_id: UUID) -> bool:
    """Whether an agency held the goods of a declaration or asks a permit for them.

    Source: docs/rules/documents.md, DOC-REA-01.
    """
    if Hold.objects.filter(declaration_id=declaration_id, agency=agency).exists():
        return True
    if CertificateCitation.objects.filter(declaration_id=declaration_id, agency=agency).exists():
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
        holds = holds.filter(Q(deadline__gt=at) | Q(deadline=at, pk__gt=uuid_of(last)))
    rows = [hold_info(row) for row in holds.order_by("deadline", "pk")[: size + 1]]
    return page_of(rows, size, lambda hold: ((hold.deadline - EPOCH) // timedelta(microseconds=1), str(hold.id)))
