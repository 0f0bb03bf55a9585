"""The page on which yields of manufacturing are set."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_by_identifier
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import RuleViolated, Violation
from singlewindow.revenue.forms import YieldForm
from singlewindow.revenue.selectors.yields import yields_newest
from singlewindow.revenue.services import YieldRow, yields_set
from singlewindow.revenue.views.common import REFUSALS, refusal_errors
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.fields import PLAIN
from singlewindow.web.types import Crumb, PageError


@page_for(Permission.APPROVE_REPAYMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def yields(request: HttpRequest) -> HttpResponse:
    """Yields in force by authorisation, and setting a new version."""
    form = YieldForm(request.POST or None)
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _set(actor_of(request), form)
            except REFUSALS as refusal:
                errors, status = refusal_errors(refusal), refusal.status
            else:
                messages.success(request, _("The yields are set; earlier claims keep theirs."))
                return redirect("revenue:yields")
    crumbs = [Crumb(_("Claims"), reverse("revenue:claims-desk")), Crumb(_("Yields"))]
    context = {"form": form, "errors": errors, "sets": yields_newest(), "crumbs": crumbs}
    return render(request, "revenue/yields.html", context, status=status)


def _set(actor: Actor, form: YieldForm) -> None:
    given = form.cleaned_data
    holder = organisation_by_identifier(given["identifier"].strip().upper())
    if holder is None:
        found = Violation("RV-YLD-01", "/identifier", _("No organisation has this identifier."))
        raise RuleViolated(violations=[found])
    yields_set(
        authorisation=given["authorisation"].strip(),
        holder_id=holder.pk,
        valid_from=given["valid_from"],
        rows=_rows(given["rows"]),
        reason=given["reason"],
        actor=actor,
    )


def _rows(text: str) -> list[YieldRow]:
    rows = []
    for number, line in enumerate(text.splitlines(), 1):
        parts = line.replace(";", " ").split()
        if len(parts) < 3 or not PLAIN.fullmatch(parts[2]):
            sentence = _("Line %(number)s is not two codes and a quantity.") % {"number": number}
            raise RuleViolated(violations=[Violation("RV-YLD-01", "/rows", sentence, value=line[:60])])
        rows.append(YieldRow(parts[0], parts[1], Decimal(parts[2])))
    return rows
