"""The prepaid account: balance and movements, and booking money received."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fees.forms import CreditForm
from fees.selectors import account_movements, account_of
from fees.services import account_credit
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_by_identifier
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated
from singlewindow.kernel.money import from_minor
from singlewindow.reference.selectors import profile
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb


@page_for(Permission.VIEW_ACCOUNT)
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """The prepaid account of the reader's organisation: balance and movements, newest first."""
    organisation_id = actor_of(request).organisation_id
    if organisation_id is None:
        raise NotFound
    currency = profile(clock.today()).currency
    held = account_of(organisation_id, currency=currency)
    page = account_movements(held.id, cursor=request.GET.get("cursor", ""), size=25) if held else None
    context = {
        "balance": from_minor(held.balance_minor if held else 0, currency),
        "currency": currency,
        "page": page,
        "movements": [(move, from_minor(move.amount_minor, currency)) for move in (page.rows if page else ())],
        "crumbs": [Crumb(_("Account"))],
    }
    return render(request, "fees/account.html", context)


@page_for(Permission.CREDIT_ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def credit(request: HttpRequest) -> HttpResponse:
    """Book money received on a trader's account, once for each payment reference."""
    form = CreditForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _credited(request, form):
        return redirect("fees:credit")
    context = {"form": form, "currency": profile(clock.today()).currency, "crumbs": [Crumb(_("Book a payment"))]}
    return render(request, "fees/credit.html", context, status=422 if form.errors else 200)


def _credited(request: HttpRequest, form: CreditForm) -> bool:
    asked, currency = form.cleaned_data, profile(clock.today()).currency
    organisation = organisation_by_identifier(asked["identifier"].strip().upper())
    if organisation is None:
        form.add_error("identifier", _("No organisation has this identifier."))
        return False
    try:
        account_credit(
            organisation_id=organisation.pk,
            amount=asked["amount"],
            currency=currency,
            reference=asked["reference"].strip(),
            actor=actor_of(request),
        )
    except RuleViolated as error:
        form.add_error("amount", error.violations[0].message)
        return False
    except Conflict as error:
        form.add_error("reference", str(error))
        return False
    text = _("%(amount)s %(currency)s was booked for %(name)s.")
    shown: dict[str, Any] = {"amount": asked["amount"], "currency": currency, "name": organisation.name}
    messages.success(request, text % shown)
    return True
