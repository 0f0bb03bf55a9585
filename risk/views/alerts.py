"""Pages of the alert list: the entries, a new one proposed, and one with its end proposed."""

from uuid import UUID

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from risk.alert_forms import KINDS, AlertEndForm, AlertFilter, AlertForm
from risk.selectors.alerts import AlertStands, alert_counts, alert_for, alerts_for
from risk.services.alerts import KIND, KIND_END, alert_end_propose, alert_propose
from risk.types import AlertKind
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import actor_names
from singlewindow.approvals.selectors import proposal_open
from singlewindow.audit.selectors import events_of
from singlewindow.kernel.errors import DomainError, NotFound, RuleViolated
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, PageError, TimelineEntry

METHODS = require_http_methods(["GET", "HEAD", "POST"])


@page_for(Permission.VIEW_RISK)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The entries of the alert list, by state and kind."""
    actor = actor_of(request)
    form = AlertFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    stands = AlertStands(wanted["state"]) if wanted.get("state") else None
    kind = AlertKind(wanted["kind"]) if wanted.get("kind") else None
    page = alerts_for(actor, stands=stands, kind=kind, cursor=request.GET.get("cursor", ""))
    counts = alert_counts(actor)
    context = {
        "rows": [{"entry": one, "kind": KINDS[one.kind]} for one in page.rows],
        "page": page,
        "form": form,
        "active": stands is not None or kind is not None,
        "live": counts.get(AlertStands.LIVE, 0),
        "proposed": counts.get(AlertStands.PROPOSED, 0),
        "may_write": actor.may(Permission.EDIT_RISK),
        "crumbs": [Crumb(_("Risk"), reverse("risk:desk")), Crumb(_("Alert list"))],
    }
    return render(request, "risk/alerts.html", context)


@page_for(Permission.EDIT_RISK)
@METHODS
def new(request: HttpRequest) -> HttpResponse:
    """Propose an entry; a second person puts it in force."""
    actor = actor_of(request)
    form = AlertForm(request.POST or None, initial={"owner": actor.name})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            told = form.cleaned_data
            try:
                proposal_id = alert_propose(
                    actor=actor,
                    kind=AlertKind(told["kind"]),
                    value=told["value"],
                    origin=told["origin"].upper(),
                    reason=told["reason"],
                    basis=told["basis"],
                    owner=told["owner"],
                    valid_to=told["valid_to"],
                )
            except RuleViolated as refusal:
                form.refuse(refusal.violations)
            except DomainError as refusal:
                form.add_error("value", _(refusal.detail))
                status = refusal.status
            else:
                messages.success(request, _("The entry waits for a second person."))
                return redirect("approvals:proposal", proposal_id)
    crumbs = [Crumb(_("Risk"), reverse("risk:desk")), Crumb(_("Alert list"), reverse("risk:alerts"))]
    context = {"form": form, "crumbs": [*crumbs, Crumb(_("New entry"))]}
    return render(request, "risk/alert_new.html", context, status=status)


@page_for(Permission.VIEW_RISK)
@METHODS
def show(request: HttpRequest, alert_id: UUID) -> HttpResponse:
    """One entry with its history; its end is proposed here."""
    actor = actor_of(request)
    entry = alert_for(actor, alert_id)
    form = AlertEndForm(request.POST or None)
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        if not actor.may(Permission.EDIT_RISK):
            raise NotFound
        status = 422
        if form.is_valid():
            try:
                made = alert_end_propose(actor=actor, alert_id=alert_id, reason=form.cleaned_data["reason"])
            except NotFound:
                errors, status = [PageError(_("The entry is not in force any more."))], 409
            else:
                messages.success(request, _("The entry leaves the list when a second person agrees."))
                return redirect("approvals:proposal", made)
    ending = proposal_open(KIND_END, str(entry.id))
    live = entry.stands is AlertStands.LIVE
    crumbs = [Crumb(_("Risk"), reverse("risk:desk")), Crumb(_("Alert list"), reverse("risk:alerts"))]
    context = {
        "entry": entry,
        "kind": KINDS[entry.kind],
        "waiting": ending or proposal_open(KIND, str(entry.id)),
        "ending": ending is not None,
        "form": form if live and ending is None and actor.may(Permission.EDIT_RISK) else None,
        "entries": _history(entry.id),
        "errors": errors,
        "crumbs": [*crumbs, Crumb(entry.value)],
    }
    return render(request, "risk/alert.html", context, status=status)


def _history(entry_id: UUID) -> list[TimelineEntry]:
    events = list(events_of("alert_entry", str(entry_id)))
    names = actor_names({event.actor for event in events})
    entries = []
    for event in events:
        told = orjson.loads(bytes(event.canonical))
        ended = told.get("data", {}).get("change") == "ended"
        title, icon = (_("Taken off the list"), "circle-x") if ended else (_("Put in force"), "circle-check")
        entries.append(
            TimelineEntry(title, event.at, names.get(event.actor, event.actor), told.get("reason", ""), icon=icon)
        )
    return entries
