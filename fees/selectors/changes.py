"""Reads of changes of the tariff: which there are, what one does row by row, and who must agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fees.models import TariffChange, TariffChangeRow, TariffVersion
from fees.states import TariffChangeState
from fees.types import ChangeSource, RowAction
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of, uuid_decode

ROWS_PAGE: Final = 50
RECORDS: Final = "taric_records"
"""Rows that only keep what an envelope said: counted, and not shown one by one."""


@dataclass(frozen=True, slots=True)
class ChangeHead:
    """A change of the tariff as a list shows it."""

    id: UUID
    source: ChangeSource
    title: str
    state: TariffChangeState
    base: str
    """The version that it was compared with."""
    base_stands: bool
    """Whether that version is still the one in force; if not, it must be read again."""
    counts: tuple[Mapping[str, Any], ...]
    unread: tuple[Mapping[str, str], ...]
    files: tuple[Mapping[str, Any], ...]
    content_sha256: str
    created_by: str
    created_at: datetime
    decided_at: datetime | None

    def total(self, action: RowAction) -> int:
        """How many rows are added, changed or ended."""
        return sum(count[action.value] for count in self.counts if count["sheet"] != RECORDS)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One row of a change: what stands, and what shall stand."""

    number: int
    sheet: str
    kind: str
    action: RowAction
    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def changes_for(actor: Actor, *, cursor: str = "", size: int = PAGE_SIZE) -> Page[ChangeHead]:
    """Changes of the tariff, newest first; none for who may not see them. Raises FormatRefused for a wrong cursor."""
    if not _may_see(actor):
        return Page([])
    rows = TariffChange.objects.select_related("base").order_by("-pk")
    if cursor:
        rows = rows.filter(pk__lt=uuid_decode(cursor))
    current = _current()
    return page_of([_head(row, current) for row in rows[: size + 1]], size, lambda one: (str(one.id),))


def change_for(actor: Actor, change_id: UUID) -> ChangeHead:
    """One change. Raises NotFound: there is none, or the actor may not see it."""
    row = TariffChange.objects.select_related("base").filter(pk=change_id).first() if _may_see(actor) else None
    if row is None:
        raise NotFound
    return _head(row, _current())


def change_rows_for(
    actor: Actor, change_id: UUID, *, sheet: str = "", action: str = "", cursor: str = "", size: int = ROWS_PAGE
) -> Page[ChangeRow]:
    """The rows of a change, the largest change of a rate first. Raises FormatRefused for a wrong cursor."""
    if not _may_see(actor):
        return Page([])
    rows = TariffChangeRow.objects.filter(change_id=change_id).exclude(sheet=RECORDS).order_by("number")
    if sheet:
        rows = rows.filter(sheet=sheet)
    if action:
        rows = rows.filter(action=action)
    if cursor:
        (after,) = cursor_decode(cursor, int)
        rows = rows.filter(number__gt=after)
    return page_of([_row(row) for row in rows[: size + 1]], size, lambda one: (one.number,))


def _may_see(actor: Actor) -> bool:
    return actor.may(Permission.MANAGE_TARIFF) or actor.may(Permission.VIEW_PROPOSAL)


def _current() -> int | None:
    return TariffVersion.objects.order_by("-id").values_list("pk", flat=True).first()


def _head(row: TariffChange, current: int | None) -> ChangeHead:
    return ChangeHead(
        id=row.pk,
        source=ChangeSource(row.source),
        title=row.title,
        state=TariffChangeState(row.state),
        base=str(row.base),
        base_stands=row.base_id == current,
        counts=tuple(row.counts),
        unread=tuple(row.unread),
        files=tuple(row.files),
        content_sha256=row.content_sha256,
        created_by=row.created_by,
        created_at=row.created_at,
        decided_at=row.decided_at,
    )


def _row(row: TariffChangeRow) -> ChangeRow:
    return ChangeRow(row.number, row.sheet, row.kind, RowAction(row.action), row.subject, row.before, row.after)
