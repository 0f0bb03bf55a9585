"""Pages of claims: filing them, following them, and deciding them."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from declarations.selectors import declaration_head_for, declaration_id_of_mrn
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import actor_names
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.errors import NotFound, RuleViolated, Violation
from singlewindow.kernel.money import from_minor
from singlewindow.reference.selectors import profile
from singlewindow.revenue.forms import DecideForm, DrawbackForm, RepaymentForm
from singlewindow.revenue.rules.claims import LineAsked
from singlewindow.revenue.rules.drawback import ExitAsked
from singlewindow.revenue.selectors import ClaimableLine, ClaimView, claim_for, claimable_lines, claims_for
from singlewindow.revenue.services import (
    DrawbackAsked,
    claim_accept,
    claim_approve,
    claim_refuse,
    claim_verify,
    claim_withdraw,
    drawback_file,
    remission_file,
    repayment_file,
)
from singlewindow.revenue.services.filing import demand_required
from singlewindow.revenue.services.scheme import country_day, scheme_required
from singlewindow.revenue.states import CLAIM, ClaimState
from singlewindow.revenue.types import ClaimKind, DrawbackBasis
from singlewindow.revenue.views.common import REFUSALS, minor_of, refusal_errors
from singlewindow.revenue.wording import CLAIM_KINDS, DRAWBACK_BASES, REASONS
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.statuses import status_for
from singlewindow.web.types import Crumb, PageError, Tab

SHOWN_STATES = (ClaimState.FILED, ClaimState.ACCEPTED, ClaimState.VERIFIED, ClaimState.PAID, ClaimState.REFUSED)


@page_for(Permission.CLAIM_REPAYMENT)
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """The claims of organisations that the reader may file for, newest first."""
    return _list(request, "revenue:claims", "revenue:claim", _("My claims"))


@page_for(Permission.VIEW_REVENUE)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Every claim, newest first, for officers."""
    return _list(request, "revenue:claims-desk", "revenue:claim-desk", _("Claims"))


def _list(request: HttpRequest, address: str, one: str, title: str) -> HttpResponse:
    wanted = request.GET.get("state", "")
    state = ClaimState(wanted) if wanted in list(ClaimState) else None
    page = claims_for(actor_of(request), state=state, cursor=request.GET.get("cursor", ""))
    here = reverse(address)
    tabs = [
        Tab(_("All"), here, state is None),
        *(Tab(str(status_for("claim", s).label), f"{here}?state={s.value}", s is state) for s in SHOWN_STATES),
    ]
    context = {
        "title": title,
        "page": page,
        "tabs": tabs,
        "own": address == "revenue:claims",
        "lines": [
            (row, CLAIM_KINDS[row.kind], from_minor(row.claimed_minor, row.currency), reverse(one, args=[row.id]))
            for row in page.rows
        ],
        "crumbs": [Crumb(title)],
    }
    return render(request, "revenue/claims.html", context)


@page_for(Permission.CLAIM_REPAYMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose the declaration of a claim by its MRN, or claim on the one that is named."""
    actor, mrn = actor_of(request), request.GET.get("mrn", "").strip().upper()
    if not mrn:
        return render(request, "revenue/claim_new.html", {"crumbs": _crumbs(_("New")), "asked": False})
    found = declaration_id_of_mrn(mrn)
    try:
        head = declaration_head_for(actor, found) if found else None
    except NotFound:
        head = None
    if head is None:
        context = {"crumbs": _crumbs(_("New")), "asked": True, "mrn": mrn}
        return render(request, "revenue/claim_new.html", context, status=404)
    kind = ClaimKind.DRAWBACK if request.GET.get("kind") == ClaimKind.DRAWBACK.value else ClaimKind.REPAYMENT
    lines = [(line, from_minor(line.left_minor, _currency())) for line in claimable_lines(head.id) if line.left_minor]
    reasons = scheme_required(country_day(clock.now())).reasons
    form: RepaymentForm | DrawbackForm = RepaymentForm(request.POST or None, reasons=reasons, kind=kind, lines=lines)
    if kind is ClaimKind.DRAWBACK:
        form = DrawbackForm(request.POST or None, initial={"import_item": 1})
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                claim_id = _filed(actor, head.id, form)
            except REFUSALS as refusal:
                errors, status = refusal_errors(refusal), refusal.status
            else:
                messages.success(request, _("The claim is filed."))
                return redirect("revenue:claim", claim_id)
    here = f"{reverse('revenue:claim-new')}?mrn={head.mrn}"
    context = {
        "head": head,
        "form": form,
        "errors": errors,
        "drawback": kind is ClaimKind.DRAWBACK,
        "nothing_left": kind is ClaimKind.REPAYMENT and not lines,
        "tabs": [
            Tab(str(CLAIM_KINDS[ClaimKind.REPAYMENT]), here, kind is ClaimKind.REPAYMENT),
            Tab(str(CLAIM_KINDS[ClaimKind.DRAWBACK]), f"{here}&kind=drawback", kind is ClaimKind.DRAWBACK),
        ],
        "crumbs": _crumbs(head.mrn),
    }
    return render(request, "revenue/claim_file.html", context, status=status)


def _filed(actor: Actor, declaration_id: UUID, form: RepaymentForm | DrawbackForm) -> UUID:
    given = form.cleaned_data
    if isinstance(form, RepaymentForm):
        return repayment_file(
            declaration_id=declaration_id,
            lines=[_line(line, amount, form) for line, amount in form.amounts()],
            reason_code=given["reason_code"],
            text=given["text"],
            actor=actor,
        )
    exit_ = ExitAsked(
        basis=DrawbackBasis(given["basis"]),
        import_item=given["import_item"],
        quantity=given["quantity"],
        export_item=given["export_item"] or 0,
        evidence=given["evidence"],
    )
    asked = DrawbackAsked(
        import_declaration_id=declaration_id,
        exits=(exit_,),
        text=given["text"],
        export_declaration_id=_export(given["export_mrn"]),
        authorisation=given["authorisation"].strip(),
    )
    return drawback_file(asked, actor=actor)


def _line(line: ClaimableLine, amount: Decimal, form: RepaymentForm) -> LineAsked:
    return LineAsked(line.item, line.tax_type, minor_of(amount, _currency(), f"/{form.name_of(line)}"))


def _export(mrn: str) -> UUID | None:
    if not mrn.strip():
        return None
    found = declaration_id_of_mrn(mrn.strip().upper())
    if found is None:
        sentence = _("There is no such export declaration.")
        raise RuleViolated(violations=[Violation("RV-DRB-01", "/export_declaration", sentence, value=mrn)])
    return found


@page_for(Permission.CLAIM_REPAYMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def remission(request: HttpRequest, demand_id: UUID) -> HttpResponse:
    """Ask that a demand is waived."""
    demand_required(actor_of(request), demand_id)
    reasons = scheme_required(country_day(clock.now())).reasons
    form = RepaymentForm(request.POST or None, reasons=reasons, kind=ClaimKind.REMISSION)
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            given = form.cleaned_data
            try:
                claim_id = remission_file(
                    demand_id=demand_id,
                    reason_code=given["reason_code"],
                    text=given["text"],
                    actor=actor_of(request),
                )
            except REFUSALS as refusal:
                errors, status = refusal_errors(refusal), refusal.status
            else:
                messages.success(request, _("The claim is filed."))
                return redirect("revenue:claim", claim_id)
    context = {"form": form, "errors": errors, "remission": True, "crumbs": _crumbs(_("Remission"))}
    return render(request, "revenue/claim_file.html", context, status=status)


@page_for(Permission.CLAIM_REPAYMENT)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """One claim of the reader's; it can be taken back until it is verified."""
    actor = actor_of(request)
    view = claim_for(actor, claim_id)
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        try:
            claim_withdraw(claim_id=claim_id, actor=actor)
        except REFUSALS as refusal:
            errors, status = refusal_errors(refusal), refusal.status
        else:
            messages.success(request, _("The claim is taken back."))
            return redirect("revenue:claim", claim_id)
    context = _context(view) | {
        "errors": errors,
        "own": True,
        "may_withdraw": "withdraw" in CLAIM.allowed(view.state),
        "crumbs": _crumbs(view.number),
    }
    return render(request, "revenue/claim.html", context, status=status)


@page_for(Permission.VIEW_REVENUE)
@require_http_methods(["GET", "HEAD", "POST"])
def one_desk(request: HttpRequest, claim_id: UUID) -> HttpResponse:
    """One claim for officers, who take it up, verify, approve or refuse it."""
    actor = actor_of(request)
    view = claim_for(actor, claim_id)
    lines = [(line, from_minor(line.asked_minor, view.currency)) for line in view.lines]
    act = request.POST.get("act", "")
    with_reason = act in ("verify", "refuse")
    form = DecideForm(request.POST if with_reason else None, lines=lines if view.state is ClaimState.ACCEPTED else ())
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        if not with_reason or form.is_valid():
            try:
                _decide(actor, view, act, form)
            except REFUSALS as refusal:
                errors, status = refusal_errors(refusal), refusal.status
                view = claim_for(actor, claim_id)
            else:
                messages.success(request, _("It is decided, and the claimant was told."))
                return redirect("revenue:claim-desk", claim_id)
    names = actor_names([view.filed_by, view.accepted_by, view.verified_by, view.approved_by])
    context = (
        _context(view)
        | _may(actor, view)
        | {
            "form": form,
            "errors": errors,
            "people": {label: names.get(label, label) for label in (view.verified_by, view.approved_by) if label},
            "verified_by": names.get(view.verified_by, view.verified_by),
            "approved_by": names.get(view.approved_by, view.approved_by),
            "crumbs": [Crumb(_("Claims"), reverse("revenue:claims-desk")), Crumb(view.number)],
        }
    )
    return render(request, "revenue/claim.html", context, status=status)


def _decide(actor: Actor, view: ClaimView, act: str, form: DecideForm) -> None:
    if act == "accept":
        claim_accept(claim_id=view.id, actor=actor)
    elif act == "verify":
        amounts = {line_id: minor_of(amount, view.currency) for line_id, amount in form.amounts().items()}
        claim_verify(claim_id=view.id, amounts=amounts, reason=form.cleaned_data["reason"], actor=actor)
    elif act == "refuse":
        claim_refuse(claim_id=view.id, reason=form.cleaned_data["reason"], actor=actor)
    elif act == "approve":
        claim_approve(claim_id=view.id, actor=actor)
    else:
        raise NotFound


def _may(actor: Actor, view: ClaimView) -> dict[str, bool]:
    allowed = CLAIM.allowed(view.state)
    decides = actor.may(Permission.DECIDE_REPAYMENT) and actor.label != view.filed_by
    approves = actor.may(Permission.APPROVE_REPAYMENT) and "approve" in allowed
    return {
        "may_accept": decides and "accept" in allowed,
        "may_verify": decides and "verify" in allowed,
        "may_refuse": decides and "refuse" in allowed,
        "may_approve": approves and actor.label not in (view.filed_by, view.verified_by),
        "same_officer": approves and actor.label == view.verified_by,
    }


def _context(view: ClaimView) -> dict[str, Any]:
    def money(minor: int) -> Decimal:
        return from_minor(minor, view.currency)

    return {
        "view": view,
        "kind": CLAIM_KINDS[view.kind],
        "ground": REASONS.get(view.reason_code, view.reason_code),
        "currency": view.currency,
        "claimed": money(view.claimed_minor),
        "approved": None if view.approved_minor is None else money(view.approved_minor),
        "dropped": money(sum(line.dropped_minor for line in view.lines)) or None,
        "interest": money(view.interest_minor) if view.interest_minor else None,
        "lines": [
            (line, money(line.claimed_minor), None if line.approved_minor is None else money(line.approved_minor))
            for line in view.lines
        ],
        "drawn": [(one, DRAWBACK_BASES[one.basis], money(one.amount_minor)) for one in view.drawn],
    }


def _currency() -> str:
    return profile(clock.today()).currency


def _crumbs(last: str) -> list[Crumb]:
    return [Crumb(_("My claims"), reverse("revenue:claims")), Crumb(last)]
