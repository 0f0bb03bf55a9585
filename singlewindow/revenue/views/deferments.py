"""Pages of deferred payment: the trader's own, and the officers' list, proposal and changes."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_by_identifier
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.money import from_minor
from singlewindow.reference.selectors import profile
from singlewindow.revenue.forms import ChangeForm, DefermentForm
from singlewindow.revenue.selectors import DefermentView, StatementRow, deferment_for, deferments_for, statements_of
from singlewindow.revenue.services import DefermentTerms, deferment_change, deferment_propose
from singlewindow.revenue.services.resuming import deferment_resume
from singlewindow.revenue.states import DEFERMENT, DefermentState
from singlewindow.revenue.types import DefermentBasis
from singlewindow.revenue.views.common import REFUSALS, minor_of, refusal_errors
from singlewindow.revenue.wording import DEFERMENT_BASES
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, PageError

ACTIONS = ("suspend", "resume", "end")


@page_for(Permission.VIEW_ACCOUNT)
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """The deferred payment of the reader's organisation: what is used of the limit, and its statements."""
    actor = actor_of(request)
    rows = [
        row
        for row in deferments_for(actor).rows
        if row.holder_id == actor.organisation_id and row.state is not DefermentState.DECLINED
    ]
    context = {
        "deferments": [_card(row) | {"months": _months(row, "revenue:own-statement")} for row in rows],
        "crumbs": [Crumb(_("Deferred payment"))],
    }
    return render(request, "revenue/own.html", context)


@page_for(Permission.VIEW_REVENUE)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every deferment, newest first."""
    actor = actor_of(request)
    page = deferments_for(actor, cursor=request.GET.get("cursor", ""))
    context = {
        "page": page,
        "lines": [_card(row) for row in page.rows],
        "may_propose": actor.may(Permission.MANAGE_DEFERMENT),
        "crumbs": [Crumb(_("Deferments"))],
    }
    return render(request, "revenue/deferments.html", context)


@page_for(Permission.MANAGE_DEFERMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Propose that an organisation may pay later; another person agrees."""
    form = DefermentForm(request.POST or None, initial={"valid_from": clock.today()})
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                deferment_id = _proposed(actor_of(request), form)
            except REFUSALS as refusal:
                errors, status = refusal_errors(refusal), refusal.status
            else:
                messages.success(request, _("It is proposed; another person must agree to it."))
                return redirect("revenue:deferment", deferment_id)
    context = {
        "form": form,
        "errors": errors,
        "currency": profile(clock.today()).currency,
        "crumbs": [Crumb(_("Deferments"), reverse("revenue:deferments")), Crumb(_("New"))],
    }
    return render(request, "revenue/deferment_new.html", context, status=status)


def _proposed(actor: Actor, form: DefermentForm) -> UUID:
    given, currency = form.cleaned_data, profile(clock.today()).currency
    holder = organisation_by_identifier(given["identifier"].strip().upper())
    if holder is None:
        raise NotFound(_("No organisation has this identifier."))
    terms = DefermentTerms(
        holder_id=holder.pk,
        currency=currency,
        limit_minor=minor_of(given["limit"], currency, "/limit"),
        valid_from=given["valid_from"],
        valid_to=given["valid_to"],
        basis=DefermentBasis(given["basis"]),
        conditions=given["conditions"],
        grn=given["grn"].strip().upper(),
        access_code=given["access_code"],
    )
    return deferment_propose(terms, actor=actor)


@page_for(Permission.VIEW_REVENUE)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, deferment_id: UUID) -> HttpResponse:
    """One deferment with its statements; a supervisor suspends, resumes or ends it."""
    actor = actor_of(request)
    row = deferment_for(actor, deferment_id)
    form, errors, status = ChangeForm(request.POST or None), [], 200
    if request.method == "POST":
        status = 422
        action = request.POST.get("action", "")
        if action not in ACTIONS:
            raise NotFound
        if form.is_valid():
            try:
                waits = _changed(deferment_id, action, form.cleaned_data["reason"], actor)
            except REFUSALS as refusal:
                errors, status = refusal_errors(refusal), refusal.status
            else:
                told = _("It is proposed; another person must agree to it.")
                messages.success(request, told if waits else _("It is changed, and the holder was told."))
                return redirect("revenue:deferment", deferment_id)
    allowed = set(DEFERMENT.allowed(row.state)) if actor.may(Permission.MANAGE_DEFERMENT) else set()
    context = _card(row) | {
        "months": _months(row, "revenue:statement"),
        "form": form,
        "errors": errors,
        "actions": [action for action in ACTIONS if action in allowed],
        "crumbs": [Crumb(_("Deferments"), reverse("revenue:deferments")), Crumb(row.number)],
    }
    return render(request, "revenue/deferment.html", context, status=status)


def _changed(deferment_id: UUID, action: str, reason: str, actor: Actor) -> bool:
    """Whether a second person must agree before it is changed."""
    if action == "resume":
        return deferment_resume(deferment_id=deferment_id, reason=reason, actor=actor) is not None
    deferment_change(deferment_id=deferment_id, action=action, reason=reason, actor=actor)
    return False


def _card(row: DefermentView) -> dict[str, Any]:
    def money(minor: int) -> Decimal:
        return from_minor(minor, row.currency)

    return {
        "row": row,
        "limit": money(row.limit_minor),
        "used": money(row.used_minor),
        "available": money(row.available_minor),
        "basis": DEFERMENT_BASES[row.basis],
    }


def _months(row: DefermentView, address: str) -> list[tuple[StatementRow, Decimal, str]]:
    return [
        (one, from_minor(one.total_minor, one.currency), reverse(address, args=[one.id]))
        for one in statements_of(row.id)
    ]
