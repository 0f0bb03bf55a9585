"""The work queue of customs: open cases, deadline first, one index a page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from clearance.models import Case
from clearance.states import WORK, ControlState
from clearance.types import AlertKind, CaseRow, Holder
from risk.types import Lane
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.errors import FormatRefused
from singlewindow.kernel.money import from_minor
from singlewindow.kernel.paging import PAGE_SIZE, Page, cursor_decode, page_of

COUNT_CAP = 10_001
"""Counts stop here: nobody needs to know more, and the cost stays bounded."""

QUEUE_STATES = [state.value for state in WORK]

Kind = Literal["todo", "mine", "free", "waiting", "arriving", "late", "all", "released", "audit"]


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """What the desk shows; every field lives in the address."""

    kind: Kind = "todo"
    office: str = ""
    lane: str = ""
    control: str = ""
    direction: str = ""
    holder: str = ""
    text: str = ""
    """Beginning of an MRN or LRN, or part of the importer's name."""
    day: str = ""
    """Cases accepted (or, for "released", released) on this day, YYYY-MM-DD."""


def _scope(actor: Actor) -> QuerySet[Case]:
    """Cases that the actor's desk shows: an officer with an office sees that office's unless they ask for another."""
    actor.require(Permission.VIEW_DESK)
    return Case.objects.all()


def desk_query(actor: Actor, wanted: DeskFilter) -> QuerySet[Case]:
    """The cases of a filter, unordered.

    Raises:
        FormatRefused: a filter has a value that does not exist.
    """
    rows = _of_kind(_scope(actor), actor, wanted.kind)
    checks = (
        ("office", wanted.office, None),
        ("lane", wanted.lane, {lane.value for lane in Lane}),
        ("control_state", wanted.control, {state.value for state in ControlState}),
        ("direction", wanted.direction, {"import", "export"}),
        ("holder", wanted.holder, {holder.value for holder in Holder}),
    )
    for column, value, known in checks:
        if not value:
            continue
        if known is not None and value not in known:
            raise FormatRefused(f"'{value[:20]}' is no {column.replace('_', ' ')}.", code="query.value")
        rows = rows.filter(**{column: value})
    if wanted.text:
        text = wanted.text.strip()[:60]
        rows = rows.filter(Q(mrn__startswith=text.upper()) | Q(lrn__startswith=text) | Q(importer__icontains=text))
    if wanted.day:
        rows = _of_day(rows, wanted)
    return rows


def _of_kind(rows: QuerySet[Case], actor: Actor, kind: str) -> QuerySet[Case]:
    working = Q(closed_at=None, control_state__in=QUEUE_STATES)
    kinds = {
        "todo": working & ~Q(control_state=ControlState.QUERY.value),
        "mine": Q(closed_at=None, claimed_by_id=int(actor.id) if actor.id.isdigit() else 0),
        "free": working & Q(claimed_by=None),
        "waiting": Q(closed_at=None, accepted_at__isnull=False) & ~Q(holder=Holder.CUSTOMS.value),
        "arriving": Q(closed_at=None, accepted_at=None, control_state=ControlState.SELECTED.value),
        "late": Q(closed_at=None, alert__in=[AlertKind.RED.value, AlertKind.LATE_LIST.value]),
        "released": Q(released_at__isnull=False),
        "audit": Q(released_at__isnull=False, lane=Lane.BLUE.value),
        "all": Q(),
    }
    if kind not in kinds:
        raise FormatRefused(f"'{kind[:20]}' is no list of the desk.", code="query.value")
    return rows.filter(kinds[kind])


def _of_day(rows: QuerySet[Case], wanted: DeskFilter) -> QuerySet[Case]:
    try:
        day = datetime.strptime(wanted.day, "%Y-%m-%d").date()  # noqa: DTZ007  (a day, not an instant)
    except ValueError as error:
        raise FormatRefused("The day is written YYYY-MM-DD.", code="query.value") from error
    column = "released_at" if wanted.kind == "released" else "accepted_at"
    return rows.filter(**{f"{column}__date": day})


def desk_page(actor: Actor, wanted: DeskFilter, *, cursor: str = "", size: int = PAGE_SIZE) -> Page[CaseRow]:
    """A page of the desk: the nearest deadline first, cases without one (still arriving) after them.

    Raises:
        FormatRefused: a filter or the cursor is not one of this list.
    """
    far = datetime(9999, 1, 1, tzinfo=clock.now().tzinfo)
    rows = desk_query(actor, wanted).annotate(due=Coalesce("red_at", far))
    if cursor:
        due, declaration_id = cursor_decode(cursor, str, str)
        after = _instant(str(due))
        rows = rows.filter(Q(due__gt=after) | Q(due=after, declaration_id__gt=_uuid(str(declaration_id))))
    found = rows.select_related("claimed_by").order_by("due", "declaration_id")[: size + 1]
    page = page_of(list(found), size, lambda row: (row.due.isoformat(), str(row.pk)))
    return Page([case_row(row) for row in page.rows], page.next_cursor)


def late_page(actor: Actor, *, cursor: str = "", size: int = PAGE_SIZE) -> Page[CaseRow]:
    """Goods that were not released within the limit and are still here, longest first. Raises NotPermitted."""
    actor.require(Permission.VIEW_LATE)
    return desk_page(actor, DeskFilter(kind="late"), cursor=cursor, size=size)


def desk_counts(actor: Actor, *, office: str = "") -> dict[str, int]:
    """How many cases each list of the desk holds, counted up to a cap."""
    kinds: tuple[Kind, ...] = ("todo", "mine", "free", "waiting", "arriving", "late")
    return {
        kind: desk_query(actor, DeskFilter(kind=kind, office=office)).order_by()[:COUNT_CAP].count() for kind in kinds
    }


def case_row(case: Case) -> CaseRow:
    """A case as a line of a list."""
    officer = case.claimed_by
    return CaseRow(
        declaration_id=case.pk,
        mrn=case.mrn,
        lrn=case.lrn,
        direction=case.direction,
        office=case.office,
        lane=case.lane,
        score=case.score,
        control_state=case.control_state,
        holder=case.holder,
        blocking=case.blocking,
        agency=case.agency,
        importer=case.importer,
        goods=case.goods,
        item_count=case.item_count,
        amount=from_minor(case.amount_minor, case.currency),
        currency=case.currency,
        accepted_at=case.accepted_at,
        amber_at=case.amber_at,
        red_at=case.red_at,
        released_at=case.released_at,
        claimed_by=case.claimed_by_id,
        claimed_by_name=(officer.get_full_name() or officer.username) if officer else "",
        alert=case.alert,
    )


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise FormatRefused("The cursor belongs to another list; start again without it.", code="cursor") from error


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise FormatRefused("The cursor belongs to another list; start again without it.", code="cursor") from error
