"""Pages of webhooks: the endpoints of an organisation, one of them with its log, and what can be done about it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from singlewindow.accounts.permissions import Permission
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import Conflict, RuleViolated, TransitionRefused
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Bar, Chart, Crumb
from singlewindow.webhooks.forms import EndpointForm, LogForm, SpanForm
from singlewindow.webhooks.models import WebhookEndpoint
from singlewindow.webhooks.selectors import (
    LogFilter,
    delivery_for,
    delivery_page,
    endpoint_for,
    endpoint_hours,
    endpoints_for,
)
from singlewindow.webhooks.services import (
    deliveries_replay,
    delivery_replay,
    endpoint_change,
    endpoint_disable,
    endpoint_pause,
    endpoint_ping,
    endpoint_register,
    endpoint_resume,
    endpoint_verify,
    secret_rotate,
)

PAGE = page_for(Permission.MANAGE_WEBHOOKS)
LOG_SIZE = 25


@PAGE
@require_safe
def endpoints(request: HttpRequest) -> HttpResponse:
    """Every endpoint of the organisation and how it fares."""
    return render(request, "webhooks/list.html", {"rows": endpoints_for(actor_of(request))})


@PAGE
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register an endpoint; its secret is shown on the page that answers, and never again."""
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with unit_of_work() as work:
                made = endpoint_register(work, actor=actor_of(request), wish=form.wish())
            return _secret_page(request, made.endpoint_id, made.secret, fresh=True)
        except (RuleViolated, Conflict) as refusal:
            _refused(form, refusal)
    crumbs = [Crumb(_("Webhooks"), reverse("webhooks:list")), Crumb(_("New endpoint"))]
    context = {"form": form, "crumbs": crumbs, "heading": _("New endpoint"), "act": _("Register it")}
    return render(request, "webhooks/form.html", context, status=422 if form.errors else 200)


@PAGE
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Say anew where events go and which."""
    endpoint = endpoint_for(actor_of(request), endpoint_id).endpoint
    said = {
        "url": endpoint.url,
        "description": endpoint.description,
        "event_types": "\n".join(endpoint.event_types),
    }
    form = EndpointForm(request.POST or None, initial=said)
    if request.method == "POST" and form.is_valid():
        try:
            with unit_of_work() as work:
                endpoint_change(work, actor=actor_of(request), endpoint_id=endpoint.pk, wish=form.wish())
            messages.success(request, _("Saved."))
            return redirect("webhooks:endpoint", endpoint.pk)
        except (RuleViolated, Conflict) as refusal:
            _refused(form, refusal)
    context = {
        "form": form,
        "crumbs": [*_crumbs(endpoint), Crumb(_("Change"))],
        "heading": _("Change the endpoint"),
        "act": _("Save"),
    }
    return render(request, "webhooks/form.html", context, status=422 if form.errors else 200)


@PAGE
@require_safe
def endpoint(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """One endpoint: how it stands, how the last day went, and its log."""
    row = endpoint_for(actor_of(request), endpoint_id)
    form = LogForm(request.GET)
    chosen: dict[str, Any] = dict(form.cleaned_data) if form.is_valid() else {}
    narrow = LogFilter(chosen.get("state", ""), chosen.get("type", ""))
    page = delivery_page(row.endpoint, narrow, cursor=request.GET.get("cursor", ""), size=LOG_SIZE)
    context = {
        "row": row,
        "endpoint": row.endpoint,
        "page": page,
        "form": form,
        "active": sum(bool(value) for value in chosen.values()),
        "chart": _chart(row.endpoint),
        "span": SpanForm(),
        "crumbs": [Crumb(_("Webhooks"), reverse("webhooks:list")), Crumb(row.endpoint.name)],
    }
    return render(request, "webhooks/endpoint.html", context)


@PAGE
@require_safe
def delivery(request: HttpRequest, endpoint_id: UUID, delivery_id: UUID) -> HttpResponse:
    """One delivery with every attempt and what was answered."""
    found = endpoint_for(actor_of(request), endpoint_id).endpoint
    context = {
        "endpoint": found,
        "delivery": delivery_for(found, delivery_id),
        "crumbs": [*_crumbs(found), Crumb(_("Delivery"))],
    }
    return render(request, "webhooks/delivery.html", context)


@PAGE
@require_POST
def act(request: HttpRequest, endpoint_id: UUID, name: str) -> HttpResponse:
    """Do one thing with an endpoint; what cannot be done now is said, and nothing is changed."""
    actor = actor_of(request)
    acts = {
        "challenge": (endpoint_verify, _("The challenge is on its way; the log shows the answer in a moment.")),
        "ping": (endpoint_ping, _("A test message is on its way; the log shows the answer in a moment.")),
        "pause": (endpoint_pause, _("Paused. Events are kept and sent when you resume.")),
        "resume": (endpoint_resume, _("Resumed. What came meanwhile is sent first.")),
        "disable": (endpoint_disable, _("Switched off.")),
    }
    try:
        with unit_of_work() as work:
            if name == "secret":
                made = secret_rotate(work, actor=actor, endpoint_id=endpoint_id)
                return _secret_page(request, endpoint_id, made.secret, fresh=False)
            service, sentence = acts[name]
            service(work, actor=actor, endpoint_id=endpoint_id)
        messages.success(request, sentence)
    except (TransitionRefused, Conflict):
        messages.warning(request, _("Nothing was changed: this cannot be done now. See the state below."))
    return redirect("webhooks:endpoint", endpoint_id)


@PAGE
@require_POST
def replay(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Send one delivery again, or every event of a span of time."""
    actor = actor_of(request)
    endpoint_for(actor, endpoint_id)
    one = request.POST.get("delivery", "")
    form = SpanForm(request.POST)
    try:
        with unit_of_work() as work:
            if one:
                delivery_replay(work, actor=actor, endpoint_id=endpoint_id, delivery_id=UUID(one))
                messages.success(request, _("It is sent again."))
            elif form.is_valid():
                begin, end = form.cleaned_data["since"], form.cleaned_data["until"]
                count = deliveries_replay(work, actor=actor, endpoint_id=endpoint_id, begin=begin, end=end)
                messages.success(request, _("Events that are sent again: %(count)d.") % {"count": count})
            else:
                messages.warning(request, _("Give both times of the span."))
    except (TransitionRefused, Conflict, RuleViolated, ValueError):
        messages.warning(request, _("Nothing is sent again: the endpoint is not active, or the span is not possible."))
    return redirect("webhooks:endpoint", endpoint_id)


def _secret_page(request: HttpRequest, endpoint_id: UUID, secret: str, *, fresh: bool) -> HttpResponse:
    found = endpoint_for(actor_of(request), endpoint_id).endpoint
    context = {"endpoint": found, "secret": secret, "fresh": fresh, "crumbs": [*_crumbs(found), Crumb(_("Secret"))]}
    return render(request, "webhooks/secret.html", context)


def _crumbs(found: WebhookEndpoint) -> list[Crumb]:
    here = reverse("webhooks:endpoint", args=[found.pk])
    return [Crumb(_("Webhooks"), reverse("webhooks:list")), Crumb(found.name, here)]


def _refused(form: EndpointForm, refusal: RuleViolated | Conflict) -> None:
    if not refusal.violations:
        form.add_error("url", _(refusal.detail))
    for violation in refusal.violations:
        name = violation.pointer.split("/")[1]
        form.add_error(
            name,
            " ".join(part for part in (_(violation.message), _(violation.remedy) if violation.remedy else "") if part),
        )


def _chart(found: WebhookEndpoint) -> Chart | None:
    hours = endpoint_hours(found)
    good, bad = sum(hour.delivered for hour in hours), sum(hour.failed for hour in hours)
    if not good and not bad:
        return None
    bars = [Bar(_("Taken"), good, "ok"), Bar(_("Not taken"), bad, "bad")]
    return Chart(_("Attempts of the last 24 hours"), bars, "", "")
