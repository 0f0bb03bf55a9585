"""Pages of fees: the public schedule, the duty calculator, the prepaid account."""

import csv
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import orjson
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from fees.forms import CODE_FORM, CalculatorForm, CreditForm
from fees.rules.canonical_form import assessment_json
from fees.selectors import (
    ScheduleRow,
    account_movements,
    account_of,
    authorities,
    charge_schedule,
    tariff_current,
)
from fees.services import account_credit, quote_of_facts
from fees.services.quotes import profile_and_day
from fees.types import Direction, Facts, ItemFacts, Sum
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisation_by_identifier
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, FormatRefused, NotFound, RuleViolated
from singlewindow.kernel.money import from_minor
from singlewindow.reference.selectors import hs_description, nomenclature_search, profile
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell that begins so would be run by a spreadsheet. Source: reliability.md 2.9, OWASP ASVS 1.2.10."""

HITS = 12


@require_safe
def schedule(request: HttpRequest) -> HttpResponse:
    """The public schedule: every fee and charge with authority, law, amount and publication. No sign-in."""
    asked = _asked(request)
    rows = charge_schedule(**asked)
    for_data = request.GET.urlencode()
    active = sum(bool(request.GET.get(name)) for name in ("q", "authority", "on"))
    context = {
        "rows": rows,
        "authorities": authorities(),
        "asked": asked,
        "active": active,
        "query": f"?{for_data}" if for_data else "",
        "currency": profile(asked["on"]).currency,
        "crumbs": [Crumb(_("Fees and charges"))],
    }
    return render(request, "fees/schedule.html", context)


@require_safe
def schedule_json(request: HttpRequest) -> HttpResponse:
    """The schedule as JSON, with the same filters."""
    asked = _asked(request)
    value = {
        "on": asked["on"].isoformat(),
        "currency": profile(asked["on"]).currency,
        "charges": [_row_json(row) for row in charge_schedule(**asked)],
    }
    return HttpResponse(orjson.dumps(value), content_type="application/json")


@require_safe
def schedule_csv(request: HttpRequest) -> HttpResponse:
    """The schedule as CSV, with the same filters; no cell can act as a formula."""
    rows = charge_schedule(**_asked(request))
    response = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="fees.csv"'}
    )
    writer = csv.writer(response, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(ScheduleRow.__slots__)
    for row in rows:
        writer.writerow([_cell(value) for value in _row_json(row).values()])
    return response


def _asked(request: HttpRequest) -> dict[str, Any]:
    """The filters of the address. Raises FormatRefused for a day that is none."""
    text = request.GET.get("on", "")
    try:
        on = date.fromisoformat(text) if text else profile_and_day(clock.now())[1]
    except ValueError as error:
        raise FormatRefused("'on' is a day as 2026-11-22.", code="query.on") from error
    return {"on": on, "authority": request.GET.get("authority", "")[:3], "words": request.GET.get("q", "")[:80]}


def _row_json(row: ScheduleRow) -> dict[str, str | None]:
    return {name: _plain(value) for name, value in asdict(row).items()}


def _plain(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _cell(value: str | None) -> str:
    text = value or ""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


@require_safe
def calculator(request: HttpRequest) -> HttpResponse:
    """What goods would cost, as the notice that their assessment would give. No sign-in, no script needed."""
    form = CalculatorForm(request.GET if request.GET else None)
    context: dict[str, Any] = {"form": form, "crumbs": [Crumb(_("Duty calculator"))], "hits": [], "notice": None}
    if form.is_bound and form.is_valid():
        code = form.cleaned_data["code"].replace(" ", "").replace(".", "")
        if CODE_FORM.fullmatch(code):
            context |= _quoted(form.cleaned_data | {"code": code})
        else:
            context |= _looked_up(request, form.cleaned_data["code"])
    return render(request, "fees/calculator.html", context)


def _quoted(asked: dict[str, Any]) -> dict[str, Any]:
    try:
        quote = quote_of_facts(_facts(asked))
    except RuleViolated as error:
        return {"violations": error.violations}
    return {
        "notice": assessment_json(quote.assessment),
        "sha256": quote.sha256,
        "goods": hs_description(asked["code"]),
    }


def _facts(asked: dict[str, Any]) -> Facts:
    def stated(name: str) -> Sum | None:
        return None if asked[name] is None else Sum(asked[name], asked["currency"], f"/{name}")

    has_quantity = asked["quantity"] is not None and asked["unit"]
    preference, documents = _claim(asked["origin"]) if asked["proof"] else ("100", ())
    item = ItemFacts(
        number=1,
        pointer="/items/0",
        commodity_code=asked["code"],
        origin=asked["origin"],
        preference=preference,
        procedure="4000",
        price=stated("value"),
        net_mass_kg=asked["net_mass_kg"],
        quantities=((asked["unit"], asked["quantity"]),) if has_quantity else (),
        documents=documents,
    )
    return Facts(direction=Direction.IMPORT, items=(item,), freight=stated("freight"), insurance=stated("insurance"))


def _claim(origin: str) -> tuple[str, tuple[str, ...]]:
    """The preference code that claims the best agreement of an origin, and a proof of it."""
    tariff = tariff_current()
    claims = sorted({tariff.claims[group] for group in tariff.groups_of(origin, clock.today())} - {""})
    return (f"{claims[-1]}00" if claims else "100"), tuple(sorted(tariff.proofs)[:1])


def _looked_up(request: HttpRequest, words: str) -> dict[str, Any]:
    """Codes that answer the words, each a link that fills it in and keeps the other answers."""
    hits = []
    for hit in nomenclature_search(words, clock.today(), HITS):
        query = request.GET.copy()
        query["code"] = hit.commodity.code
        usable = CODE_FORM.fullmatch(hit.commodity.code) is not None
        hits.append({"hit": hit, "href": f"?{query.urlencode()}" if usable else ""})
    return {"hits": hits, "searched": words}


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
