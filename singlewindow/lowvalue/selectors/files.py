"""Files of an organisation, how far each has come, and what became of its lines."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Sum

from declarations.selectors import declarations_released
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of
from singlewindow.lowvalue.models import BulkFile, BulkLine
from singlewindow.lowvalue.states import FileState, LineState
from singlewindow.lowvalue.types import BulkFileHead, BulkLineRow, FileFormat, LineError

FILES_PAGE = 20


def bulk_file_for(actor: Actor, file_id: UUID) -> BulkFileHead:
    """A file of the actor's organisation, with its progress: one query. Raises NotFound."""
    row = _heads(actor).filter(pk=file_id).first()
    if row is None:
        raise NotFound
    return _head(row)


def bulk_files_of(actor: Actor, *, cursor: str = "", size: int = FILES_PAGE) -> Page[BulkFileHead]:
    """The files of the actor's organisation, newest first."""
    rows = _heads(actor).order_by("-pk")
    if cursor:
        (after,) = cursor_decode(cursor, str)
        rows = rows.filter(pk__lt=_uuid(str(after)))
    heads = [_head(row) for row in rows[: size + 1]]
    return page_of(heads, size, lambda head: (str(head.id),))


def bulk_lines_of(
    actor: Actor, file_id: UUID, *, state: LineState | None = None, cursor: str = "", size: int = PAGE_SIZE
) -> Page[BulkLineRow]:
    """Lines of a file that were decided, in the order of the file. Raises NotFound."""
    _exists(actor, file_id)
    rows = BulkLine.objects.filter(file_id=file_id).order_by("line")
    if state is not None:
        rows = rows.filter(state=state.value)
    if cursor:
        (after,) = cursor_decode(cursor, int)
        rows = rows.filter(line__gt=after)
    lines = [_line(row) for row in rows[: size + 1]]
    return page_of(lines, size, lambda line: (line.line,))


def failed_lines(actor: Actor, file_id: UUID) -> Iterator[BulkLineRow]:
    """Every failed line with what stood in it, in the order of the file. Raises NotFound."""
    _exists(actor, file_id)
    rows = BulkLine.objects.filter(file_id=file_id, state=LineState.FAILED.value).order_by("line")
    return (_line(row) for row in rows.iterator(chunk_size=500))


def bulk_released(file_id: UUID) -> int:
    """How many of the file's declarations were released."""
    lodged = BulkLine.objects.filter(file_id=file_id, declaration__isnull=False)
    return declarations_released(lodged.values("declaration_id"))


def _own(actor: Actor) -> UUID:
    if actor.organisation_id is None:
        raise NotFound
    return actor.organisation_id


def _exists(actor: Actor, file_id: UUID) -> None:
    if not BulkFile.objects.filter(pk=file_id, organisation_id=_own(actor)).exists():
        raise NotFound


def _heads(actor: Actor) -> Any:
    files = BulkFile.objects.filter(organisation_id=_own(actor))
    return files.annotate(lodged=Sum("parts__lodged"), failed=Sum("parts__failed"))


def _head(row: Any) -> BulkFileHead:
    return BulkFileHead(
        id=row.pk,
        name=row.name,
        format=FileFormat(row.format),
        sha256=row.sha256,
        state=FileState(row.state),
        lines=row.lines,
        lodged=row.lodged or 0,
        failed=row.failed or 0,
        received_at=row.received_at,
        done_at=row.done_at,
    )


def _line(row: BulkLine) -> BulkLineRow:
    errors = (LineError(**({"column": "", "rule": "", "message": ""} | values)) for values in row.errors)
    return BulkLineRow(
        line=row.line,
        lrn=row.lrn,
        state=LineState(row.state),
        declaration_id=row.declaration_id,
        mrn=row.mrn,
        errors=tuple(errors),
        cells=tuple(row.cells or ()),
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound from error
