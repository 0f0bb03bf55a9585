"""My declarations: drafts to go on with, what is under way, and what it waits for."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clearance.selectors import supplementary_owed_by, waiting_of
from declarations.selectors import ListFilter, declaration_page_for
from declarations.services import draft_copy
from declarations.states import LegalState
from fees.selectors import declarations_awaiting_money
from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.errors import FormatRefused, NotFound
from singlewindow.portal import drafts
from singlewindow.portal.shown import lines
from singlewindow.portal.views.draft import FILE
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, Tab

L = LegalState
STATES: dict[str, tuple[Any, tuple[LegalState, ...]]] = {
    "": (gettext_lazy("All"), ()),
    "drafts": (gettext_lazy("Drafts"), (L.DRAFT,)),
    "open": (gettext_lazy("Under way"), (L.SUBMITTED, L.REGISTERED, L.ACCEPTED)),
    "released": (gettext_lazy("Released"), (L.RELEASED, L.CLEARED)),
    "ended": (gettext_lazy("Ended"), (L.REJECTED, L.REFUSED, L.EXPIRED, L.INVALIDATED)),
}
DIRECTIONS = ("", "import", "export")
PAGE = 20
TEXT_LENGTH = 40


@page_for(Permission.VIEW_OWN_DECLARATION)
@require_safe
def declarations(request: HttpRequest) -> HttpResponse:
    """The reader's declarations, newest first; every filter lives in the address."""
    actor, asked = actor_of(request), _asked(request)
    narrow = ListFilter(states=STATES[asked["state"]][1], direction=asked["direction"] or None, text=asked["text"])
    page = declaration_page_for(actor, narrow=narrow, cursor=request.GET.get("cursor", ""), size=PAGE)
    waiting = waiting_of(row.id for row in page.rows if row.mrn)
    own = actor.organisation_id
    context = {
        "unpaid": len(declarations_awaiting_money(own)) if own else 0,
        "owed": supplementary_owed_by(own) if own else (0, None),
        "page": page,
        "lines": lines(page.rows, waiting),
        "asked": asked,
        "active": sum(bool(asked[name]) for name in ("direction", "text")),
        "reset": _href(state=asked["state"]),
        "tabs": [
            Tab(str(label), _href(**(asked | {"state": state})), state == asked["state"])
            for state, (label, _states) in STATES.items()
        ],
        "crumbs": [Crumb(_("My declarations"))],
        "may_file": actor.may(Permission.DRAFT_DECLARATION),
        "anything": bool(page.rows),
    }
    return render(request, "portal/list.html", context)


def _asked(request: HttpRequest) -> dict[str, Any]:
    """The filters of the address. Raises FormatRefused for one that does not exist."""
    asked = {
        "state": request.GET.get("state", ""),
        "direction": request.GET.get("direction", ""),
        "text": request.GET.get("text", "").strip()[:TEXT_LENGTH],
    }
    if asked["state"] not in STATES or asked["direction"] not in DIRECTIONS or "\x00" in asked["text"]:
        raise FormatRefused(_("There is no such filter."), code="query")
    return asked


def _href(**wanted: str) -> str:
    query = urlencode({name: value for name, value in wanted.items() if value})
    return reverse("portal:list") + (f"?{query}" if query else "")


@FILE
@require_POST
def copy(request: HttpRequest) -> HttpResponse:
    """Begin a draft from an earlier declaration: the one that is named, else the last one lodged."""
    actor = actor_of(request)
    named = request.POST.get("from", "")
    try:
        source = UUID(named) if named else None
    except ValueError as error:
        raise NotFound from error
    if source is None:
        last = declaration_page_for(actor, narrow=ListFilter(lodged_only=True), size=1).rows
        if not last:
            messages.info(request, _("There is nothing to copy yet."))
            return redirect("portal:list")
        source = last[0].id
    draft = draft_copy(actor=actor, from_id=source)
    drafts.save(draft, actor, drafts.copied(draft))
    messages.success(request, _("Copied. Check each page; ship and containers are yours to fill in."))
    return redirect("portal:tasks", draft.id)
