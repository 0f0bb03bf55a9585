"""Pages of a trader: what can be paid, baskets, paying them, and the bank account for what is paid back."""

import io
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from segno.helpers import make_epc_qr

from fees.selectors.ledger import accounts_of
from fees.selectors.payable import Payable, debts_payable, demands_payable
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.db.work import unit_of_work
from singlewindow.kernel.errors import DomainError, NotFound, RuleViolated
from singlewindow.kernel.identifiers import uuid7
from singlewindow.kernel.money import from_minor
from singlewindow.payments.forms import BankAccountForm, ChooseForm, PayOutForm
from singlewindow.payments.providers.interface import providers
from singlewindow.payments.rules.references import reference_spaced
from singlewindow.payments.selectors.bank import bank_account_of, payouts_of
from singlewindow.payments.selectors.baskets import basket_for, baskets_for
from singlewindow.payments.services.baskets import (
    Chosen,
    basket_cancel,
    basket_pay_from_account,
    basket_send,
    baskets_make,
)
from singlewindow.payments.services.payouts import bank_account_name, payout_request
from singlewindow.payments.services.provider_payments import provider_payment_begin
from singlewindow.payments.states import WAITING, BasketState
from singlewindow.payments.treasury import treasury
from singlewindow.payments.types import BasketView, Held, LineKind, Method
from singlewindow.payments.views.shown import errors_of, money_rows
from singlewindow.payments.wording import DEMANDS, HELD, METHODS, word
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, PageError

PAGE = page_for(Permission.PAY)


@PAGE
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The baskets of the reader's organisation, newest first."""
    page = baskets_for(actor_of(request), cursor=request.GET.get("cursor", ""), size=25)
    context = {
        "page": page,
        "rows": money_rows(page.rows, "total_minor"),
        "crumbs": [Crumb(_("Account"), reverse("fees:account")), Crumb(_("Payments"))],
    }
    return render(request, "payments/list.html", context)


@PAGE
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Choose what to pay at once, whoever it is owed to."""
    actor = actor_of(request)
    if actor.organisation_id is None:
        raise NotFound
    form = ChooseForm(request.POST or None)
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = _made(form, actor)
            except DomainError as refusal:
                errors, status = errors_of(refusal), refusal.status
            else:
                return redirect("payments:basket", made[0]) if len(made) == 1 else redirect("payments:list")
    ticked = set(form.chosen("demands") + form.chosen("declarations"))
    context = {
        "form": form,
        "errors": errors,
        "demands": _payable(demands_payable(actor.organisation_id), ticked),
        "debts": _payable(debts_payable(actor.organisation_id), ticked),
        "accounts": money_rows(accounts_of(actor.organisation_id), "balance_minor"),
        "crumbs": [*_crumbs(), Crumb(_("Pay"))],
    }
    return render(request, "payments/choose.html", context, status=status)


def _made(form: ChooseForm, actor: Actor) -> list[UUID]:
    chosen = Chosen(
        demands=form.chosen("demands"),
        debts=form.chosen("declarations"),
        top_up_minor=form.cleaned_data["minor"],
        top_up_currency=form.cleaned_data["currency"],
    )
    with unit_of_work() as work:
        return baskets_make(work, chosen=chosen, actor=actor)


def _payable(found: list[Payable], ticked: set[UUID]) -> list[tuple[Payable, Decimal, str, bool]]:
    return [
        (one, from_minor(one.amount_minor, one.currency), word(DEMANDS, one.kind), one.id in ticked) for one in found
    ]


def _crumbs() -> list[Crumb]:
    return [Crumb(_("Account"), reverse("fees:account")), Crumb(_("Payments"), reverse("payments:list"))]


@PAGE
@require_safe
def basket(request: HttpRequest, basket_id: UUID) -> HttpResponse:
    """One basket: what it pays, how far it is, and the ways to pay it."""
    own = basket_for(actor_of(request), basket_id)
    return _basket_page(request, own, [], 200)


def _basket_page(request: HttpRequest, own: BasketView, errors: list[PageError], status: int) -> HttpResponse:
    held = {one.currency: one.balance_minor for one in accounts_of(own.organisation_id)}
    balance, used = held.get(own.currency, 0), own.reason == Held.USED
    context: dict[str, Any] = {
        "basket": own,
        "errors": errors,
        "total": from_minor(own.total_minor, own.currency),
        "received": from_minor(own.received_minor, own.currency),
        "missing": from_minor(max(own.total_minor - (balance if used else own.received_minor), 0), own.currency),
        "still": _still(own),
        "lines": money_rows(own.lines, "amount_minor", own.currency),
        "reference": reference_spaced(own.reference),
        "method": word(METHODS, own.method) if own.method else "",
        "why": word(HELD, own.reason) if own.reason else "",
        "balance": from_minor(balance, own.currency),
        "covered": balance >= own.total_minor and all(line.kind is not LineKind.TOP_UP for line in own.lines),
        "from_account": own.state in WAITING,
        "open": own.state in (BasketState.OPEN, BasketState.PENDING),
        "waiting": own.state in WAITING,
        "account": treasury().get(own.currency),
        "providers": list(providers().values()),
        "qr": own.currency == "EUR" and not used,
        "crumbs": [*_crumbs(), Crumb(own.reference)],
    }
    return render(request, "payments/basket.html", context, status=status)


def _still(own: BasketView) -> list[str]:
    """The declarations of a paid basket whose goods wait all the same: another release was first with the money."""
    ids = [line.declaration_id for line in own.lines if line.declaration_id]
    if own.state is not BasketState.PAID or not ids:
        return []
    return [one.mrn for one in debts_payable(own.organisation_id, ids=ids)]


@PAGE
@require_POST
def pay(request: HttpRequest, basket_id: UUID, act: str) -> HttpResponse:
    """Pay a basket, take it to where it is paid, or give it up."""
    actor = actor_of(request)
    own = basket_for(actor, basket_id)
    try:
        if act == "account":
            basket_pay_from_account(basket_id=own.id, actor=actor)
            messages.success(request, _("It is paid from your prepaid account."))
        elif act == "bank":
            with unit_of_work() as work:
                basket_send(work, basket_id=own.id, method=Method.BANK, actor=actor)
        elif act == "cancel":
            basket_cancel(basket_id=own.id, actor=actor)
            messages.success(request, _("The basket is cancelled; nothing was taken."))
        elif act in providers():
            return redirect(provider_payment_begin(basket_id=own.id, provider=act, actor=actor).href)
        else:
            raise NotFound
    except DomainError as refusal:
        if isinstance(refusal, NotFound):
            raise
        return _basket_page(request, basket_for(actor, basket_id), errors_of(refusal), refusal.status)
    return redirect("payments:basket", own.id)


@PAGE
@require_safe
def qr(request: HttpRequest, basket_id: UUID) -> HttpResponse:
    """The transfer as a QR code that banking apps read (EPC069-12), for euros only."""
    own = basket_for(actor_of(request), basket_id)
    account = treasury().get("EUR")
    missing = own.total_minor - own.received_minor
    if own.currency != "EUR" or account is None or missing <= 0:
        raise NotFound
    code = make_epc_qr(
        name=account.holder,
        iban=account.iban,
        bic=account.bic,
        amount=from_minor(missing, "EUR"),
        reference=own.reference,
    )
    picture = io.BytesIO()
    code.save(picture, kind="svg", scale=5, border=4, light="white", xmldecl=False)
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


@PAGE
@require_http_methods(["GET", "HEAD", "POST"])
def bank_account(request: HttpRequest) -> HttpResponse:
    """Name the bank account for what is paid back, and see what was paid out."""
    actor = actor_of(request)
    if actor.organisation_id is None:
        raise NotFound
    named = bank_account_of(actor.organisation_id)
    paying_out = request.POST.get("act") == "out"
    form = BankAccountForm(None if paying_out else request.POST or None, initial={"holder": actor.organisation_name})
    out = PayOutForm(request.POST if paying_out else None, initial={"key": uuid7()})
    errors: list[PageError] = []
    if paying_out and out.is_valid():
        asked = out.cleaned_data
        try:
            payout_request(amount_minor=asked["minor"], currency=asked["out_currency"], key=asked["key"], actor=actor)
        except RuleViolated as refusal:
            errors = errors_of(refusal)
        else:
            messages.success(request, _("It is ordered; the bank pays it with the next file."))
            return redirect("payments:bank-account")
    if not paying_out and request.method == "POST" and form.is_valid():
        bank_account_name(iban=form.cleaned_data["iban"], holder=form.cleaned_data["holder"], actor=actor)
        told = _("The account is named. One that takes the place of another is paid to after three days.")
        messages.success(request, told)
        return redirect("payments:bank-account")
    context = {
        "form": form,
        "named": named,
        "out": out,
        "errors": errors,
        "accounts": money_rows(accounts_of(actor.organisation_id), "balance_minor"),
        "payouts": money_rows(payouts_of(actor.organisation_id), "amount_minor"),
        "crumbs": [Crumb(_("Account"), reverse("fees:account")), Crumb(_("Bank account"))],
    }
    return render(
        request, "payments/bank_account.html", context, status=422 if form.errors or out.errors or errors else 200
    )
