"""The prepaid account: balance and movements, and booking money received."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fees.forms import CreditForm
from fees.selectors import AccountView, account_movements
from fees.selectors.ledger import accounts_of
from fees.selectors.payable import demands_payable
from fees.services.crediting import credit_or_propose
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_by_identifier
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.csv_out import csv_text
from singlewindow.kernel.errors import Conflict, NotFound, RuleViolated
from singlewindow.kernel.money import from_minor
from singlewindow.reference.selectors import profile
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, Tab

CSV_PAGES_MOST = 200
"""A file of at most a hundred thousand movements; what is older is read page by page on screen."""


@page_for(Permission.VIEW_ACCOUNT)
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """The prepaid accounts of the reader's organisation: a balance for each currency, and movements, newest first."""
    held, chosen = _held(request)
    currency = chosen.currency if chosen else profile(clock.today()).currency
    page = account_movements(chosen.id, cursor=request.GET.get("cursor", ""), size=25) if chosen else None
    context = {
        "balances": [(one.currency, from_minor(one.balance_minor, one.currency)) for one in held]
        or [(currency, Decimal(0))],
        "currency": currency,
        "page": page,
        "movements": [(move, from_minor(move.amount_minor, currency)) for move in (page.rows if page else ())],
        "owed": _owed(actor_of(request)),
        "may_pay": actor_of(request).may(Permission.PAY),
        "tabs": [Tab(one.currency, f"?currency={one.currency}", one is chosen) for one in held],
        "crumbs": [Crumb(_("Account"))],
    }
    return render(request, "fees/account.html", context)


def _owed(actor: Actor) -> list[tuple[str, Decimal]]:
    """What is demanded of the organisation and not paid, by currency; it leads to where it is paid."""
    if actor.organisation_id is None or not actor.may(Permission.PAY):
        return []
    sums: Counter[str] = Counter()
    for one in demands_payable(actor.organisation_id):
        sums[one.currency] += one.amount_minor
    return [(currency, from_minor(sums[currency], currency)) for currency in sorted(sums)]


def _held(request: HttpRequest) -> tuple[list[AccountView], AccountView | None]:
    """The organisation's accounts, and the one that is asked for: by its currency, else the country's own."""
    organisation_id = actor_of(request).organisation_id
    if organisation_id is None:
        raise NotFound
    held = accounts_of(organisation_id)
    wanted = request.GET.get("currency", "")
    if wanted and all(one.currency != wanted for one in held):
        raise NotFound
    own = wanted or profile(clock.today()).currency
    return held, next((one for one in held if one.currency == own), held[0] if held else None)


@page_for(Permission.VIEW_ACCOUNT)
@require_safe
def account_csv(request: HttpRequest) -> HttpResponse:
    """The movements of one account as CSV, newest first; no cell can act as a formula."""
    _all, chosen = _held(request)
    if chosen is None:
        raise NotFound
    headers = {"Content-Disposition": f'attachment; filename="account-{chosen.currency}.csv"'}
    return HttpResponse("".join(_lines(chosen)), content_type="text/csv; charset=utf-8", headers=headers)


def _lines(chosen: AccountView) -> Iterator[str]:
    """Lines of a statement of account."""
    yield csv_text([["at", "text", "mrn", "amount", "currency"]])
    cursor = ""
    for _page in range(CSV_PAGES_MOST):
        page = account_movements(chosen.id, cursor=cursor, size=500)
        for move in page.rows:
            amount = f"{from_minor(move.amount_minor, chosen.currency):f}"
            yield csv_text([[move.at.isoformat(), move.text, move.mrn, amount, chosen.currency]])
        cursor = page.next_cursor
        if not cursor:
            return


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
        waits = credit_or_propose(
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
    if waits is not None:
        messages.success(request, _("A second officer must agree; nothing is booked before."))
        return True
    text = _("%(amount)s %(currency)s was booked for %(name)s.")
    shown: dict[str, Any] = {"amount": asked["amount"], "currency": currency, "name": organisation.name}
    messages.success(request, text % shown)
    return True
