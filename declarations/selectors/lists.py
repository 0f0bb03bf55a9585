"""Lists of declarations, each row only for whom it concerns: what is foreign is absent."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet

from declarations.models import Declaration
from declarations.states import GoodsState, LegalState
from declarations.types import DeclarationRow, Direction
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import FormatRefused
from singlewindow.kernel.paging import PAGE_SIZE, PAGE_SIZE_MAX, Page, cursor_decode, page_of

COUNTED_AT_MOST = 10_000
"""Counts look at so many of the newest rows and no more: a figure on a page must not cost a scan of the table."""

_PLAIN = tuple(name for name in DeclarationRow.__dataclass_fields__ if name not in {"lodged_by", "lodged_by_name"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilter:
    """What a list is narrowed to; nothing set means everything that the reader may see."""

    states: Collection[LegalState] = ()
    goods_states: Collection[GoodsState] = ()
    direction: Direction | None = None
    lodged_only: bool = False
    """Without drafts."""
    text: str = ""
    """An MRN, the beginning of an LRN, or a container number; for officers also a party's identifier."""


NO_FILTER = ListFilter()


def declaration_list_for(actor: Actor) -> QuerySet[Declaration]:
    """The declarations that the actor may see.

    Officers and auditors see every lodged one and no draft. A trader or broker sees what its own organisation filed
    or drafts, what names it as declarant, importer or exporter, and what a principal whose mandate it holds filed
    itself; what another broker filed for that principal stays hidden.
    """
    if actor.may(Permission.VIEW_ANY_DECLARATION):
        return Declaration.objects.filter(mrn__isnull=False)
    if not actor.may(Permission.VIEW_OWN_DECLARATION) or actor.organisation_id is None:
        return Declaration.objects.none()
    own = actor.organisation_id
    concerned = Q(lodged_by__in=_principals(actor, own)) | Q(declarant_organisation=own) | Q(trader_organisation=own)
    return Declaration.objects.filter(Q(lodged_by=own) | (Q(mrn__isnull=False) & concerned))


def declaration_page_for(
    actor: Actor, *, narrow: ListFilter = NO_FILTER, cursor: str = "", size: int = PAGE_SIZE
) -> Page[DeclarationRow]:
    """One page of the actor's list, newest first.

    Each way to see a declaration, and each meaning of the searched text, reads its own index from the cursor on; the
    union of these short runs is the page, so its cost does not grow with the table.

    Raises:
        FormatRefused: the cursor was not made by this list.
    """
    size = max(1, min(size, PAGE_SIZE_MAX))
    after = _cursor_id(cursor)
    runs = [_narrowed(run, narrow, after).order_by("-id")[: size + 1] for run in _runs(actor, narrow.text.strip())]
    if not runs:
        return Page(())
    found = runs[0] if len(runs) == 1 else runs[0].union(*runs[1:]).order_by("-id")[: size + 1]
    rows = [_row(values) for values in found]
    return page_of(rows, size, lambda row: (str(row.id),))


def declarations_counts_for(actor: Actor) -> Mapping[tuple[LegalState, GoodsState], int]:
    """How many of the newest declarations that the actor may see stand in each state."""
    newest = declaration_list_for(actor).order_by("-id").values("legal_state", "goods_state")[:COUNTED_AT_MOST]
    if newest.query.is_empty():
        return Counter()
    sql, parameters = newest.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT legal_state, goods_state, count(*) FROM ({sql}) newest GROUP BY 1, 2",  # noqa: S608  (Django's SQL)
            parameters,
        )
        return Counter({(LegalState(legal), GoodsState(goods)): count for legal, goods, count in cursor.fetchall()})


def _principals(actor: Actor, own: UUID) -> Any:
    """The principals of the actor's organisation: a subquery, or their ids when it is iterated."""
    return organisations_actor_may_file_for(actor).exclude(pk=own).values_list("pk", flat=True)


def _runs(actor: Actor, text: str) -> Iterator[QuerySet[Declaration]]:
    if text:
        visible = declaration_list_for(actor)
        yield visible.filter(mrn=text.upper())
        yield visible.filter(lrn__startswith=text)
        yield visible.filter(equipment__equipment_id=text.upper())
        if actor.may(Permission.SEARCH_DECLARATION):
            yield visible.filter(importer_identifier=text.upper())
    elif actor.may(Permission.VIEW_ANY_DECLARATION):
        yield declaration_list_for(actor)
    elif actor.may(Permission.VIEW_OWN_DECLARATION) and actor.organisation_id is not None:
        own = actor.organisation_id
        lodged = Declaration.objects.filter(mrn__isnull=False)
        yield Declaration.objects.filter(lodged_by=own)
        # "Not the filer's own" stands in the partial indexes of these two.
        yield lodged.filter(~Q(declarant_organisation=F("lodged_by")), declarant_organisation=own)
        yield lodged.filter(~Q(trader_organisation=F("lodged_by")), trader_organisation=own)
        principals = list(_principals(actor, own))
        if principals:
            yield lodged.filter(lodged_by__in=principals)


def _narrowed(run: QuerySet[Declaration], narrow: ListFilter, after: UUID | None) -> Any:
    if narrow.states:
        run = run.filter(legal_state__in=[state.value for state in narrow.states])
    if narrow.goods_states:
        run = run.filter(goods_state__in=[state.value for state in narrow.goods_states])
    if narrow.lodged_only:
        run = run.filter(mrn__isnull=False)
    if narrow.direction:
        run = run.filter(direction=narrow.direction)
    if after is not None:
        run = run.filter(id__lt=after)
    return run.values_list(*_PLAIN, "lodged_by_id", "lodged_by__name")


def _row(values: tuple[Any, ...]) -> DeclarationRow:
    *plain, lodged_by, name = values
    fields = dict(zip(_PLAIN, plain, strict=True))
    fields["mrn"] = fields["mrn"] or ""
    fields["legal_state"], fields["goods_state"] = LegalState(fields["legal_state"]), GoodsState(fields["goods_state"])
    return DeclarationRow(**fields, lodged_by=lodged_by, lodged_by_name=name)


def _cursor_id(cursor: str) -> UUID | None:
    if not cursor:
        return None
    (text,) = cursor_decode(cursor, str)
    try:
        return UUID(str(text))
    except ValueError as error:
        raise FormatRefused("The cursor belongs to another list; start again without it.", code="cursor") from error


def any_declaration_lodged() -> bool:
    """Whether anything was ever lodged here."""
    return Declaration.objects.filter(mrn__isnull=False).exists()


def release_seconds_of(ids: Iterable[UUID], *, before: datetime) -> dict[UUID, int]:
    """Seconds from acceptance to release of those that were released before an instant, in one query."""
    rows = Declaration.objects.filter(pk__in=list(ids), released_at__lt=before)
    times = rows.values_list("pk", "accepted_at", "released_at")
    return {pk: int((released - accepted).total_seconds()) for pk, accepted, released in times if accepted and released}


def declarations_released(ids: QuerySet[Any]) -> int:
    """How many of the declarations that a query names were released."""
    return Declaration.objects.filter(pk__in=ids, released_at__isnull=False).count()
