"""Pages of officers and auditors: statements, suspense, payouts, and the ledger as a whole."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fees.selectors.ledger import accounts_listed, ledger_totals
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import actor_names, organisation_by_identifier, organisation_names
from singlewindow.accounts.types import Actor
from singlewindow.approvals.selectors import proposal_open
from singlewindow.kernel.errors import DomainError, NotFound, RuleViolated, TooLarge, Violation
from singlewindow.kernel.money import from_minor
from singlewindow.kernel.safe_xml import MAX_BYTES
from singlewindow.payments.forms import BankFileForm, ClearForm
from singlewindow.payments.rules.references import iban_read, references_in
from singlewindow.payments.selectors.bank import (
    entries_of,
    payout_file_body,
    payout_files,
    payouts_for,
    statement_for,
    statements_for,
)
from singlewindow.payments.selectors.baskets import basket_of_reference
from singlewindow.payments.selectors.suspense import suggestions_for, suspense_for, suspense_item_for
from singlewindow.payments.selectors.verify import bank_positions, ledger_verify, suspense_totals
from singlewindow.payments.services.bank_files import bank_file_load
from singlewindow.payments.services.clearing import KIND, Plan, suspense_clear
from singlewindow.payments.services.payouts import payouts_file
from singlewindow.payments.states import PayoutState, SuspenseState
from singlewindow.payments.treasury import treasury
from singlewindow.payments.types import SuspenseView
from singlewindow.payments.views.shown import errors_of, money_rows
from singlewindow.payments.wording import HELD, KINDS, OUTCOMES, WHY, word
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.statuses import status_for
from singlewindow.web.types import Crumb, PageError, Tab

PAGE = page_for(Permission.VIEW_LEDGER)


def _ledger_crumb() -> Crumb:
    return Crumb(_("Ledger"), reverse("payments:ledger"))


@PAGE
@require_http_methods(["GET", "HEAD", "POST"])
def statements(request: HttpRequest) -> HttpResponse:
    """Statements that were loaded, and loading the next one."""
    actor = actor_of(request)
    form = BankFileForm(request.POST or None, request.FILES or None)
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        actor.require(Permission.CREDIT_ACCOUNT)
        status = 422
        if form.is_valid():
            try:
                for line in _loaded(form, actor):
                    messages.success(request, line)
            except DomainError as refusal:
                errors, status = errors_of(refusal), refusal.status
            else:
                return redirect("payments:statements")
    page = statements_for(actor, cursor=request.GET.get("cursor", ""), size=25)
    context = {
        "form": form,
        "errors": errors,
        "page": page,
        "rows": money_rows(page.rows, "closing_minor"),
        "may_load": actor.may(Permission.CREDIT_ACCOUNT),
        "crumbs": [_ledger_crumb(), Crumb(_("Bank statements"))],
    }
    return render(request, "payments/statements.html", context, status=status)


def _loaded(form: BankFileForm, actor: Actor) -> list[str]:
    file = form.cleaned_data["file"]
    if file.size > MAX_BYTES:
        raise TooLarge(f"At most {MAX_BYTES} bytes are read.")
    return bank_file_load(body=file.read(), actor=actor)


@PAGE
@require_safe
def statement(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """One statement: what the bank told, and what became of each entry."""
    own = statement_for(actor_of(request), statement_id)
    page = entries_of(statement_id, cursor=request.GET.get("cursor", ""))
    context = {
        "statement": own,
        "opening": from_minor(own.opening_minor, own.currency),
        "closing": from_minor(own.closing_minor, own.currency),
        "page": page,
        "rows": [
            (entry, from_minor(entry.amount_minor, own.currency), word(OUTCOMES, entry.outcome)) for entry in page.rows
        ],
        "crumbs": [
            _ledger_crumb(),
            Crumb(_("Bank statements"), reverse("payments:statements")),
            Crumb(own.statement_id),
        ],
    }
    return render(request, "payments/statement.html", context)


@PAGE
@require_safe
def suspense(request: HttpRequest) -> HttpResponse:
    """Money that nobody could place, oldest first; or what was cleared."""
    actor, cleared = actor_of(request), request.GET.get("state") == "cleared"
    page = suspense_for(actor, cleared=cleared, cursor=request.GET.get("cursor", ""), size=25)
    totals = suspense_totals()
    address = reverse("payments:suspense")
    context = {
        "page": page,
        "rows": [(one, from_minor(one.amount_minor, one.currency), word(HELD, one.reason)) for one in page.rows],
        "totals": money_rows(totals, "amount_minor"),
        "cleared": cleared,
        "tabs": [
            Tab(_("Not placed"), address, not cleared, sum(one.items for one in totals)),
            Tab(_("Cleared"), f"{address}?state=cleared", cleared),
        ],
        "crumbs": [_ledger_crumb(), Crumb(_("Suspense"))],
    }
    return render(request, "payments/suspense.html", context)


@PAGE
@require_http_methods(["GET", "HEAD", "POST"])
def suspense_item(request: HttpRequest, suspense_id: UUID) -> HttpResponse:
    """One sum in suspense: what was said with it, whose it may be, and saying so."""
    actor = actor_of(request)
    item = suspense_item_for(actor, suspense_id)
    chosen = {name: request.GET.get(name, "")[:40] for name in ("identifier", "reference")}
    form = ClearForm(request.POST or None, initial=chosen)
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        actor.require(Permission.CREDIT_ACCOUNT)
        status = 422
        if form.is_valid():
            try:
                plan = _plan(form, item, request.POST.get("act", ""))
                waits = suspense_clear(
                    suspense_id=suspense_id, plan=plan, reason=form.cleaned_data["reason"], actor=actor
                )
            except DomainError as refusal:
                errors, status = errors_of(refusal), refusal.status
                item = suspense_item_for(actor, suspense_id)
            else:
                done = _("A second officer must agree; nothing is booked before.") if waits else _("It is booked.")
                messages.success(request, done)
                return redirect("payments:suspense")
    open_ = item.state is SuspenseState.OPEN
    proposal = proposal_open(KIND, str(item.id)) if item.state is SuspenseState.PROPOSED else None
    limit = settings.SUSPENSE_ALONE_MOST.get(item.currency, 0)
    names = actor_names([item.cleared_by]) if item.cleared_by else {}
    context: dict[str, Any] = {
        "item": item,
        "amount": from_minor(item.amount_minor, item.currency),
        "why": word(HELD, item.reason),
        "suggestions": [(one, word(WHY, one.why)) for one in suggestions_for(item)] if open_ else [],
        "form": form,
        "errors": errors,
        "open": open_ and actor.may(Permission.CREDIT_ACCOUNT),
        "proposal": proposal,
        "two": abs(item.amount_minor) > limit,
        "limit": from_minor(limit, item.currency),
        "returnable": item.amount_minor > 0,
        "cleared_by": names.get(item.cleared_by, item.cleared_by),
        "crumbs": [_ledger_crumb(), Crumb(_("Suspense"), reverse("payments:suspense")), Crumb(str(item.id)[-12:])],
    }
    return render(request, "payments/suspense_item.html", context, status=status)


def _plan(form: ClearForm, item: SuspenseView, act: str) -> Plan:
    """What the officer decided, by the button pressed. Raises RuleViolated for what is not known here."""
    asked = form.cleaned_data
    if act == "return":
        iban = iban_read(asked["iban"]) if asked["iban"] else item.party_iban
        if asked["iban"] and not iban:
            raise _unfit("/iban", _("The check digits of this IBAN are wrong."))
        return Plan("return", iban=iban, creditor=item.party_name)
    reference = next(iter(references_in([asked["reference"]], "")), "") if asked["reference"] else ""
    if reference and (basket_id := basket_of_reference(reference)):
        return Plan("clear", basket_id=basket_id)
    if asked["reference"]:
        raise _unfit("/reference", _("No basket has this reference."))
    organisation = organisation_by_identifier(asked["identifier"].strip().upper())
    if organisation is None:
        raise _unfit("/identifier", _("No organisation has this identifier."))
    return Plan("clear", organisation_id=organisation.pk)


def _unfit(pointer: str, sentence: str) -> RuleViolated:
    return RuleViolated(sentence, violations=[Violation("PY-SU-06", pointer, sentence)])


def _fileable(rows: Sequence[Any], *, further: bool) -> list[str]:
    """Currencies in which orders wait for a file; where not all orders are shown it may be any."""
    shown = {row.currency for row in rows}
    return [currency for currency in treasury() if further or currency in shown]


@PAGE
@require_http_methods(["GET", "HEAD", "POST"])
def payouts(request: HttpRequest) -> HttpResponse:
    """Payment orders by state, and collecting what waits into a file for the bank."""
    actor = actor_of(request)
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        try:
            payouts_file(currency=request.POST.get("currency", "")[:3], actor=actor)
        except DomainError as refusal:
            errors, status = errors_of(refusal), refusal.status
        else:
            messages.success(request, _("The file is made. Take it to the bank once."))
            return redirect("payments:payouts")
    wanted = request.GET.get("state", "")
    state = PayoutState(wanted) if wanted in list(PayoutState) else PayoutState.ORDERED
    page = payouts_for(actor, state=state, cursor=request.GET.get("cursor", ""), size=25)
    address = reverse("payments:payouts")
    context = {
        "page": page,
        "rows": money_rows(page.rows, "amount_minor"),
        "files": money_rows(payout_files(actor, most=20), "total_minor"),
        "errors": errors,
        "currencies": _fileable(page.rows, further=bool(page.next_cursor)) if state is PayoutState.ORDERED else [],
        "may_file": actor.may(Permission.CREDIT_ACCOUNT),
        "tabs": [
            Tab(str(status_for("payout", one).label), f"{address}?state={one.value}", one is state)
            for one in PayoutState
        ],
        "crumbs": [_ledger_crumb(), Crumb(_("Payouts"))],
    }
    return render(request, "payments/payouts.html", context, status=status)


@PAGE
@require_safe
def payout_file(request: HttpRequest, payfile_id: UUID) -> HttpResponse:
    """A file of payment orders, byte by byte as it was made."""
    message_id, body = payout_file_body(actor_of(request), payfile_id)
    headers = {"Content-Disposition": f'attachment; filename="{message_id}.xml"'}
    return HttpResponse(body, content_type="application/xml", headers=headers)


@PAGE
@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """What stands on every kind of account, by currency, and whether everything agrees."""
    totals = ledger_totals()
    context = {
        "rows": [(one, word(KINDS, one.kind), from_minor(one.amount_minor, one.currency)) for one in totals],
        "findings": ledger_verify(),
        "bank": money_rows(bank_positions(), "closing_minor"),
        "postings": sum(one.postings for one in totals),
        "crumbs": [Crumb(_("Ledger"))],
    }
    return render(request, "payments/ledger.html", context)


@PAGE
@require_safe
def ledger_accounts(request: HttpRequest) -> HttpResponse:
    """The accounts that a total of the ledger counts, the largest first."""
    kind, code = request.GET.get("kind", "")[:10], request.GET.get("code", "")[:3]
    currency = request.GET.get("currency", "")[:3]
    found = accounts_listed(kind, code, currency) if kind in KINDS else []
    if not found:
        raise NotFound
    names = organisation_names(holder for holder, _code, _total in found if holder is not None)
    rows = [
        (names.get(holder, "") if holder else code or word(KINDS, kind), from_minor(total, currency))
        for holder, code, total in found
    ]
    context = {
        "rows": rows,
        "kind": word(KINDS, kind),
        "code": code,
        "currency": currency,
        "crumbs": [_ledger_crumb(), Crumb(word(KINDS, kind))],
    }
    return render(request, "payments/ledger_accounts.html", context)
