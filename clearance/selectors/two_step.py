"""Full declarations that are owed: one of a declaration, and the list with the nearest day first."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from clearance.models import SupplementaryObligation
from clearance.states import SupplementaryState
from clearance.types import SupplementaryRow
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import FormatRefused
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of

COLUMNS = ("declaration_id", "mrn", "lrn", "direction", "state", "opened_at", "due_at", "ended_at", "supplementary_id")
AWAITED = "awaited"
"""The list of what is still owed, overdue or not."""


def supplementary_of(declaration_id: UUID) -> SupplementaryRow | None:
    """What a simplified declaration owes; the caller has seen that the reader may see the declaration."""
    return next(iter(_rows(SupplementaryObligation.objects.filter(pk=declaration_id))), None)


def supplementary_owed_by(organisation_id: UUID) -> tuple[int, datetime | None]:
    """How many full declarations an organisation owes or files for another, and the nearest day."""
    mine = Q(organisation_id=organisation_id) | Q(lodged_by_id=organisation_id)
    days = list(
        SupplementaryObligation.objects.filter(mine, ended_at=None).order_by("due_at").values_list("due_at", flat=True)
    )
    return len(days), days[0] if days else None


def supplementary_page(
    actor: Actor, *, state: str = AWAITED, cursor: str = "", size: int = PAGE_SIZE
) -> Page[SupplementaryRow]:
    """One page of what is owed to customs, the nearest day first.

    Raises:
        NotPermitted: the actor has no desk.
        FormatRefused: there is no such state or cursor.
    """
    actor.require(Permission.VIEW_DESK)
    found = SupplementaryObligation.objects.order_by("due_at", "pk")
    if state == AWAITED:
        found = found.filter(ended_at=None)
    elif state in set(SupplementaryState):
        found = found.filter(state=state)
    else:
        raise FormatRefused(f"'{state[:20]}' is no state of a full declaration.", code="query.value")
    if cursor:
        due, last = cursor_decode(cursor, str, str)
        at = datetime.fromisoformat(str(due))
        found = found.filter(Q(due_at__gt=at) | Q(due_at=at, pk__gt=last))
    return page_of(_rows(found[: size + 1]), size, lambda row: (row.due_at.isoformat(), str(row.declaration_id)))


def _rows(found: QuerySet[SupplementaryObligation]) -> list[SupplementaryRow]:
    rows = found.values(*COLUMNS, "organisation__name", "supplementary__mrn")
    return [
        SupplementaryRow(
            **{name: row[name] for name in COLUMNS},
            trader=row["organisation__name"],
            supplementary_mrn=row["supplementary__mrn"] or "",
        )
        for row in rows
    ]
