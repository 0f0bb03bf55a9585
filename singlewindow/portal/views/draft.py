"""The guided form: begin, the list of parts, and the small pages of the header."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from declarations.services import draft_discard, draft_save
from declarations.types import Draft
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import organisations_actor_may_file_for
from singlewindow.kernel.errors import NotFound
from singlewindow.portal import drafts
from singlewindow.portal.amending import amended_by
from singlewindow.portal.earlier import remembered
from singlewindow.portal.forms import PartiesForm, WhatForm
from singlewindow.portal.forms.parties import own_side_name
from singlewindow.portal.views.common import crumbs, draft_or_lodged, frame, typed_in, way_on
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, Step, Task

FILE = page_for(Permission.DRAFT_DECLARATION)


@FILE
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Begin a declaration; the draft exists from the first answer on."""
    actor = actor_of(request)
    sent = request.POST if request.method == "POST" else None
    form = WhatForm({}, actor, sent, initial={"reference": drafts.lrn_new()})
    if request.method == "POST" and form.is_valid():
        content = form.write()
        if actor.organisation_id is None:
            raise NotFound
        own = organisations_actor_may_file_for(actor).get(pk=actor.organisation_id)
        own_side_name(content, own, actor)
        draft = draft_save(actor=actor, organisation_id=own.pk, content=content)
        return way_on(request, draft, "what")
    context = {
        "form": form,
        "heading": drafts.LABELS["what"],
        "steps": [Step(str(drafts.LABELS[slug]), current=slug == "what") for slug in drafts.ORDER],
        "crumbs": [Crumb(_("My declarations"), reverse("portal:list")), Crumb(_("New declaration"))],
    }
    return render(request, "portal/part.html", context, status=422 if form.errors else 200)


@FILE
@require_safe
def tasks(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """Every part with how far it has come."""
    actor, found = actor_of(request), draft_or_lodged(request, declaration_id)
    if isinstance(found, HttpResponse):
        return found
    states = drafts.checked(found, actor).states
    if states["check"] is not drafts.State.BLOCKED:
        states = drafts.with_problems(states, drafts.problems_of(found, actor))
    following = next((slug for slug in drafts.ORDER if states[slug] is not drafts.State.DONE), "check")
    counted = [slug for slug in drafts.ORDER if slug not in ("estimate", "check")]
    context = {
        "draft": found,
        "tasks": [_task(found, slug, states[slug]) for slug in drafts.ORDER],
        "done": sum(states[slug] is drafts.State.DONE for slug in counted),
        "total": len(counted),
        "next_href": drafts.address(found.id, following),
        "amends": amended_by(found),
        "crumbs": crumbs(found),
    }
    return render(request, "portal/tasks.html", context)


def _task(draft: Draft, slug: str, state: drafts.State) -> Task:
    href = "" if state is drafts.State.BLOCKED else drafts.address(draft.id, slug)
    return Task(str(drafts.LABELS[slug]), href, state, str(drafts.HINTS[slug]))


@FILE
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: HttpRequest, declaration_id: UUID, slug: str) -> HttpResponse:
    """One small page. What is typed is kept even where it cannot be taken yet."""
    if slug not in drafts.PARTS:
        raise NotFound
    actor, found = actor_of(request), draft_or_lodged(request, declaration_id)
    if isinstance(found, HttpResponse):
        return found
    seen = drafts.part_digest(drafts.part_form(found, actor, slug).initial)
    if request.method != "POST":
        form: Any = drafts.part_form(found, actor, slug)
        known = remembered(form, found, actor)
        form.initial = form.initial | known
        if "mend" in request.GET:
            form, known = mended(drafts.part_checked(found, actor, slug), found, request), {}
        context = frame(found, slug, actor, form=form, seen=seen, known=bool(known))
        return render(request, "portal/part.html", context)
    form = drafts.part_form(found, actor, slug, request.POST)
    if form.is_valid() and request.POST.get("seen", seen) != seen:
        form.add_error(None, _("This page was changed in another window. Check your answers and save again."))
    elif form.is_valid():
        chosen = form.organisation.pk if isinstance(form, PartiesForm) and form.organisation else None
        drafts.save(found, actor, drafts.typed_keep(form.write(), slug, {}), organisation_id=chosen)
        return way_on(request, found, slug)
    else:
        content = drafts.typed_keep(dict(found.content), slug, typed_in(request, form.fields))
        found = drafts.save(found, actor, content)
        seen = drafts.part_digest(drafts.part_form(found, actor, slug).initial)
        if request.POST.get("act") == "later":
            return way_on(request, found, slug)
    return render(request, "portal/part.html", frame(found, slug, actor_of(request), form=form, seen=seen), status=422)


def mended(form: Any, draft: Draft, request: HttpRequest, number: int = 0) -> Any:
    """The form with what lodging would refuse on this page, at the fields that answer for it."""
    form.is_valid()
    slug = "items" if number else form.slug
    for problem in drafts.problems_of(draft, actor_of(request)):
        if (problem.slug, problem.number) == (slug, number):
            field = problem.field if problem.field in form.fields else None
            if field is None or field not in form.errors:
                form.add_error(field, f"{_(problem.violation.message)} {_(problem.violation.remedy)}".strip())
    return form


@FILE
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, declaration_id: UUID) -> HttpResponse:
    """Throw a draft away, after asking once."""
    found = draft_or_lodged(request, declaration_id)
    if isinstance(found, HttpResponse):
        return found
    if request.method == "POST":
        draft_discard(actor=actor_of(request), declaration_id=found.id)
        messages.success(request, _("The draft was thrown away."))
        return redirect("portal:list")
    return render(request, "portal/discard.html", {"draft": found, "crumbs": crumbs(found, Crumb(_("Throw away")))})
