"""Pages of quotas: what is left of each for everybody; changes and settlements for who manages them."""

import re
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import actor_names
from singlewindow.kernel import clock
from singlewindow.kernel.errors import FormatRefused, RuleViolated
from singlewindow.quotas.forms import KIND_NAMES, STOP_NAMES, ChangeForm
from singlewindow.quotas.services import quota_change_propose
from singlewindow.quotas.shown import (
    RunView,
    balance_as_of,
    changes_of,
    days_waiting,
    quota_of,
    quotas_like,
    quotas_on,
    runs_of,
    stops_of,
)
from singlewindow.quotas.types import ChangeKind, QuotaView
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Bar, Chart, Crumb, PageError, Tab

CHART_DAYS = 12
DAY_FORM = re.compile(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}", re.ASCII)


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every quota of a day: what is left, whether its rate is granted at once. No sign-in."""
    on, words = day_asked(request), request.GET.get("q", "")[:80].replace("\0", "").strip()
    rows = quotas_on(on, words=words)
    context = {
        "rows": rows,
        "on": on,
        "words": words,
        "active": sum(bool(request.GET.get(name)) for name in ("q", "on")),
        "manages": actor_of(request).may(Permission.MANAGE_QUOTA),
        "crumbs": [Crumb(_("Quotas"))],
    }
    return render(request, "quotas/list.html", context)


@require_safe
def shown(request: HttpRequest, number: str) -> HttpResponse:
    """One quota: balance, critical level, settled days as a chart and a table, and how it stood on a day."""
    on = day_asked(request)
    quota = quota_of(number, on)
    runs = runs_of(quota.id)
    past = bool(request.GET.get("on")) and on < clock.today()
    balance, volume = balance_as_of(quota.id, on) if past else (quota.balance, quota.volume)
    context = {
        "quota": quota,
        "runs": runs,
        "stops": stops_of(quota.id),
        "stop_names": STOP_NAMES,
        "waiting": days_waiting(quota.id),
        "chart": use_chart(quota, runs),
        "on": on,
        "past": past,
        "balance": balance,
        "volume": volume,
        "manages": actor_of(request).may(Permission.MANAGE_QUOTA),
        "crumbs": [Crumb(_("Quotas"), reverse("quotas:list")), Crumb(quota.order_number)],
    }
    return render(request, "quotas/quota.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.MANAGE_QUOTA)
def manage(request: HttpRequest, number: str) -> HttpResponse:
    """What may be changed of a quota: proposed here, put in force by another person."""
    actor = actor_of(request)
    quota = quota_of(number, day_asked(request))
    stops = stops_of(quota.id)
    running = [
        (one.id, f"{STOP_NAMES[one.kind]}, {one.day_from}")
        for one in stops
        if one.day_to is None or one.day_to >= clock.today()
    ]
    kind = _kind_asked(request)
    form = ChangeForm(request.POST or None, kind=kind, others=quotas_like(quota), stops=running)
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = quota_change_propose(quota_id=quota.id, change=form.change(), actor=actor)
            except RuleViolated as refusal:
                errors = [_error(one.message, one.pointer, one.rule, one.remedy) for one in refusal.violations]
            else:
                messages.success(request, _("Another person must agree now."))
                return redirect(_proposal(made))
    changes = changes_of(quota.id)
    names = actor_names([one.proposed_by for one in changes])
    context = {
        "quota": quota,
        "form": form,
        "kinds": [
            Tab(str(name), f"?{urlencode({'kind': one.value, 'on': request.GET.get('on', '')})}", one is kind)
            for one, name in KIND_NAMES.items()
        ],
        "errors": errors,
        "changes": [(one, KIND_NAMES[one.kind], names.get(one.proposed_by, one.proposed_by)) for one in changes],
        "runs": runs_of(quota.id),
        "waiting": days_waiting(quota.id),
        "stops": stops,
        "crumbs": [
            Crumb(_("Quotas"), reverse("quotas:list")),
            Crumb(quota.order_number, reverse("quotas:quota", args=[quota.order_number])),
            Crumb(_("Change")),
        ],
    }
    return render(request, "quotas/manage.html", context, status=status)


def _kind_asked(request: HttpRequest) -> ChangeKind:
    """The kind of change that is sent, or chosen; more or less volume unless told."""
    asked = request.POST.get("kind") or request.GET.get("kind", "")
    return ChangeKind(asked) if asked in set(ChangeKind) else ChangeKind.VOLUME


def _proposal(proposal_id: UUID) -> str:
    return reverse("approvals:proposal", args=[proposal_id])


def _error(message: str, pointer: str, rule: str, remedy: str) -> PageError:
    field = f"#id_{pointer.strip('/')}" if pointer else ""
    return PageError(_(message), field, rule=rule, remedy=_(remedy) if remedy else "")


def use_chart(quota: QuotaView, runs: list[RunView]) -> Chart:
    """What was left after each of the last settled days, the oldest first."""
    parts = [
        Bar(f"{run.day:%d.%m.}", float(run.left), "brand" if run.left > quota.critical_below else "warn")
        for run in reversed(runs[:CHART_DAYS])
    ]
    return Chart(_("Left after each settled day"), parts, unit=quota.unit)


def day_asked(request: HttpRequest) -> date:
    """The day of the address, today without one.

    Raises:
        FormatRefused: it is no day of these centuries.
    """
    text = request.GET.get("on", "")
    if not text:
        return clock.today()
    try:
        if DAY_FORM.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise FormatRefused("'on' is a day as 2026-11-22.", code="query.on")
