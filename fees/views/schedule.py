"""The public schedule of fees and charges, as a page, JSON and CSV."""

import csv
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fees.selectors import ScheduleRow, authorities, charge_schedule
from fees.services.quotes import profile_and_day
from singlewindow.kernel import clock
from singlewindow.kernel.errors import FormatRefused
from singlewindow.reference.selectors import profile
from singlewindow.web.types import Crumb

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so would be run by a spreadsheet. Source: reliability.md 2.9, OWASP ASVS 1.2.10."""


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
        "currency": profile(asked["on"]).currency,
        "crumbs": [Crumb(_("Fees and charges"))],
    }
    return render(request, "fees/schedule.html", context)


@require_safe
def schedule_json(request: HttpRequest) -> HttpResponse:
    """The schedule as JSON, with the same filters."""
    asked = _asked(request)
    value = {
        "on": asked["on"].isoformat(),
        "currency": profile(asked["on"]).currency,
        "charges": [_row_json(row) for row in charge_schedule(**asked)],
    }
    return HttpResponse(orjson.dumps(value), content_type="application/json")


@require_safe
def schedule_csv(request: HttpRequest) -> HttpResponse:
    """The schedule as CSV, with the same filters; no cell can act as a formula."""
    rows = charge_schedule(**_asked(request))
    response = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="fees.csv"'}
    )
    writer = csv.writer(response, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(ScheduleRow.__slots__)
    for row in rows:
        writer.writerow([_cell(value) for value in _row_json(row).values()])
    return response


def _asked(request: HttpRequest) -> dict[str, Any]:
    """The filters of the address. Raises FormatRefused for a day that is none."""
    text = request.GET.get("on", "")
    try:
        on = date.fromisoformat(text) if text else profile_and_day(clock.now())[1]
    except ValueError as error:
        raise FormatRefused("'on' is a day as 2026-11-22.", code="query.on") from error
    return {"on": on, "authority": request.GET.get("authority", "")[:3], "words": request.GET.get("q", "")[:80]}


def _row_json(row: ScheduleRow) -> dict[str, str | None]:
    return {name: _plain(value) for name, value in asdict(row).items()}


def _plain(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _cell(value: str | None) -> str:
    text = value or ""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
