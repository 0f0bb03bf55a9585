"""Pages of provisional debts: how old they are, and determining one for good."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from declarations.selectors import declaration_head_for
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.money import from_minor
from singlewindow.revenue.forms import DetermineForm
from singlewindow.revenue.models import Determination
from singlewindow.revenue.selectors import ProvisionalDebt, determination_for, provisional_debt, provisional_debts
from singlewindow.revenue.selectors.provisional import ProvisionalCase
from singlewindow.revenue.services.determining import determination_begin
from singlewindow.revenue.types import FinalDebt
from singlewindow.revenue.views.common import REFUSALS, minor_of, refusal_errors
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Bar, Chart, Crumb, PageError

AGES = ((0, 7, "ok"), (8, 30, "info"), (31, 90, "warn"), (91, None, "bad"))
"""Days from, days to, and how it looks."""


@page_for(Permission.VIEW_REVENUE)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The debts that are not fixed yet, oldest first, with their ages as a chart."""
    page = provisional_debts(actor_of(request), cursor=request.GET.get("cursor", ""))
    context = {
        "page": page,
        "lines": [(row, from_minor(row.total_minor, row.currency)) for row in page.rows],
        "chart": _chart(page.rows),
        "crumbs": [Crumb(_("Provisional debts"))],
    }
    return render(request, "revenue/provisional.html", context)


def _chart(rows: Any) -> Chart:
    bars = []
    for first, last, css in AGES:
        count = sum(1 for row in rows if first <= row.days and (last is None or row.days <= last))
        label = _("%(first)s to %(last)s days") % {"first": first, "last": last}
        if last is None:
            label = _("more than %(days)s days") % {"days": first - 1}
        bars.append(Bar(label, count, css))
    return Chart(_("Age of the debts on this page"), bars, _("debts"))


@page_for(Permission.VIEW_REVENUE)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """One provisional debt with what stands behind it; an officer determines it with reasons."""
    actor = actor_of(request)
    known = determination_for(declaration_id)
    if known is not None:
        return render(request, "revenue/determination.html", _determined(known))
    case = provisional_debt(actor, declaration_id)
    due = _due(case)
    form = DetermineForm(request.POST or None, due=due)
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                waits = _determine(actor, case.debt, form)
            except REFUSALS as refusal:
                errors, status = refusal_errors(refusal), refusal.status
            else:
                told = _("A second officer must agree; nothing is booked before.")
                messages.success(request, told if waits else _("The debt is determined, and the parties were told."))
                return redirect("revenue:provisional-debt", declaration_id)
    currency = case.debt.currency
    context = {
        "case": case,
        "debt": case.debt,
        "currency": currency,
        "total": from_minor(case.debt.total_minor, currency),
        "security": from_minor(case.moved.security_minor, currency),
        "held": [(one, from_minor(one.open_minor, one.currency)) for one in case.held],
        "lines": [(line, from_minor(line.amount_minor, currency)) for line in case.lines],
        "form": form,
        "errors": errors,
        "may_determine": actor.may(Permission.DETERMINE_DEBT) and not case.awaits_full,
        "crumbs": [Crumb(_("Provisional debts"), reverse("revenue:provisional")), Crumb(case.debt.mrn)],
    }
    return render(request, "revenue/provisional_debt.html", context, status=status)


@page_for(Permission.VIEW_OWN_DECLARATION)
@require_safe
def own(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """The final determination of a declaration, for its parties."""
    declaration_head_for(actor_of(request), declaration_id)
    known = determination_for(declaration_id)
    if known is None:
        raise NotFound
    return render(request, "revenue/determination.html", _determined(known))


def _due(case: ProvisionalCase) -> list[tuple[str, Decimal]]:
    sums: dict[str, int] = {}
    for line in case.lines:
        sums[line.authority] = sums.get(line.authority, 0) + line.amount_minor
    return [(authority, from_minor(minor, case.debt.currency)) for authority, minor in sorted(sums.items())]


def _determine(actor: Actor, debt: ProvisionalDebt, form: DetermineForm) -> UUID | None:
    due = {name: minor_of(amount, debt.currency, f"/due/{name}") for name, amount in form.final().items()}
    final = FinalDebt(
        due=due,
        reason=form.cleaned_data["reason"],
        law=form.cleaned_data["law"],
        charge_interest=form.cleaned_data["interest"],
    )
    return determination_begin(declaration_id=debt.declaration_id, final=final, actor=actor)


def _determined(row: Determination) -> dict[str, Any]:
    def money(minor: int) -> Decimal:
        return from_minor(minor, row.currency)

    return {
        "row": row,
        "currency": row.currency,
        "provisional": money(row.provisional_minor),
        "final": money(row.final_minor),
        "delta": money(row.final_minor - row.provisional_minor),
        "interest": money(row.interest_minor),
        "security": money(row.security_minor),
        "freed": money(row.freed_minor),
        "called": money(row.called_minor),
        "account": money(row.account_minor),
        "demanded": money(row.demanded_minor),
        "due": [(name, money(minor)) for name, minor in sorted(row.due.items())],
        "crumbs": [Crumb(_("Final determination")), Crumb(row.mrn)],
    }
