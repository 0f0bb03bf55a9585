"""Reads of the alert list."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Count, Q

from risk.models import AlertEntry
from risk.states import AlertState
from risk.types import AlertKind
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, page_of, uuid_decode


class AlertStands(StrEnum):
    """How an entry stands today; one whose last day is past is over without anybody's act."""

    LIVE = "live"
    PROPOSED = "proposed"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class AlertShown:
    """An entry of the alert list."""

    id: UUID
    kind: AlertKind
    value: str
    origin: str
    reason: str
    basis: str
    owner: str
    valid_from: date
    valid_to: date
    stands: AlertStands
    ended_at: datetime | None


def alerts_for(
    actor: Actor,
    *,
    stands: AlertStands | None = None,
    kind: AlertKind | None = None,
    cursor: str = "",
    size: int = PAGE_SIZE,
) -> Page[AlertShown]:
    """Entries of the alert list, newest first; none for who may not see risk.

    Raises:
        FormatRefused: the cursor is none of this list.
    """
    if not actor.may(Permission.VIEW_RISK):
        return Page([])
    rows = AlertEntry.objects.order_by("-pk")
    if stands is not None:
        rows = rows.filter(_standing(stands))
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    if cursor:
        rows = rows.filter(pk__lt=uuid_decode(cursor))
    return page_of([_shown(row) for row in rows[: size + 1]], size, lambda one: (str(one.id),))


def alert_counts(actor: Actor) -> dict[AlertStands, int]:
    """How many entries stand in each way; one query."""
    if not actor.may(Permission.VIEW_RISK):
        return {}
    counted = AlertEntry.objects.aggregate(
        **{stands.value: Count("id", filter=_standing(stands)) for stands in AlertStands}
    )
    return {stands: counted[stands.value] for stands in AlertStands}


def alert_for(actor: Actor, alert_id: UUID) -> AlertShown:
    """One entry.

    Raises:
        NotFound: there is none, or the actor may not see risk; both look the same.
    """
    row = AlertEntry.objects.filter(pk=alert_id).first() if actor.may(Permission.VIEW_RISK) else None
    if row is None:
        raise NotFound
    return _shown(row)


def _standing(stands: AlertStands) -> Q:
    today = clock.today()
    if stands is AlertStands.LIVE:
        return Q(state=AlertState.LIVE.value, valid_to__gte=today)
    if stands is AlertStands.EXPIRED:
        return Q(state=AlertState.LIVE.value, valid_to__lt=today)
    return Q(state=AlertState(stands.value).value)


def _shown(row: AlertEntry) -> AlertShown:
    over = row.state == AlertState.LIVE.value and row.valid_to < clock.today()
    return AlertShown(
        id=row.id,
        kind=AlertKind(row.kind),
        value=row.value,
        origin=row.origin,
        reason=row.reason,
        basis=row.basis,
        owner=row.owner,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        stands=AlertStands.EXPIRED if over else AlertStands(row.state),
        ended_at=row.ended_at,
    )
