"""The warnings of the targeting desk: what waits for somebody to take note, deadline first."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clearance.forms import WARNING_KINDS, WarningFilter
from clearance.models import EarlyWarning
from clearance.rules.matching import SENTENCES
from clearance.selectors.warnings import warning_figures, warning_page_for
from clearance.services.warnings import warning_acknowledge
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import actor_names
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.formats import span_text

REASONS_SHOWN = 3
SECONDS_SHOWN = 120


@require_safe
@page_for(Permission.ENTRY_ASSESS)
def warnings(request: HttpRequest) -> HttpResponse:
    """List the warnings, with how long taking note takes on top."""
    actor, form = actor_of(request), WarningFilter(request.GET)
    show = form.cleaned_data.get("show", "") if form.is_valid() else ""
    page = warning_page_for(actor, show=show, cursor=request.GET.get("cursor", ""))
    figures = warning_figures(actor)
    names = actor_names({row.acknowledged_by for row in page.rows} - {""})
    context = {
        "page": page,
        "rows": [_line(row, names) for row in page.rows],
        "form": form,
        "active": bool(show),
        "figures": figures,
        "median": _span(figures.median),
        "p90": _span(figures.p90),
        "lodging_p90": _span(figures.lodging_p90),
    }
    return render(request, "clearance/warnings.html", context)


@require_POST
@page_for(Permission.ENTRY_ASSESS)
def acknowledge(request: HttpRequest, warning_id: UUID) -> HttpResponse:
    """Take note of a warning."""
    warning = warning_acknowledge(warning_id=warning_id, actor=actor_of(request))
    messages.success(request, _("You took note of the warning on %(mrn)s.") % {"mrn": warning.mrn})
    return redirect("clearance:warnings")


def _line(row: EarlyWarning, names: Any) -> dict[str, Any]:
    rules = [str(reason["rule"]) for reason in row.reasons]
    return {
        "row": row,
        "kind": WARNING_KINDS[row.kind],
        "reasons": [(reason["rule"], _words(reason)) for reason in row.reasons[:REASONS_SHOWN]],
        "more": max(0, len(rules) - REASONS_SHOWN),
        "waits": row.acknowledged_at is None and row.lifted_at is None,
        "took": _span(row.acknowledged_at - row.raised_at) if row.acknowledged_at else "",
        "after": _span(timedelta(seconds=row.seconds)),
        "who": names.get(row.acknowledged_by, ""),
    }


def _span(span: timedelta | None) -> str:
    """A span as people of this desk read it: seconds where it is short."""
    if span is None:
        return "–"
    seconds = int(span.total_seconds())
    return _("%(seconds)d s") % {"seconds": seconds} if seconds < SECONDS_SHOWN else span_text(span)


def _words(reason: dict[str, str]) -> str:
    known = SENTENCES.get(reason["rule"])
    return _(known) if known else reason["text"]
