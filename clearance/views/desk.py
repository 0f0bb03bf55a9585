"""The desk: the work queue, the next case, the figures of today, the late list."""

from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clearance.selectors import (
    COUNT_CAP,
    TABS,
    DayFigures,
    DeskFilter,
    day_figures,
    desk_counts,
    desk_page,
    late_page,
)
from clearance.services import case_take_next
from clearance.states import ControlState
from clearance.views import shown
from risk.types import Lane
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.errors import FormatRefused
from singlewindow.reference.selectors import offices
from singlewindow.reference.types import Office
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.formats import number_text, percent_text, span_text
from singlewindow.web.statuses import STATUSES
from singlewindow.web.types import Bar, Chart, Crumb, Tab

FIELDS = tuple(field.name for field in fields(DeskFilter))
EASY = f"{Lane.GREEN},{Lane.BLUE}"


@require_safe
@page_for(Permission.VIEW_DESK)
def desk(request: HttpRequest) -> HttpResponse:
    """Show a list of the desk; every filter and the place in the list live in the address."""
    actor, wanted = actor_of(request), wanted_of(request)
    page = desk_page(actor, wanted, cursor=request.GET.get("cursor", ""))
    may_claim = actor.may(Permission.CLAIM_CASE)
    context = {
        "wanted": wanted,
        "page": page,
        "lines": [shown.line(row, then="next", may_claim=may_claim) for row in page.rows],
        "tabs": _tabs(actor, wanted),
        "active": sum(bool(getattr(wanted, name)) for name in FIELDS if name not in {"kind", "office"}),
        "reset": shown.desk_href(kind=wanted.kind, office=wanted.office),
        "ended": wanted.kind in {"released", "audit", "all"},
        "may_claim": may_claim,
        **_choices(),
        **figures_context(actor, wanted.office),
    }
    return render(request, "clearance/desk.html", context)


@require_safe
@page_for(Permission.VIEW_DESK)
def figures(request: HttpRequest) -> HttpResponse:
    """Show what happened today and how old the open cases are, each figure linked to its list."""
    actor, office = actor_of(request), wanted_of(request).office
    context = {"office": office, "crumbs": [_desk_crumb(), Crumb(_("Figures of today"))], **_choices()}
    return render(request, "clearance/figures.html", context | figures_context(actor, office))


@require_safe
@page_for(Permission.VIEW_LATE)
def late(request: HttpRequest) -> HttpResponse:
    """Show goods that were not released within the limit, longest first, with who holds them and why."""
    actor = actor_of(request)
    page = late_page(actor, cursor=request.GET.get("cursor", ""))
    context = {
        "page": page,
        "lines": [shown.line(row) for row in page.rows],
        "crumbs": [_desk_crumb(), Crumb(_("Late list"))],
    }
    return render(request, "clearance/late.html", context)


@page_for(Permission.CLAIM_CASE)
@require_POST
def take_next(request: HttpRequest) -> HttpResponse:
    """Claim the free case whose deadline is nearest and go to it; back to the desk when none is free."""
    office = request.POST.get("office", "")
    if office and office not in {known.id for known in offices(clock.today())}:
        raise FormatRefused("There is no such office.", code="query.value")
    return to_next(request, actor_of(request), office)


def to_next(request: HttpRequest, actor: Actor, office: str) -> HttpResponse:
    """Go to the next case, claimed, or to the desk."""
    taken = case_take_next(actor=actor, office=office)
    if taken is None:
        messages.info(request, _("Nothing is free: every case is taken or waits for somebody else."))
        return redirect(shown.desk_href(kind="todo", office=office))
    return redirect(f"{shown.case_href(taken)}?then=next")


def wanted_of(request: HttpRequest) -> DeskFilter:
    """The filter of the address; where it names no office, the officer's own."""
    given: dict[str, Any] = {name: request.GET[name].strip() for name in FIELDS if name in request.GET}
    given.setdefault("office", actor_of(request).office)
    given["kind"] = given.get("kind") or "todo"
    return DeskFilter(**given)


def _desk_crumb() -> Crumb:
    return Crumb(_("Desk"), reverse("clearance:desk"))


def _tabs(actor: Actor, wanted: DeskFilter) -> list[Tab]:
    counts = desk_counts(actor, wanted)
    tabs = [_tab(kind, shown.TAB_LABELS[kind], wanted, counts[kind]) for kind in TABS]
    if wanted.kind in shown.FIGURE_LISTS:
        tabs.append(_tab(wanted.kind, shown.FIGURE_LISTS[wanted.kind], wanted, None))
    return tabs


def _tab(kind: str, label: Any, wanted: DeskFilter, count: int | None) -> Tab:
    capped = count is not None and count >= COUNT_CAP
    return Tab(
        label=f"{label} ({shown.count_text(count or 0)})" if capped else str(label),
        href=shown.filter_href(wanted, kind=kind),
        current=kind == wanted.kind,
        count=None if capped else count,
    )


def _choices() -> dict[str, Any]:
    controls = [state.value for state in ControlState if state is not ControlState.NONE]
    found: list[Office] = list(offices(clock.today()))
    return {
        "offices": [(office.id, office.name) for office in found],
        "lanes": [(lane.value, STATUSES["lane"][lane.value].label) for lane in Lane] + [(EASY, _("Green and blue"))],
        "controls": [(state, STATUSES["control"][state].label) for state in controls],
        "directions": list(shown.DIRECTIONS.items()),
        "holders": list(shown.HOLDER_LABELS.items()),
        "ages": list(shown.AGE_LABELS.items()),
    }


def figures_context(actor: Actor, office: str) -> dict[str, Any]:
    """The figures of today, as tiles and charts that lead to their lists."""
    found = day_figures(actor, office=office)
    return {
        "figures": found,
        "tiles": _tiles(found, office),
        "lane_chart": _lanes(found, office),
        "age_chart": _ages(found, office),
    }


def _hours(value: Decimal | None) -> str:
    """How long a release takes, in a unit that says something."""
    if value is None:
        return "–"
    if value < Decimal("0.02"):
        return _("under 1 min")
    return span_text(timedelta(hours=float(value)))


def _tiles(found: DayFigures, office: str) -> list[dict[str, Any]]:
    day = found.day.isoformat()
    released = shown.desk_href(kind="released", day=day, office=office)
    accepted = shown.desk_href(kind="all", day=day, office=office)
    share = found.without_officer
    return [
        {"label": _("Accepted today"), "value": number_text(found.accepted), "href": accepted, "icon": "stamp"},
        {
            "label": _("Without an officer"),
            "value": "–" if share is None else percent_text(share),
            "href": shown.desk_href(kind="all", day=day, office=office, lane=EASY),
            "icon": "circle-check",
        },
        {"label": _("Released today"), "value": number_text(found.released), "href": released, "icon": "truck"},
        {
            "label": _("Released by itself"),
            "value": number_text(found.released_by_itself),
            "href": shown.desk_href(kind="released", day=day, office=office, by="itself"),
            "icon": "activity",
        },
        {"label": _("Median to release"), "value": _hours(found.median_hours), "href": released, "icon": "clock"},
        {"label": _("90 % within"), "value": _hours(found.p90_hours), "href": released, "icon": "clock"},
    ]


def _lanes(found: DayFigures, office: str) -> Chart:
    day = found.day.isoformat()
    bars = [
        Bar(
            str(STATUSES["lane"][lane.value].label),
            count,
            lane.value.lower(),
            shown.desk_href(kind="all", day=day, office=office, lane=lane.value),
        )
        for lane, count in found.lanes.items()
    ]
    return Chart(_("Lanes today"), bars, unit=_("declarations accepted"))


def _ages(found: DayFigures, office: str) -> Chart:
    tones = {"18-24": "warn", "24-48": "bad", "48-": "bad"}
    bars = [
        Bar(
            str(shown.AGE_LABELS[age]),
            count,
            tones.get(age, "brand"),
            shown.desk_href(kind="open", age=age, office=office),
        )
        for age, count in found.ageing
    ]
    return Chart(_("Age of open cases"), bars, unit=_("hours since acceptance"))
