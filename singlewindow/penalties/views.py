"""Pages of penalties: the person's own, the officer's, and the page on which an error is disclosed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from declarations.selectors import declaration_head_for, declaration_id_of_mrn
from declarations.types import DeclarationHead
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import actor_names
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, DomainError, NotFound, NotPermitted, RuleViolated, TransitionRefused
from singlewindow.kernel.money import from_minor, to_minor
from singlewindow.penalties.forms import AnswerForm, DecideForm, DiscloseForm, NotifyForm
from singlewindow.penalties.models import Disclosure, Penalty
from singlewindow.penalties.selectors import (
    Preview,
    disclosure_for,
    disclosures_for,
    penalties_for,
    penalty_for,
    penalty_preview,
)
from singlewindow.penalties.services import (
    disclosure_file,
    disclosure_settle,
    penalty_answer,
    penalty_cancel,
    penalty_decide,
    penalty_notify,
)
from singlewindow.penalties.services.disclosures import Disclosed
from singlewindow.penalties.services.notice import noticed_at
from singlewindow.penalties.services.penalties import Charged
from singlewindow.penalties.states import PENALTY, DisclosureState, PenaltyState
from singlewindow.reference.selectors import profile
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.statuses import status_for
from singlewindow.web.types import Crumb, PageError, Tab

REFUSALS = (RuleViolated, Conflict, NotPermitted, TransitionRefused, NotFound)


@require_safe
@page_for(Permission.VIEW_PENALTY)
def penalties(request: HttpRequest) -> HttpResponse:
    """Penalties of one's own, or all of them for customs, newest first."""
    actor = actor_of(request)
    wanted = request.GET.get("state", "")
    state = PenaltyState(wanted) if wanted in list(PenaltyState) else None
    page = penalties_for(actor, state=state, cursor=request.GET.get("cursor", ""))
    address = reverse("penalties:list")
    tabs = [
        Tab(str(_("All")), address, current=state is None),
        *(
            Tab(str(status_for("penalty", one).label), f"{address}?state={one.value}", current=one is state)
            for one in PenaltyState
        ),
    ]
    context = {
        "page": page,
        "lines": [{"row": row, "amount": from_minor(row.amount_minor, row.currency)} for row in page.rows],
        "tabs": tabs,
        "customs": actor.may(Permission.VIEW_ANY_DECLARATION),
        "may_notify": actor.may(Permission.PROPOSE_PENALTY),
        "may_disclose": actor.may(Permission.DISCLOSE_ERROR),
        "crumbs": [Crumb(_("Penalties"))],
    }
    return render(request, "penalties/penalties.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.VIEW_PENALTY)
def penalty(request: HttpRequest, penalty_id: UUID) -> HttpResponse:
    """One penalty with facts, law, range and mitigation; the person answers here, and another officer decides."""
    actor = actor_of(request)
    row = penalty_for(actor, penalty_id)
    answer, decide = AnswerForm(auto_id="answer_%s"), DecideForm(auto_id="decide_%s")
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        act = request.POST.get("act", "")
        answer = AnswerForm(request.POST, auto_id="answer_%s") if act == "answer" else answer
        decide = DecideForm(request.POST, auto_id="decide_%s") if act != "answer" else decide
        if (answer if act == "answer" else decide).is_valid():
            try:
                _act(request, actor, row, act, answer, decide)
            except REFUSALS as refusal:
                errors, status = _errors(refusal), refusal.status
                row = penalty_for(actor, penalty_id)
            else:
                return redirect("penalties:penalty", penalty_id)
    context = _shown(actor, row) | {"answer_form": answer, "decide_form": decide, "errors": errors}
    return render(request, "penalties/penalty.html", context, status=status)


def _act(request: HttpRequest, actor: Actor, row: Penalty, act: str, answer: AnswerForm, decide: DecideForm) -> None:
    if act == "answer":
        penalty_answer(actor=actor, penalty_id=row.pk, text=answer.cleaned_data["text"])
        messages.success(request, _("Your answer is kept; it is read before anything is decided."))
    elif act in ("issue", "drop"):
        penalty_decide(actor=actor, penalty_id=row.pk, issue=act == "issue", reason=decide.cleaned_data["reason"])
        messages.success(request, _("It is decided, and the person was told."))
    elif act == "cancel":
        penalty_cancel(actor=actor, penalty_id=row.pk, reason=decide.cleaned_data["reason"])
        messages.success(request, _("It was taken back, and nothing is owed any more."))
    else:
        raise NotFound


def _shown(actor: Actor, row: Penalty) -> dict[str, Any]:
    names = actor_names([row.notified_by, row.decided_by])
    customs = actor.may(Permission.VIEW_ANY_DECLARATION)

    def money(minor: int) -> Any:
        return from_minor(minor, row.currency)

    state = PenaltyState(row.state)
    deciding = actor.may(Permission.DECIDE_PENALTY)
    return {
        "penalty": row,
        "range": (money(row.least_minor), money(row.most_minor)),
        "base": money(row.base_minor),
        "gross": money(row.gross_minor),
        "amount": money(row.amount_minor),
        "mitigations": [one | {"taken": money(one["amount_minor"])} for one in row.mitigations],
        "notified_by": names.get(row.notified_by, row.notified_by) if customs else "",
        "decided_by": names.get(row.decided_by, row.decided_by) if customs else "",
        "customs": customs,
        "may_answer": actor.may(Permission.DISCLOSE_ERROR) and state is PenaltyState.NOTIFIED and not row.answer,
        "may_decide": deciding and state is PenaltyState.NOTIFIED and actor.label != row.notified_by,
        "may_cancel": deciding
        and "cancel" in PENALTY.allowed(state)
        and actor.label not in (row.notified_by, row.decided_by),
        "too_early": not row.answer and clock.now() < row.heard_until,
        "same_officer": deciding and state is PenaltyState.NOTIFIED and actor.label == row.notified_by,
        "owed": state is PenaltyState.ISSUED,
        "crumbs": [Crumb(_("Penalties"), reverse("penalties:list")), Crumb(row.mrn)],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.PROPOSE_PENALTY)
def notify(request: HttpRequest) -> HttpResponse:
    """Hold a breach against a person."""
    actor = actor_of(request)
    form = NotifyForm(request.POST or None, on=clock.today(), initial={"mrn": request.GET.get("mrn", "")[:18]})
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                head = _head(actor, form.cleaned_data["mrn"])
                made = penalty_notify(actor=actor, declaration_id=head.id, charged=_charged(form, head))
            except REFUSALS as refusal:
                errors, status = _errors(refusal), refusal.status
            else:
                messages.success(request, _("The person was told what is held against them."))
                return redirect("penalties:penalty", made.pk)
    crumbs = [Crumb(_("Penalties"), reverse("penalties:list")), Crumb(_("Notice of a penalty"))]
    context = {"form": form, "errors": errors, "crumbs": crumbs}
    return render(request, "penalties/notify.html", context, status=status)


def _charged(form: NotifyForm, head: DeclarationHead) -> Charged:
    given = form.cleaned_data
    party = {"trader": head.trader_org, "declarant": head.declarant_org}.get(given["party"]) or head.lodged_by
    return Charged(
        offence=given["offence"],
        degree=given["degree"],
        facts=given["facts"],
        base_minor=_minor(given["base"], profile(clock.today()).currency),
        organisation_id=party,
        mitigations=tuple(given["mitigations"]),
    )


def _minor(amount: Any, currency: str) -> int:
    try:
        return to_minor(amount, currency)
    except ValueError:
        return -1


@require_safe
@page_for(Permission.VIEW_PENALTY)
def disclosures(request: HttpRequest) -> HttpResponse:
    """Errors that were disclosed: one's own, or all of them for customs."""
    actor = actor_of(request)
    waiting = request.GET.get("state", "") == "filed"
    page = disclosures_for(actor, waiting=waiting, cursor=request.GET.get("cursor", ""))
    address = reverse("penalties:disclosures")
    context = {
        "page": page,
        "lines": [{"row": row, "evaded": from_minor(row.evaded_minor, row.currency)} for row in page.rows],
        "tabs": [
            Tab(str(_("All")), address, current=not waiting),
            Tab(str(_("Waiting for customs")), f"{address}?state=filed", current=waiting),
        ],
        "customs": actor.may(Permission.VIEW_ANY_DECLARATION),
        "may_disclose": actor.may(Permission.DISCLOSE_ERROR),
        "crumbs": [Crumb(_("Disclosures"))],
    }
    return render(request, "penalties/disclosures.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.DISCLOSE_ERROR)
def disclose(request: HttpRequest) -> HttpResponse:
    """Tell of an error of one's own: first what it would cost with and without telling, then the act itself."""
    actor = actor_of(request)
    form = DiscloseForm(request.POST or None, on=clock.today(), initial={"mrn": request.GET.get("mrn", "")[:18]})
    errors: list[PageError] = []
    preview: dict[str, Any] | None = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                head = _head(actor, form.cleaned_data["mrn"])
                if request.POST.get("act") == "file":
                    made = disclosure_file(actor=actor, declaration_id=head.id, disclosed=_disclosed(form))
                    messages.success(request, _("Your disclosure is kept with this instant."))
                    return redirect("penalties:disclosure", made.pk)
                preview, status = _preview(form, head), 200
            except REFUSALS as refusal:
                errors, status = _errors(refusal), refusal.status
    crumbs = [Crumb(_("Disclosures"), reverse("penalties:disclosures")), Crumb(_("Disclose an error"))]
    context = {"form": form, "errors": errors, "preview": preview, "crumbs": crumbs}
    return render(request, "penalties/disclose.html", context, status=status)


def _disclosed(form: DiscloseForm) -> Disclosed:
    given = form.cleaned_data
    return Disclosed(given["offence"], given["facts"], given["evaded"], given["element"])


def _preview(form: DiscloseForm, head: DeclarationHead) -> dict[str, Any] | None:
    now = clock.now()
    currency = profile(now.date()).currency
    late = noticed_at(head.id)
    found = penalty_preview(
        offence=form.cleaned_data["offence"],
        base_minor=max(_minor(form.cleaned_data["evaded"], currency), 0),
        currency=currency,
        at=now,
        organisation_id=head.trader_org or head.declarant_org or head.lodged_by,
        late=late is not None,
    )
    return _previewed(found, currency, late) if found else None


def _previewed(found: Preview, currency: str, late: datetime | None) -> dict[str, Any]:
    saved = found.without.amount_minor - found.disclosed.amount_minor
    return {
        "without": from_minor(found.without.amount_minor, currency),
        "disclosed": from_minor(found.disclosed.amount_minor, currency),
        "saved": from_minor(saved, currency),
        "currency": currency,
        "late": late,
    }


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.VIEW_PENALTY)
def disclosure(request: HttpRequest, disclosure_id: UUID) -> HttpResponse:
    """One disclosure: when it came, what it tells, and what followed."""
    actor = actor_of(request)
    row = disclosure_for(actor, disclosure_id)
    form = DecideForm(request.POST or None)
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                disclosure_settle(actor=actor, disclosure_id=row.pk, outcome=form.cleaned_data["reason"])
            except REFUSALS as refusal:
                errors, status = _errors(refusal), refusal.status
            else:
                messages.success(request, _("It is settled, and the party was told."))
                return redirect("penalties:disclosure", row.pk)
    context = _disclosure_shown(actor, row) | {"form": form, "errors": errors}
    return render(request, "penalties/disclosure.html", context, status=status)


def _disclosure_shown(actor: Actor, row: Disclosure) -> dict[str, Any]:
    return {
        "disclosure": row,
        "evaded": from_minor(row.evaded_minor, row.currency),
        "may_settle": actor.may(Permission.DECIDE_PENALTY) and row.state == DisclosureState.FILED.value,
        "may_notify": actor.may(Permission.PROPOSE_PENALTY) and row.state == DisclosureState.FILED.value,
        "penalties": list(row.penalties.order_by("pk")),
        "customs": actor.may(Permission.VIEW_ANY_DECLARATION),
        "crumbs": [Crumb(_("Disclosures"), reverse("penalties:disclosures")), Crumb(row.mrn)],
    }


def _head(actor: Actor, mrn: str) -> DeclarationHead:
    """The declaration of a number that the actor may see; otherwise it is not there."""
    found = declaration_id_of_mrn(mrn.strip().upper())
    if found is None:
        raise NotFound("There is no declaration of this number that you may see.")
    return declaration_head_for(actor, found)


def _errors(refusal: DomainError) -> list[PageError]:
    found = [PageError(_(one.message), rule=one.rule, remedy=_(one.remedy)) for one in refusal.violations]
    return found or [PageError(_(refusal.detail or refusal.title))]
