"""Pages on which an agency asks for what is not here, and answers for the originals that it holds."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.forms import AskForm, BindForm, OriginalForm
from agencies.selectors import agency_info, permit_read
from agencies.services import agency_of, documents_request, hold_read, permit_document_link
from agencies.types import HoldInfo
from singlewindow.accounts.permissions import Permission
from singlewindow.db.work import unit_of_work
from singlewindow.documents.selectors import asks_of, document_page, documents_of, original_page, original_read
from singlewindow.documents.services import AlreadyHeld, ask_refusal_record, original_answer
from singlewindow.documents.states import OriginalState
from singlewindow.kernel.errors import Conflict, RuleViolated, TransitionRefused
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.VIEW_AGENCY_HOLD)
def ask(request: HttpRequest, hold_id: UUID) -> HttpResponse:
    """Ask for documents or data of the goods that one holds; what is here is shown instead."""
    actor = actor_of(request)
    actor.require(Permission.ASK_ELEMENT)
    hold = hold_read(hold_id=hold_id, actor=actor)
    form = AskForm(request.POST or None, agency=agency_of(actor))
    if request.method != "POST" or not form.is_valid():
        return _ask_page(request, hold, form, status=422 if form.errors else 200)
    typed = form.cleaned_data
    try:
        with unit_of_work() as work:
            done = documents_request(
                work,
                actor,
                declaration_id=hold.declaration_id,
                codes=form.codes,
                exception=typed["exception"],
                consequence=typed["consequence"],
                hours=typed["hours"],
            )
    except AlreadyHeld as refused:
        ask_refusal_record(refused)
        return _ask_page(request, hold, form, refused=refused, status=refused.status)
    except RuleViolated as refused:
        for violation in refused.violations:
            form.add_error(None, _(violation.message))
        return _ask_page(request, hold, form, status=refused.status)
    of_trader = any(not one["holder"] for one in done["asked"])
    told = _("The declarant was asked.") if of_trader else _("The body that holds the original was asked.")
    messages.success(request, told)
    return redirect("agencies:hold", hold_id=hold_id)


def _ask_page(
    request: HttpRequest, hold: HoldInfo, form: AskForm, *, refused: AlreadyHeld | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "hold": hold,
        "form": form,
        "refused": refused.refused if refused else (),
        "held": documents_of(hold.declaration_id),
        "asked": asks_of(hold.declaration_id, agency=hold.agency),
        "crumbs": [
            Crumb(_("Holds"), reverse("agencies:holds")),
            Crumb(hold.mrn, reverse("agencies:hold", args=[hold.id])),
            Crumb(_("Ask for a document")),
        ],
    }
    return render(request, "agencies/ask.html", context, status=status)


@require_safe
@page_for(Permission.VIEW_AGENCY_HOLD)
def originals(request: HttpRequest) -> HttpResponse:
    """List the originals that the agency is asked for, newest first."""
    actor = actor_of(request)
    every = request.GET.get("state") == "all"
    page = original_page(actor, state="" if every else OriginalState.ASKED.value, cursor=request.GET.get("cursor", ""))
    context = {"page": page, "every": every, "agency": agency_info(actor.agency)}
    return render(request, "agencies/originals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.VIEW_AGENCY_HOLD)
def original(request: HttpRequest, original_id: UUID) -> HttpResponse:
    """One original that the agency is asked for, and its answer."""
    actor = actor_of(request)
    shown = original_read(actor, original_id)
    form, status = OriginalForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        try:
            original_answer(actor, original_id, action=form.cleaned_data["answer"], note=form.cleaned_data["note"])
        except RuleViolated as refused:
            form.add_error("note", _(refused.violations[0].message))
        except TransitionRefused:
            form.add_error(None, _("This was answered before."))
            status = TransitionRefused.status
        else:
            messages.success(request, _("The answer was sent to the body that asked."))
            return redirect("agencies:originals")
    context: dict[str, Any] = {
        "original": shown,
        "form": form,
        "answerable": shown.state is OriginalState.ASKED and actor.may(Permission.DECIDE_AGENCY_HOLD),
        "crumbs": [Crumb(_("Originals asked for"), reverse("agencies:originals")), Crumb(shown.mrn)],
    }
    if form.errors and status == 200:
        status = 422
    return render(request, "agencies/original.html", context, status=status)


@require_POST
@page_for(Permission.SEND_FILE)
def permit_bind(request: HttpRequest, permit_id: UUID) -> HttpResponse:
    """Bind a document of the shelf to a permit that one may use."""
    actor = actor_of(request)
    permit_read(actor, permit_id)
    form = BindForm(request.POST, shelf=document_page(actor).rows)
    if not form.is_valid():
        messages.error(request, _("Choose one of your documents."))
        return redirect("agencies:own-permit", permit_id=permit_id)
    try:
        with unit_of_work() as work:
            permit_document_link(work, actor, permit_id=permit_id, document_id=UUID(form.cleaned_data["document"]))
    except Conflict as refused:
        messages.error(request, _(refused.detail))
    else:
        messages.success(request, _("The document is bound to the permit; its agency can read it."))
    return redirect("agencies:own-permit", permit_id=permit_id)
