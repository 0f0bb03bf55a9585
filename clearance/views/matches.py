"""An officer says on the page of a case what a possible match of it is."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clearance.forms import MatchForm
from clearance.views import shown
from clearance.views.case import case_page
from declarations.selectors import declaration_snapshot_for
from risk.selectors.matched import matches_told
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel.errors import Conflict, NotFound, NotPermitted, RuleViolated
from singlewindow.screening.services import match_decide
from singlewindow.screening.states import Verdict
from singlewindow.screening.types import Match
from singlewindow.web.access import actor_of, page_for


@page_for(Permission.SCREEN_PARTIES)
@require_POST
def decide(request: HttpRequest, declaration_id: UUID, place: int, entry_id: UUID) -> HttpResponse:
    """Confirm or dismiss one match, and go back to the case; the declaration is scored again."""
    actor = actor_of(request)
    found = _found(actor, declaration_id, place, entry_id)
    form = MatchForm(request.POST, prefix=f"{place}-{entry_id}")
    verdict = request.POST.get("verdict", "")
    if verdict not in list(Verdict) or not form.is_valid():
        return case_page(request, declaration_id, bound=form, status=422)
    try:
        match_decide(
            query=found.query,
            entry_id=entry_id,
            verdict=Verdict(verdict),
            reason=form.cleaned_data["reason"],
            actor=actor,
            score=found.score,
            revises=form.cleaned_data["revises"],
        )
    except RuleViolated as refused:
        form.add_error("reason", _(refused.detail))
        return case_page(request, declaration_id, bound=form, status=422)
    except (Conflict, NotPermitted) as refused:
        return case_page(request, declaration_id, notice=_(refused.detail), status=refused.status)
    messages.success(request, _("The decision is kept. The declaration is scored again with it."))
    return redirect(f"{shown.case_href(declaration_id)}#screening")


def _found(actor: Actor, declaration_id: UUID, place: int, entry_id: UUID) -> Match:
    snapshot = declaration_snapshot_for(actor, declaration_id)
    for at, match in matches_told(snapshot.message):
        if at == place and match.entry.id == entry_id:
            return match
    raise NotFound
