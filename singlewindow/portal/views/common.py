"""What the pages of a draft share: reading it, keeping what was typed, and the way on."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from declarations.selectors import declaration_head_for
from declarations.types import Draft
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import NotFound
from singlewindow.portal import drafts
from singlewindow.web.access import actor_of
from singlewindow.web.types import Crumb

TYPED_LENGTH = 2_000
BACK = frozenset({"check", "tasks", "items"})


def draft_or_lodged(request: HttpRequest, declaration_id: UUID) -> Draft | HttpResponse:
    """The draft, or the way to the declaration that it has become. Raises NotFound for what is foreign."""
    actor = actor_of(request)
    try:
        return drafts.read(actor, declaration_id)
    except NotFound:
        head = declaration_head_for(actor, declaration_id)
    messages.info(request, _("This was lodged already: %(mrn)s.") % {"mrn": head.mrn})
    return redirect("portal:show", head.id)


def typed_in(request: HttpRequest, names: Iterable[str]) -> dict[str, str]:
    """What was typed, kept although it cannot be taken yet."""
    sent = {name: str(request.POST[name]) for name in names if name in request.POST}
    return {name: value.replace("\x00", "")[:TYPED_LENGTH] for name, value in sent.items()}


def way_on(request: HttpRequest, draft: Draft, slug: str) -> HttpResponse:
    """Where to go after a page was saved: on, back to the check, or to the list of parts."""
    if request.POST.get("act") == "later":
        messages.success(request, _("Saved. You can go on whenever you like."))
        return redirect("portal:tasks", draft.id)
    back = request.GET.get("back", "")
    if back in BACK:
        return redirect(drafts.address(draft.id, back))
    if "mend" in request.GET:
        return redirect(drafts.address(draft.id, "check"))
    following = drafts.ORDER[drafts.ORDER.index(slug) + 1]
    return redirect(drafts.address(draft.id, following))


def crumbs(draft: Draft, *more: Crumb) -> list[Crumb]:
    """The way back out of a draft."""
    name = str(draft.content.get("lrn") or _("Draft"))
    first = Crumb(_("My declarations"), reverse("portal:list"))
    return [first, Crumb(name, reverse("portal:tasks", args=[draft.id])), *more] if more else [first, Crumb(name)]


def frame(draft: Draft, slug: str, actor: Actor, **more: Any) -> dict[str, Any]:
    """What every page of a draft shows around its form."""
    label, done = str(drafts.LABELS[slug]), drafts.finished(draft, actor)
    return {
        "draft": draft,
        "heading": label,
        "steps": drafts.steps_of(draft, slug, done),
        "crumbs": crumbs(draft, Crumb(label)),
        **more,
    }
