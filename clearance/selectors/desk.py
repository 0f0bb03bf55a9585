"""The work queue of customs: open cases, deadline first, one index a page."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from clearance.models import Case
from clearance.selectors.days import day_bounds
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

ENDED_KINDS = frozenset({"released", "audit", "all"})
"""Lists in which the newest declaration stands first; in the others it is the nearest deadline."""

QUEUE_STATES = [state.value for state in WORK]

Kind = Literal["todo", "free", "mine", "waiting", "arriving", "late", "released", "audit", "open", "all"]
TABS: tuple[Kind, ...] = ("todo", "free", "mine", "waiting", "arriving", "late", "released", "audit")
"""The lists that the desk offers; `open` and `all` are what its figures lead to."""

AGES = {"0-6": (0, 6), "6-12": (6, 12), "12-18": (12, 18), "18-24": (18, 24), "24-48": (24, 48), "48-": (48, None)}
"""Hours since acceptance, the lower bound included: the columns of the ageing chart and the filter behind each."""


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """What the desk shows; every field lives in the address."""

    kind: Kind = "todo"
    office: str = ""
    lane: str = ""
    """One lane, or several joined by commas."""
    control: str = ""
    direction: str = ""
    holder: str = ""
    text: str = ""
    """Beginning of an MRN or LRN, or part of the importer's name."""
    day: str = ""
    """Cases accepted (or, for "released", released) on this day, YYYY-MM-DD."""
    age: str = ""
    """One of AGES: hours since acceptance."""
    by: str = ""
    """`itself` or `officer`: how a released case was released."""


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
        ("control_state", wanted.control, {state.value for state in ControlState}),
        ("direction", wanted.direction, {"import", "export"}),
        ("holder", wanted.holder, {holder.value for holder in Holder}),
    )
    for column, value, known in checks:
        if value:
            rows = rows.filter(**{column: _known(column, value, known)})
    if wanted.lane:
        lanes = {lane.value for lane in Lane}
        rows = rows.filter(lane__in=[_known("lane", lane, lanes) for lane in wanted.lane.split(",")])
    if wanted.text.strip():
        text = _known("text", wanted.text.strip()[:60], None)
        rows = rows.filter(Q(mrn__startswith=text.upper()) | Q(lrn__startswith=text) | Q(importer__icontains=text))
    if wanted.by:
        rows = rows.filter(
            released_at__isnull=False, automatic=_known("by", wanted.by, {"itself", "officer"}) == "itself"
        )
    return _of_time(rows, wanted)


def _known(column: str, value: str, known: Collection[str] | None) -> str:
    if "\0" in value or (known is not None and value not in known):
        raise FormatRefused(f"'{value[:20]}' is no {column.replace('_', ' ')}.", code="query.value")
    return value


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
        "open": Q(closed_at=None, accepted_at__isnull=False),
        "all": Q(),
    }
    if kind not in kinds:
        raise FormatRefused(f"'{kind[:20]}' is no list of the desk.", code="query.value")
    return rows.filter(kinds[kind])


def _of_time(rows: QuerySet[Case], wanted: DeskFilter) -> QuerySet[Case]:
    if wanted.day:
        try:
            first, after = day_bounds(date.fromisoformat(wanted.day))
        except (ValueError, OverflowError) as error:
            raise FormatRefused("The day is written YYYY-MM-DD.", code="query.value") from error
        column = "released_at" if wanted.kind == "released" else "accepted_at"
        rows = rows.filter(**{f"{column}__gte": first, f"{column}__lt": after})
    if wanted.age:
        least, most = AGES[_known("age", wanted.age, AGES)]
        now = clock.now()
        rows = rows.filter(accepted_at__lte=now - timedelta(hours=least))
        if most is not None:
            rows = rows.filter(accepted_at__gt=now - timedelta(hours=most))
    return rows


def desk_page(actor: Actor, wanted: DeskFilter, *, cursor: str = "", size: int = PAGE_SIZE) -> Page[CaseRow]:
    """A page of the desk: work with the nearest deadline first, what is over with the newest first.

    Raises:
        FormatRefused: a filter or the cursor is not one of this list.
    """
    rows = desk_query(actor, wanted)
    ended = wanted.kind in ENDED_KINDS
    if cursor:
        due, declaration_id = cursor_decode(cursor, str, str)
        rows = rows.filter(_after(str(due), _uuid(str(declaration_id)), ended=ended))
    order = ("-declaration_id",) if ended else ("red_at", "declaration_id")
    found = rows.select_related("claimed_by").order_by(*order)[: size + 1]
    page = page_of(list(found), size, lambda row: (row.red_at.isoformat() if row.red_at else "", str(row.pk)))
    return Page([case_row(row) for row in page.rows], page.next_cursor)


def _after(due: str, declaration_id: UUID, *, ended: bool) -> Q:
    """What comes after a row; cases without a deadline (still arriving) stand last."""
    if ended:
        return Q(declaration_id__lt=declaration_id)
    if not due:
        return Q(red_at=None, declaration_id__gt=declaration_id)
    at = _instant(due)
    return Q(red_at__gt=at) | Q(red_at=at, declaration_id__gt=declaration_id) | Q(red_at=None)


def late_page(actor: Actor, *, cursor: str = "", size: int = PAGE_SIZE) -> Page[CaseRow]:
    """Goods that were not released within the limit and are still here, longest first. Raises NotPermitted."""
    actor.require(Permission.VIEW_LATE)
    return desk_page(actor, DeskFilter(kind="late"), cursor=cursor, size=size)


def desk_counts(actor: Actor, wanted: DeskFilter) -> dict[Kind, int]:
    """How many cases each list of the desk holds under the same filters: one statement, counted up to a cap."""
    parts: list[str] = []
    parameters: list[Any] = []
    for kind in TABS:
        narrowed = desk_query(actor, replace(wanted, kind=kind)).order_by().values("pk")[:COUNT_CAP]
        sql, values = narrowed.query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS q)")  # noqa: S608  (Django's own SQL)
        parameters += values
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", parameters)
        return dict(zip(TABS, cursor.fetchone(), strict=True))


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
