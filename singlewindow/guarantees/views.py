"""Pages of guarantees: the holder's own, and those of the officers who manage them."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from declarations.selectors.names import declaration_names
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.approvals.selectors import proposal_open
from singlewindow.guarantees.forms import (
    CRITERIA_WORDS,
    TYPE_WORDS,
    ApplyForm,
    CodeForm,
    LimitForm,
    ProposeForm,
    RefuseForm,
    RegisterForm,
    StepForm,
)
from singlewindow.guarantees.selectors.lists import codes_of, entries_of, guarantee_for, guarantees_for, usage_of
from singlewindow.guarantees.services.changing import (
    LIMIT,
    code_change,
    code_end,
    guarantee_cancel,
    guarantee_step,
    limit_change,
)
from singlewindow.guarantees.services.registering import (
    GRANT,
    guarantee_propose,
    guarantee_refuse,
    guarantee_register,
)
from singlewindow.guarantees.services.reinstating import KIND as REINSTATE
from singlewindow.guarantees.services.reinstating import guarantee_reinstate
from singlewindow.guarantees.states import GUARANTEE, GuaranteeState
from singlewindow.guarantees.types import CodeKind, EntryRow, GuaranteeView
from singlewindow.kernel import clock
from singlewindow.kernel.errors import DomainError, RuleViolated
from singlewindow.kernel.money import from_minor
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.formats import day_text, money_text
from singlewindow.web.statuses import status_for
from singlewindow.web.types import Bar, Chart, Crumb, PageError, SummaryRow, Tab

LISTED = (
    GuaranteeState.ACTIVE,
    GuaranteeState.PENDING,
    GuaranteeState.SUSPENDED,
    GuaranteeState.USED,
    GuaranteeState.EXPIRED,
)


@require_safe
@page_for(Permission.VIEW_GUARANTEE)
def own(request: HttpRequest) -> HttpResponse:
    """The guarantees of one's organisation, newest first."""
    return _list(request, "guarantees:list", officer=False)


@require_safe
@page_for(Permission.MANAGE_GUARANTEE)
def managed(request: HttpRequest) -> HttpResponse:
    """All guarantees, for who manages them."""
    return _list(request, "guarantees:officer", officer=True)


def _list(request: HttpRequest, name: str, *, officer: bool) -> HttpResponse:
    wanted = request.GET.get("state", "")
    state = wanted if wanted in list(GuaranteeState) else ""
    text = request.GET.get("q", "")
    page = guarantees_for(actor_of(request), state=state, text=text, cursor=request.GET.get("cursor", ""))
    address = reverse(name)
    tabs = [Tab(str(_("All")), address, current=not state)]
    tabs += [
        Tab(str(status_for("guarantee", one).label), f"{address}?state={one.value}", one.value == state)
        for one in LISTED
    ]
    one = "guarantees:officer-one" if officer else "guarantees:one"
    context = {
        "page": page,
        "lines": [_line(row, reverse(one, args=[row.id])) for row in page.rows],
        "tabs": tabs,
        "officer": officer,
        "text": text,
        "new_href": reverse("guarantees:register" if officer else "guarantees:new"),
        "crumbs": [Crumb(_("Guarantees"))],
    }
    return render(request, "guarantees/list.html", context)


def _line(row: GuaranteeView, href: str) -> dict[str, Any]:
    return {
        "row": row,
        "href": href,
        "type": TYPE_WORDS[row.type.value],
        "limit": from_minor(row.limit_minor, row.currency),
        "available": from_minor(row.available_minor, row.currency),
        "low": row.used_share * 100 >= 90,
    }


@require_safe
@page_for(Permission.VIEW_GUARANTEE)
def one(request: HttpRequest, guarantee_id: UUID) -> HttpResponse:
    """One guarantee of one's own: what it covers, what is used and by which declarations, its access codes."""
    actor = actor_of(request)
    row = guarantee_for(actor, guarantee_id)
    context = _shown(request, row, crumb="guarantees:list") | {
        "codes": codes_of(row.id),
        "may_use": actor.may(Permission.USE_GUARANTEE),
        "may_cancel": actor.may(Permission.USE_GUARANTEE)
        and "cancel" in GUARANTEE.allowed(row.state)
        and row.liability_ends_on is None,
    }
    return render(request, "guarantees/one.html", context)


def _shown(request: HttpRequest, row: GuaranteeView, *, crumb: str) -> dict[str, Any]:
    entries = entries_of(row.id, cursor=request.GET.get("cursor", ""))
    names = declaration_names({entry.subject_id for entry in entries.rows})
    officer = crumb == "guarantees:officer"
    return {
        "guarantee": row,
        "type": TYPE_WORDS[row.type.value],
        "rows": _facts(row),
        "page": entries,
        "entries": [_entry(entry, row, names, officer=officer) for entry in entries.rows],
        "chart": _chart(row),
        "used_percent": int(row.used_share * 100),
        "used_label": _("%(used)s of %(limit)s used")
        % {"used": _money(row.used_minor, row), "limit": _money(row.limit_minor, row)},
        "crumbs": [Crumb(_("Guarantees"), reverse(crumb)), Crumb(row.grn)],
    }


def _entry(entry: EntryRow, row: GuaranteeView, names: Any, *, officer: bool) -> dict[str, Any]:
    name = names.get(entry.subject_id)
    href = "clearance:case" if officer else "portal:show"
    return {
        "entry": entry,
        "amount": from_minor(entry.amount_minor, row.currency),
        "used": from_minor(entry.used_after_minor, row.currency),
        "mrn": name.mrn if name else "",
        "href": reverse(href, args=[entry.subject_id]) if name else "",
    }


def _money(minor: int, row: GuaranteeView) -> str:
    return money_text(from_minor(minor, row.currency), row.currency)


def _facts(row: GuaranteeView) -> list[SummaryRow]:
    told = [
        (_("Holder"), f"{row.holder_name} ({row.holder_identifier})"),
        (_("Guarantor"), " ".join(part for part in (row.guarantor_name, row.guarantor_identifier) if part)),
        (_("Reference amount"), _money(row.reference_minor, row)),
        (_("How much must be guaranteed"), f"{row.level} %: {_money(row.guaranteed_minor, row)}"),
        (_("What was shown"), "; ".join(str(CRITERIA_WORDS.get(name, name)) for name in row.criteria)),
        (_("First day"), day_text(row.valid_from)),
        (_("Last day"), day_text(row.valid_to) if row.valid_to else _("without end")),
        (_("Notice given: ends on"), day_text(row.liability_ends_on) if row.liability_ends_on else ""),
        (_("Only at these offices"), ", ".join(row.offices)),
        (_("Not for these countries"), ", ".join(row.countries_excluded)),
        (_("Only for these goods"), ", ".join(row.commodities)),
        (_("Not for these sensitive goods"), ", ".join(row.sensitive_excluded)),
        (_("Reason"), row.reason),
    ]
    return [SummaryRow(label, value) for label, value in told if value]


def _chart(row: GuaranteeView) -> Chart | None:
    points = usage_of(row.id)
    if not points:
        return None
    bars = [
        Bar(
            day_text(at.date()),
            float(from_minor(used, row.currency)),
            "warn" if used * 10 >= row.limit_minor * 9 else "brand",
            "",
            _money(used, row),
        )
        for at, used in points
    ]
    return Chart(_("Used after each entry"), bars, row.currency, "")


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.USE_GUARANTEE)
def new(request: HttpRequest) -> HttpResponse:
    """Apply for a guarantee of one's own."""
    return _register(request, ApplyForm, "guarantees:list")


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.MANAGE_GUARANTEE)
def register(request: HttpRequest) -> HttpResponse:
    """Register a guarantee for a trader."""
    return _register(request, RegisterForm, "guarantees:officer")


def _register(request: HttpRequest, kind: type[ApplyForm], back: str) -> HttpResponse:
    form = kind(request.POST or None, initial={"valid_from": clock.today().isoformat()})
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = guarantee_register(
                    actor=actor_of(request),
                    application=form.application(),
                    holder=form.cleaned_data.get("holder", ""),
                )
            except RuleViolated as refused:
                errors = list(_on_form(form, refused))
            else:
                messages.success(request, _("It is registered and waits to be examined."))
                where = "guarantees:officer-one" if back == "guarantees:officer" else "guarantees:one"
                return redirect(where, made[0].id)
    context = {"form": form, "errors": errors, "crumbs": [Crumb(_("Guarantees"), reverse(back)), Crumb(_("New"))]}
    return render(request, "guarantees/new.html", context, status=status)


def _on_form(form: forms.Form, refused: RuleViolated) -> Iterable[PageError]:
    """Put what is wrong beside its field, and on top where it has none."""
    for one in refused.violations:
        field = one.pointer.strip("/").split("/")[0]
        if field in form.fields:
            form.add_error(field, one.message)
        else:
            yield PageError(one.message)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.USE_GUARANTEE)
def code(request: HttpRequest, guarantee_id: UUID) -> HttpResponse:
    """Give a guarantee of one's own another access code; it is shown once, on this page."""
    actor = actor_of(request)
    row = guarantee_for(actor, guarantee_id)
    form = CodeForm(request.POST or None)
    shown, status = "", 200
    errors: list[PageError] = []
    if request.method == "POST":
        status = 422
        if form.is_valid():
            told = form.cleaned_data
            try:
                shown = code_change(
                    actor=actor,
                    guarantee_id=row.id,
                    kind=CodeKind(told["kind"]),
                    code=told["code"],
                    label=told["label"],
                )
            except RuleViolated as refused:
                errors = list(_on_form(form, refused))
            else:
                status, form = 200, CodeForm()
    crumbs = [
        Crumb(_("Guarantees"), reverse("guarantees:list")),
        Crumb(row.grn, reverse("guarantees:one", args=[row.id])),
        Crumb(_("Access code")),
    ]
    context = {"guarantee": row, "form": form, "errors": errors, "shown": shown, "crumbs": crumbs}
    return render(request, "guarantees/code.html", context, status=status)


@require_POST
@page_for(Permission.USE_GUARANTEE)
def code_over(request: HttpRequest, guarantee_id: UUID, code_id: int) -> HttpResponse:
    """End an additional access code."""
    code_end(actor=actor_of(request), guarantee_id=guarantee_id, code_id=code_id)
    messages.success(request, _("The code does not count any more."))
    return redirect("guarantees:one", guarantee_id)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.USE_GUARANTEE)
def cancel(request: HttpRequest, guarantee_id: UUID) -> HttpResponse:
    """Give notice of the end of a guarantee of one's own."""
    actor = actor_of(request)
    row = guarantee_for(actor, guarantee_id)
    form = RefuseForm(request.POST or None)
    errors: list[PageError] = []
    if request.method == "POST" and form.is_valid():
        try:
            guarantee_cancel(actor=actor, guarantee_id=row.id, reason=form.cleaned_data["reason"])
        except DomainError as refused:
            errors = [PageError(refused.detail)]
        else:
            messages.success(request, _("Notice was given."))
            return redirect("guarantees:one", row.id)
    crumbs = [Crumb(_("Guarantees"), reverse("guarantees:list")), Crumb(row.grn)]
    context = {"guarantee": row, "form": form, "errors": errors, "crumbs": crumbs}
    return render(request, "guarantees/cancel.html", context, status=422 if request.method == "POST" else 200)


Act = Callable[[Actor, GuaranteeView, dict[str, Any]], str]


def _propose(actor: Actor, row: GuaranteeView, told: dict[str, Any]) -> str:
    guarantee_propose(
        actor=actor, guarantee_id=row.id, level=told["level"], criteria=told["criteria"], reason=told["reason"]
    )
    return _("It waits for a second person.")


def _refuse(actor: Actor, row: GuaranteeView, told: dict[str, Any]) -> str:
    guarantee_refuse(actor=actor, guarantee_id=row.id, reason=told["reason"])
    return _("It was refused, and the trader was told.")


def _step(actor: Actor, row: GuaranteeView, told: dict[str, Any]) -> str:
    if told["step"] == "reinstate":
        if guarantee_reinstate(actor=actor, guarantee_id=row.id, reason=told["reason"]):
            return _("It waits for a second person.")
    elif told["step"] == "cancel":
        guarantee_cancel(actor=actor, guarantee_id=row.id, reason=told["reason"])
    else:
        guarantee_step(actor=actor, guarantee_id=row.id, step=told["step"], reason=told["reason"])
    return _("It is recorded, and the holder was told.")


def _limit(actor: Actor, row: GuaranteeView, told: dict[str, Any]) -> str:
    proposed = limit_change(actor=actor, guarantee_id=row.id, limit=told["limit"], reason=told["reason"])
    return _("It waits for a second person.") if proposed else _("The limit is lowered.")


ACTS: dict[str, tuple[type[forms.Form], Act]] = {
    "propose": (ProposeForm, _propose),
    "refuse": (RefuseForm, _refuse),
    "step": (StepForm, _step),
    "limit": (LimitForm, _limit),
}


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.MANAGE_GUARANTEE)
def managed_one(request: HttpRequest, guarantee_id: UUID) -> HttpResponse:
    """One guarantee for who manages it: examine and propose, refuse, suspend, end, change the limit."""
    actor = actor_of(request)
    row = guarantee_for(actor, guarantee_id)
    asked = request.POST.get("act", "") if request.method == "POST" else ""
    made = {name: kind(auto_id=f"{name}_%s", initial={"level": row.level}) for name, (kind, _act) in ACTS.items()}
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        kind, act = ACTS.get(asked, ACTS["step"])
        form = kind(request.POST, auto_id=f"{asked}_%s")
        made[asked if asked in ACTS else "step"] = form
        if form.is_valid():
            try:
                messages.success(request, act(actor, row, form.cleaned_data))
            except DomainError as refused:
                errors = [PageError(one.message) for one in refused.violations] or [PageError(refused.detail)]
                status = refused.status
            else:
                return redirect("guarantees:officer-one", row.id)
    pending = row.state is GuaranteeState.PENDING
    subject = str(row.id)
    kinds = (GRANT,) if pending else (REINSTATE, LIMIT) if row.state is GuaranteeState.SUSPENDED else (LIMIT,)
    context = _shown(request, row, crumb="guarantees:officer") | {
        "forms": made,
        "asked": made.get(asked),
        "errors": errors,
        "pending": pending,
        "in_force": row.state in {GuaranteeState.ACTIVE, GuaranteeState.SUSPENDED},
        "proposal": next((one for kind in kinds if (one := proposal_open(kind, subject))), None),
    }
    return render(request, "guarantees/officer.html", context, status=status)
