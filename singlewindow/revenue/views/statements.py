"""Pages of statements: what a month comes to, by tax and by declaration; as CSV and on paper too."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.csv_out import csv_text
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.money import from_minor
from singlewindow.reference.selectors import profile
from singlewindow.revenue.paper import statement_pdf
from singlewindow.revenue.selectors import StatementView, statement_for
from singlewindow.revenue.services import statement_pay
from singlewindow.revenue.services.paying import interest_of
from singlewindow.revenue.services.scheme import country_day
from singlewindow.revenue.states import StatementState
from singlewindow.revenue.views.common import REFUSALS, refusal_errors
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, PageError

PAYABLE = frozenset({StatementState.DUE, StatementState.OVERDUE})
FORMS = frozenset({"csv", "pdf"})


@page_for(Permission.VIEW_ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """One month of the reader's organisation, and paying it as one sum."""
    actor = actor_of(request)
    view = statement_for(actor, statement_id)
    if view.deferment.holder_id != actor.organisation_id:
        raise NotFound
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        try:
            statement_pay(statement_id=statement_id, actor=actor)
        except REFUSALS as refusal:
            errors, status = refusal_errors(refusal), refusal.status
        else:
            messages.success(request, _("The month is paid; its debts are final."))
            return redirect("revenue:own-statement", statement_id)
    crumbs = [Crumb(_("Deferred payment"), reverse("revenue:own")), Crumb(f"{view.month:%Y-%m}")]
    more = {"errors": errors, "crumbs": crumbs, "may_pay": actor.may(Permission.PAY) and view.state in PAYABLE}
    return render(request, "revenue/statement.html", _context(view, own=True) | more, status=status)


@page_for(Permission.VIEW_REVENUE)
@require_safe
def one(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """One month, for officers."""
    view = statement_for(actor_of(request), statement_id)
    crumbs = [
        Crumb(_("Deferments"), reverse("revenue:deferments")),
        Crumb(view.deferment.number, reverse("revenue:deferment", args=[view.deferment.id])),
        Crumb(f"{view.month:%Y-%m}"),
    ]
    return render(request, "revenue/statement.html", _context(view, own=False) | {"crumbs": crumbs})


@page_for(Permission.VIEW_ACCOUNT)
@require_safe
def own_file(request: HttpRequest, statement_id: UUID, form: str) -> HttpResponse:
    """One month of the reader's organisation as CSV or on paper."""
    return _file(actor_of(request), statement_id, form)


@page_for(Permission.VIEW_REVENUE)
@require_safe
def file(request: HttpRequest, statement_id: UUID, form: str) -> HttpResponse:
    """One month as CSV or on paper, for officers."""
    return _file(actor_of(request), statement_id, form)


def _file(actor: Actor, statement_id: UUID, form: str) -> HttpResponse:
    view = statement_for(actor, statement_id)
    if form not in FORMS:
        raise NotFound
    name = f"{view.deferment.number}-{view.month:%Y-%m}.{form}"
    if form == "csv":
        body: Any = csv_text(_rows(view))
        response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    else:
        authority = profile(clock.today()).country_name
        paper = statement_pdf(view, authority=authority, at=clock.now(), language=get_language() or "en")
        response = HttpResponse(paper, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _rows(view: StatementView) -> Iterator[tuple[object, ...]]:
    yield ("mrn", "authority", "tax_type", "amount", "currency")
    for total in view.totals:
        for _id, mrn, minor in total.declarations:
            yield (mrn, total.authority, total.tax_type, f"{from_minor(minor, view.currency):f}", view.currency)
    yield ("", "", "total", f"{from_minor(view.total_minor, view.currency):f}", view.currency)


def _context(view: StatementView, *, own: bool) -> dict[str, Any]:
    def money(minor: int) -> Decimal:
        return from_minor(minor, view.currency)

    today = country_day(clock.now())
    interest = None
    if view.state is StatementState.OVERDUE:
        interest = interest_of(view.total_minor, view.currency, view.due_on, today)
    return {
        "view": view,
        "own": own,
        "currency": view.currency,
        "total": money(view.total_minor),
        "called": money(view.called_minor),
        "interest": interest,
        "debts": [(debt, money(debt.amount_minor)) for debt in view.debts],
        "totals": [
            (total, money(total.amount_minor), [(pk, mrn, money(minor)) for pk, mrn, minor in total.declarations])
            for total in view.totals
        ],
    }
