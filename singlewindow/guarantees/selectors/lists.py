"""Guarantees as people see them: lists, one with its entries and its use over time, its codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.guarantees.models import AccessCode, Entry, Guarantee
from singlewindow.guarantees.selectors.guarantees import guarantee_view
from singlewindow.guarantees.types import EntryKind, EntryRow, GuaranteeView
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of, uuid_decode

POINTS_MOST = 60
"""Entries that the chart of use shows."""


@dataclass(frozen=True, slots=True)
class CodeRow:
    """An access code as its holder sees it: never the code itself."""

    id: int
    kind: str
    label: str
    changed_at: datetime


def guarantees_for(
    actor: Actor, *, state: str = "", text: str = "", cursor: str = "", size: int = PAGE_SIZE
) -> Page[GuaranteeView]:
    """Guarantees that the actor may see, newest first: those of its organisation, all for who manages them.

    Raises:
        FormatRefused: the cursor is none of this list.
    """
    rows = _visible(actor).select_related("holder").order_by("-pk")
    if state:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(grn__startswith=text.strip().upper()[:24])
    if cursor:
        rows = rows.filter(pk__lt=uuid_decode(cursor))
    return page_of([guarantee_view(row) for row in rows[: size + 1]], size, lambda one: (str(one.id),))


def guarantee_for(actor: Actor, guarantee_id: UUID) -> GuaranteeView:
    """One guarantee that the actor may see.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    row = _visible(actor).select_related("holder").filter(pk=guarantee_id).first()
    if row is None:
        raise NotFound
    return guarantee_view(row)


def _visible(actor: Actor) -> QuerySet[Guarantee]:
    if actor.may(Permission.MANAGE_GUARANTEE):
        return Guarantee.objects.all()
    if actor.may(Permission.VIEW_GUARANTEE) and actor.organisation_id is not None:
        return Guarantee.objects.filter(holder=actor.organisation_id)
    return Guarantee.objects.none()


def entries_of(guarantee_id: UUID, *, cursor: str = "", size: int = PAGE_SIZE) -> Page[EntryRow]:
    """The ledger of a guarantee, newest first."""
    rows = Entry.objects.filter(guarantee=guarantee_id).order_by("-pk")
    if cursor:
        rows = rows.filter(pk__lt=cursor_decode(cursor, int)[0])
    return page_of([_entry(row) for row in rows[: size + 1]], size, lambda one: (one.id,))


def _entry(row: Entry) -> EntryRow:
    return EntryRow(
        id=row.pk,
        kind=EntryKind(row.kind),
        purpose=row.purpose,
        subject_id=row.subject_id,
        amount_minor=row.amount_minor,
        used_after_minor=row.used_after_minor,
        at=row.at,
        reason=row.reason,
        actor=row.actor,
    )


def usage_of(guarantee_id: UUID) -> list[tuple[datetime, int]]:
    """What was used after each of the newest entries, oldest first."""
    rows = Entry.objects.filter(guarantee=guarantee_id).order_by("-pk").values_list("at", "used_after_minor")
    return list(rows[:POINTS_MOST])[::-1]


def codes_of(guarantee_id: UUID) -> Sequence[CodeRow]:
    """The access codes of a guarantee that count, the main one first."""
    rows = AccessCode.objects.filter(guarantee=guarantee_id, ended_at=None).order_by("-kind", "pk")
    return [CodeRow(row.pk, row.kind, row.label, row.changed_at) for row in rows]


def guarantees_out_of_balance() -> list[str]:
    """The GRN of every guarantee whose `used_minor` is not what its entries say; empty when all is well."""
    rows = Guarantee.objects.raw(
        "SELECT g.id, g.grn FROM guarantees_guarantee g LEFT JOIN guarantees_entry e ON e.guarantee_id = g.id "
        "GROUP BY g.id HAVING g.used_minor <> coalesce(sum(CASE e.kind WHEN 'RESERVE' THEN e.amount_minor "
        "WHEN 'CONVERT' THEN 0 ELSE -e.amount_minor END), 0)"
    )
    return [row.grn for row in rows]
