"""A trader's applications: begun from what is here already, sent to all agencies at once, answered."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.forms import BindForm
from agencies.forms.applications import AnswerPartForm, ApplicationForm, GoodsFormSet, content_of
from agencies.rules.applications import parts_of
from agencies.schemas import application_data
from agencies.selectors import agency_info, requirement_index
from agencies.selectors.applications import application_page, application_read, part_said
from agencies.selectors.finder import fee_of
from agencies.services import (
    application_apply,
    application_discard,
    application_document_link,
    application_draft,
    content_from,
    part_answer,
    part_withdraw,
)
from agencies.states import PART
from agencies.types import ApplicationInfo, PartPlan
from declarations.selectors import declaration_page_for
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.accounts.types import Actor
from singlewindow.db.work import unit_of_work
from singlewindow.documents.selectors import document_page, documents_of
from singlewindow.kernel import clock
from singlewindow.kernel.errors import Conflict, NotFound, PreconditionFailed, RuleViolated, TransitionRefused
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb

APPLY = page_for(Permission.APPLY_PERMIT)
RECENT = 5


def _crumbs(*more: Crumb) -> list[Crumb]:
    return [Crumb(_("Applications for permits"), reverse("agencies:applications")), *more]


@APPLY
@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    """List the trader's applications, and offer what a new one can begin from."""
    actor = actor_of(request)
    page = application_page(actor, cursor=request.GET.get("cursor", ""))
    recent = declaration_page_for(actor, size=RECENT).rows if actor.may(Permission.VIEW_OWN_DECLARATION) else ()
    return render(request, "agencies/applications.html", {"page": page, "recent": recent})


@APPLY
@require_http_methods(["GET", "HEAD", "POST"])
def application_new(request: HttpRequest) -> HttpResponse:
    """Begin an application, filled in from a declaration or an earlier one where one is named."""
    actor = actor_of(request)
    source, source_id = _source(request)
    content, holder = content_from(actor, source, source_id) if source_id else ({}, actor.organisation_id)
    form, goods = _forms(request, actor, content, holder)
    if request.method == "POST" and form.is_valid() and goods.is_valid():
        saved = application_draft(
            actor=actor,
            holder_id=UUID(form.cleaned_data["holder"]),
            content=content_of(form, goods),
            source=source if source_id else "",
            source_id=source_id,
        )
        return redirect("agencies:application", application_id=saved.id)
    bad = bool(form.errors or goods.total_error_count())
    context = {"form": form, "goods": goods, "bad": bad, "crumbs": _crumbs(Crumb(_("New application")))}
    return render(request, "agencies/application_form.html", context, status=422 if bad else 200)


def _source(request: HttpRequest) -> tuple[str, UUID | None]:
    for source in ("declaration", "application"):
        told = request.GET.get(source, "")
        if told:
            try:
                return source, UUID(told)
            except ValueError as error:
                raise NotFound from error
    return "", None


def _forms(request: HttpRequest, actor: Actor, content: Any, holder: UUID | None) -> tuple[ApplicationForm, Any]:
    rows = organisations_actor_may_file_for(actor).order_by("name")
    holders = [(str(row.pk), f"{row.name} ({row.identifier})") for row in rows]
    initial = {
        name: content[name]
        for name in ("direction", "valid_from", "valid_to", "purpose", "single_use")
        if name in content
    }
    form = ApplicationForm(request.POST or None, holders=holders, initial=initial | {"holder": str(holder or "")})
    goods = GoodsFormSet(request.POST or None, initial=content.get("goods", []), prefix="goods")
    return form, goods


@APPLY
@require_http_methods(["GET", "HEAD", "POST"])
def application(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """A draft to be changed, with what it asks of which agency; or what became of each part of what was sent."""
    actor = actor_of(request)
    shown = application_read(actor, application_id)
    if shown.draft:
        return _draft_page(request, actor, shown)
    return _sent_page(request, actor, shown)


def _draft_page(request: HttpRequest, actor: Actor, shown: ApplicationInfo) -> HttpResponse:
    form, goods = _forms(request, actor, shown.content, shown.holder_id)
    if request.method == "POST" and form.is_valid() and goods.is_valid():
        try:
            application_draft(
                actor=actor,
                holder_id=UUID(form.cleaned_data["holder"]),
                content=content_of(form, goods),
                application_id=shown.id,
                version=int(request.POST.get("version") or 0),
            )
        except PreconditionFailed:
            form.add_error(None, _("Someone saved this application in the meantime. Load the page again."))
        else:
            messages.success(request, _("The draft is saved."))
            return redirect("agencies:application", application_id=shown.id)
    bad = bool(form.errors or goods.total_error_count())
    plans, findings = _plans(shown)
    context = {
        "application": shown,
        "form": form,
        "goods": goods,
        "bad": bad,
        "plans": plans,
        "findings": findings,
        **_papers(actor, shown),
        "crumbs": _crumbs(Crumb(shown.reference)),
    }
    return render(request, "agencies/application_form.html", context, status=422 if bad else 200)


def _plans(shown: ApplicationInfo) -> tuple[list[dict[str, Any]], tuple[Any, ...]]:
    """What the draft asks of which agency, or why it cannot be sent yet."""
    on = clock.today()
    try:
        data = application_data(shown.content)
    except RuleViolated as refused:
        return [], refused.violations
    return [_plan(plan) for plan in parts_of(data, requirement_index(), on)], ()


def _plan(plan: PartPlan) -> dict[str, Any]:
    return {"plan": plan, "agency": agency_info(plan.agency).name, "fee": fee_of(plan.charge_code, clock.today())}


def _papers(actor: Actor, shown: ApplicationInfo) -> dict[str, Any]:
    shelf = document_page(actor).rows if actor.may(Permission.SEND_FILE) else ()
    return {"held": documents_of(shown.id), "bind": BindForm(shelf=shelf) if shelf else None}


def _sent_page(
    request: HttpRequest, actor: Actor, shown: ApplicationInfo, form: AnswerPartForm | None = None
) -> HttpResponse:
    said = part_said(part.id for part in shown.parts)
    parts = [
        {
            "part": part,
            "agency": agency_info(part.agency).name,
            "said": said.get(part.id, []),
            "fee": fee_of(part.charge_code, part.applied_at.date()),
            "answerable": "answer" in PART.allowed(part.state),
            "withdrawable": "withdraw" in PART.allowed(part.state),
        }
        for part in shown.parts
    ]
    context = {
        "application": shown,
        "parts": parts,
        "goods": application_data(shown.content).goods,
        "form": form or AnswerPartForm(),
        **_papers(actor, shown),
        "crumbs": _crumbs(Crumb(shown.reference)),
    }
    return render(request, "agencies/application.html", context, status=422 if form else 200)


@APPLY
@require_POST
def application_send(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Send it to every agency that its goods need."""
    try:
        sent = application_apply(
            actor=actor_of(request), application_id=application_id, version=int(request.POST.get("version") or 0)
        )
    except RuleViolated as refused:
        messages.warning(request, " ".join(found.message for found in refused.violations[:3]))
    except PreconditionFailed:
        messages.warning(request, _("Someone saved this application in the meantime. Look at it again."))
    else:
        names = ", ".join(agency_info(part.agency).name for part in sent.parts)
        messages.success(request, _("Sent to %(agencies)s.") % {"agencies": names})
    return redirect("agencies:application", application_id=application_id)


@APPLY
@require_POST
def application_drop(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    application_discard(actor=actor_of(request), application_id=application_id)
    messages.success(request, _("The draft is gone."))
    return redirect("agencies:applications")


@APPLY
@require_POST
def application_bind(request: HttpRequest, application_id: UUID) -> HttpResponse:
    """Bind a document of the shelf."""
    actor = actor_of(request)
    application_read(actor, application_id)
    form = BindForm(request.POST, shelf=document_page(actor).rows)
    if form.is_valid():
        try:
            with unit_of_work() as work:
                document_id = UUID(form.cleaned_data["document"])
                application_document_link(work, actor, application_id=application_id, document_id=document_id)
        except (Conflict, RuleViolated) as refused:
            messages.warning(request, refused.detail)
        else:
            messages.success(request, _("The document is bound."))
    return redirect("agencies:application", application_id=application_id)


@APPLY
@require_POST
def part_act(request: HttpRequest, application_id: UUID, part_id: UUID) -> HttpResponse:
    """Answer an agency, or take its part back."""
    actor = actor_of(request)
    shown = application_read(actor, application_id)
    if part_id not in {part.id for part in shown.parts}:
        raise NotFound
    try:
        if request.POST.get("act") == "withdraw":
            part_withdraw(actor=actor, part_id=part_id)
            messages.success(request, _("That part is taken back."))
        else:
            form = AnswerPartForm(request.POST)
            if not form.is_valid():
                return _sent_page(request, actor, shown, form)
            part_answer(actor=actor, part_id=part_id, text=form.cleaned_data["text"])
            messages.success(request, _("Your answer was sent. The agency goes on."))
    except TransitionRefused:
        messages.warning(request, _("Nothing was changed: the agency has gone on in the meantime."))
    return redirect("agencies:application", application_id=application_id)
