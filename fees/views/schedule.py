"""The public schedule of fees and charges: on a day, one charge with its versions, and what differs between days."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fees.asked import csv_answer, currency_of_today, day_asked, json_answer, today
from fees.rules.schedule import CODE_FORM
from fees.selectors import ScheduleRow, authorities, charge_schedule
from fees.selectors.drafts import DraftView, draft_comments, drafts_open_count, drafts_public
from fees.selectors.schedule import Difference, charge_difference, charge_versions, schedule_difference
from fees.states import DraftState
from singlewindow.kernel.errors import NotFound
from singlewindow.web.types import Crumb

CHANGE_COLUMNS = ("code", "authority_name", "kind", "what", "before", "after")


@require_safe
def schedule(request: HttpRequest) -> HttpResponse:
    """The public schedule: every fee and charge with authority, law, amount and publication. No sign-in."""
    asked = _asked(request)
    rows = charge_schedule(**asked)
    for_data = request.GET.urlencode()
    active = sum(bool(request.GET.get(name)) for name in ("q", "authority", "on"))
    context = {
        "rows": rows,
        "authorities": authorities(),
        "asked": asked,
        "active": active,
        "query": f"?{for_data}" if for_data else "",
        "currency": currency_of_today(),
        "open_drafts": drafts_open_count(today()),
        "crumbs": [Crumb(_("Fees and charges"))],
    }
    return render(request, "fees/schedule.html", context)


@require_safe
def schedule_json(request: HttpRequest) -> HttpResponse:
    """The schedule as JSON, with the same filters."""
    asked = _asked(request)
    value = {"on": asked["on"], "currency": currency_of_today(), "charges": charge_schedule(**asked)}
    return json_answer(request, value)


@require_safe
def schedule_csv(request: HttpRequest) -> HttpResponse:
    """The schedule as CSV, with the same filters."""
    names = ScheduleRow.__slots__
    rows = charge_schedule(**_asked(request))
    return csv_answer(request, names, ([getattr(row, name) for name in names] for row in rows), "fees")


def _asked(request: HttpRequest) -> dict[str, Any]:
    """The filters of the address. Raises FormatRefused for a day that is none."""
    authority, words = request.GET.get("authority", "")[:3], request.GET.get("q", "")[:80].replace("\0", "")
    return {"on": day_asked(request), "authority": authority.replace("\0", ""), "words": words}


@require_safe
def charge(request: HttpRequest, code: str) -> HttpResponse:
    """One charge: law and cost, every version with what it changed, and what the public said of it."""
    versions, drafts = _of_charge(code)
    on = day_asked(request)
    current = next((row for row in versions if row.valid_from <= on), versions[-1])
    context = {
        "row": current,
        "on": on,
        "history": _history(versions),
        "drafts": drafts,
        "basis": _basis(current, drafts),
        "open_drafts": [draft for draft in drafts if draft.days_left(today())],
        "heard": [(draft, draft_comments(draft.id)) for draft in drafts if draft.comments][:5],
        "currency": currency_of_today(),
        "crumbs": [Crumb(_("Fees and charges"), "/fees"), Crumb(current.title)],
    }
    return render(request, "fees/charge.html", context)


@require_safe
def charge_json(request: HttpRequest, code: str) -> HttpResponse:
    """One charge as JSON: its versions, newest first, and the drafts that the public reads."""
    versions, drafts = _of_charge(code)
    return json_answer(request, {"code": code, "versions": versions, "drafts": drafts})


@require_safe
def charge_csv(request: HttpRequest, code: str) -> HttpResponse:
    """The versions of one charge as CSV, newest first."""
    names, (versions, _drafts) = ScheduleRow.__slots__, _of_charge(code)
    return csv_answer(request, names, ([getattr(row, name) for name in names] for row in versions), code)


def _of_charge(code: str) -> tuple[list[ScheduleRow], list[DraftView]]:
    versions = charge_versions(code) if CODE_FORM.fullmatch(code) else []
    if not versions:
        raise NotFound
    return versions, drafts_public(code=code)


def _history(versions: list[ScheduleRow]) -> list[tuple[ScheduleRow, Difference | None]]:
    """Each version with what it says otherwise than the one before it, newest first."""
    before: list[ScheduleRow | None] = [*versions[1:], None]
    return [(row, charge_difference(old, row) if old else None) for row, old in zip(versions, before, strict=True)]


def _basis(row: ScheduleRow, drafts: list[DraftView]) -> DraftView | None:
    """The published draft that a version came from: it holds the figures of its cost."""
    published = (draft for draft in drafts if draft.state is DraftState.PUBLISHED)
    return next((draft for draft in published if draft.terms.valid_from == row.valid_from), None)


@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """What the schedule of one day says otherwise than that of another."""
    before, after = _days(request)
    context = {
        "before": before,
        "after": after,
        "rows": schedule_difference(before, after),
        "query": f"?from={before}&to={after}",
        "currency": currency_of_today(),
        "crumbs": [Crumb(_("Fees and charges"), "/fees"), Crumb(_("What changed"))],
    }
    return render(request, "fees/changes.html", context)


@require_safe
def changes_json(request: HttpRequest) -> HttpResponse:
    """The same as JSON."""
    before, after = _days(request)
    rows = [
        {"code": one.code, "kind": one.kind, "before": one.before, "after": one.after, "changes": one.changes}
        for one in schedule_difference(before, after)
    ]
    return json_answer(request, {"from": before, "to": after, "differences": rows})


@require_safe
def changes_csv(request: HttpRequest) -> HttpResponse:
    """The same as CSV: one line for each thing that differs."""
    rows = []
    for one in schedule_difference(*_days(request)):
        head = (one.code, one.row.authority_name, one.kind)
        told = [(change.name, change.before, change.after) for change in one.changes]
        rows += [(*head, *line) for line in told or [("title", *_titles(one))]]
    return csv_answer(request, CHANGE_COLUMNS, rows, "fees-changes")


def _titles(one: Difference) -> tuple[str, str]:
    return (one.before.title if one.before else "", one.after.title if one.after else "")


def _days(request: HttpRequest) -> tuple[Any, Any]:
    now = today()
    return day_asked(request, "from", default=now.replace(month=1, day=1)), day_asked(request, "to", default=now)
