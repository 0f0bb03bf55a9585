"""Reads of originals: what a body is asked for, and what was asked of the holders for a declaration."""

from collections.abc import Sequence
from uuid import UUID

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.documents.models import Ask, OriginalAsk
from singlewindow.documents.rules.once import elements
from singlewindow.documents.states import AskOutcome, OriginalState
from singlewindow.documents.types import AskInfo, OriginalInfo
from singlewindow.kernel.errors import FormatRefused, NotFound
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of


def original_info(row: OriginalAsk) -> OriginalInfo:
    """The row as a value."""
    element = elements().get(row.code)
    return OriginalInfo(
        id=row.pk,
        declaration_id=row.declaration_id,
        mrn=row.mrn,
        code=row.code,
        name=element.name if element else row.code,
        law=element.law if element else "",
        holder=row.holder,
        agency=row.agency,
        asked_at=row.asked_at,
        state=OriginalState(row.state),
        note=row.note,
        answered_at=row.answered_at,
    )


def original_page(
    actor: Actor, *, state: str = OriginalState.ASKED, cursor: str = "", size: int = PAGE_SIZE
) -> Page[OriginalInfo]:
    """Originals that the actor's own body is asked for, newest first.

    Raises:
        NotPermitted: the actor is no officer of a body.
        FormatRefused: the cursor was not made by this list.
    """
    actor.require(Permission.VIEW_AGENCY_HOLD)
    rows = OriginalAsk.objects.filter(holder=actor.agency) if actor.agency else OriginalAsk.objects.none()
    if state:
        rows = rows.filter(state=state)
    if cursor:
        rows = rows.filter(pk__lt=_place(cursor))
    return page_of([original_info(row) for row in rows.order_by("-pk")[: size + 1]], size, lambda one: (str(one.id),))


def original_read(actor: Actor, original_id: UUID) -> OriginalInfo:
    """One request that the actor's own body is to answer. Raises NotFound for any other."""
    row = OriginalAsk.objects.filter(pk=original_id, holder=actor.agency).first() if actor.agency else None
    if row is None or not actor.may(Permission.VIEW_AGENCY_HOLD):
        raise NotFound
    return original_info(row)


def _place(cursor: str) -> UUID:
    try:
        return UUID(str(cursor_decode(cursor, str)[0]))
    except ValueError as error:
        raise FormatRefused("The cursor was not made by this list.", code="format.cursor") from error


def asks_of(declaration_id: UUID, *, agency: str = "") -> Sequence[AskInfo]:
    """What was asked for a declaration and what became of it, newest first, with the answers of holders; two queries.

    Args:
        agency: only what this body asked.
    """
    rows = Ask.objects.filter(declaration_id=declaration_id)
    answers = OriginalAsk.objects.filter(declaration_id=declaration_id)
    if agency:
        rows, answers = rows.filter(agency=agency), answers.filter(agency=agency)
    of = {(row.code, row.agency): original_info(row) for row in answers}
    return [
        AskInfo(
            code=row.code,
            name=elements()[row.code].name if row.code in elements() else row.code,
            agency=row.agency,
            exception=row.exception,
            outcome=AskOutcome(row.outcome),
            document_id=row.document_id,
            asked_at=row.asked_at,
            original=of.get((row.code, row.agency)) if row.outcome == AskOutcome.HOLDER_ASKED else None,
        )
        for row in rows.order_by("-pk")[:PAGE_SIZE]
    ]
