"""Pages of profiles that are there: the list with what needs someone, and one profile with all that may be done."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from risk.rules.profile_figures import key_figures
from risk.selectors.hit_rates import hit_rates
from risk.selectors.profiles import (
    HIT_DAYS,
    UNFINISHED,
    profile_counts,
    profile_for,
    profile_tried_on,
    profile_versions,
    profile_weeks,
    profiles_for,
)
from risk.states import ProfileState
from risk.views.profile_words import actions, history_entries, next_step, sentence_of
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import actor_names
from singlewindow.approvals.selectors import proposal_open
from singlewindow.audit.selectors import events_of
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.statuses import status_for
from singlewindow.web.types import Crumb, PageError, Tab


@require_safe
@page_for(Permission.VIEW_PROPOSAL)
def listed(request: HttpRequest) -> HttpResponse:
    """The profiles of one state, or those that need someone."""
    actor = actor_of(request)
    wanted = request.GET.get("state", "")
    state = ProfileState(wanted) if wanted in list(ProfileState) else None
    page = profiles_for(actor, state=state, cursor=request.GET.get("cursor", ""))
    found = page.rows
    codes = {one.code for one in found if one.live_at is not None}
    rates = hit_rates(actor, windows=(HIT_DAYS,), rules=codes) if codes else {}
    rows = [
        {
            "profile": one,
            "sentence": sentence_of(one.content),
            "rate": rates.get((one.code, HIT_DAYS)) if one.live_at is not None else None,
            "next": next_step(one),
        }
        for one in found
    ]
    context = {
        "rows": rows,
        "page": page,
        "state": state,
        "days": HIT_DAYS,
        "tabs": _tabs(state, profile_counts(actor)),
        "may_write": actor.may(Permission.EDIT_RISK),
        "crumbs": [Crumb(_("Risk"), reverse("risk:desk")), Crumb(_("Risk profiles"))],
    }
    return render(request, "risk/profiles.html", context)


def _tabs(current: ProfileState | None, counts: dict[ProfileState, int]) -> list[Tab]:
    address = reverse("risk:profiles")
    tabs = [Tab(_("Needs someone"), address, current=current is None)]
    return tabs + [
        Tab(
            str(status_for("profile", state).label),
            f"{address}?state={state.value}",
            current=state is current,
            count=counts.get(state, 0),
        )
        for state in ProfileState
    ]


@require_safe
@page_for(Permission.VIEW_PROPOSAL)
def profile(request: HttpRequest, profile_id: UUID) -> HttpResponse:
    """One version of a profile: what it says, what it was tried on, how it does, who did what."""
    return profile_page(request, profile_id)


def profile_page(
    request: HttpRequest, profile_id: UUID, *, errors: list[PageError] | None = None, status: int = 200
) -> HttpResponse:
    """The page of a profile, also where an act on it was refused."""
    actor = actor_of(request)
    shown = profile_for(actor, profile_id)
    versions = profile_versions(shown.code)
    unfinished = next((one.version for one in versions if one.state in UNFINISHED), None)
    tried = profile_tried_on(shown)
    rates = hit_rates(actor, windows=(HIT_DAYS,), rules=[shown.code]) if shown.live_at else {}
    rate = rates.get((shown.code, HIT_DAYS))
    events = list(events_of("risk_profile", str(shown.id)))
    names = actor_names({*shown.editors, *(event.actor for event in events)})
    waiting = proposal_open("risk.profile", str(shown.id)) or proposal_open("risk.profile_end", str(shown.id))
    context = {
        "profile": shown,
        "sentence": sentence_of(shown.content),
        "next": next_step(shown),
        "versions": versions,
        "tried": tried,
        "figures": key_figures(tried.result, shown.code) if tried else {},
        "rate": rate,
        "weeks": profile_weeks(shown.code) if rate else [],
        "days": HIT_DAYS,
        "entries": history_entries(events, names),
        "editors": [names.get(label, label) for label in shown.editors],
        "can": actions(shown, actor, unfinished=unfinished),
        "waiting": waiting,
        "may_simulate": actor.may(Permission.SIMULATE_RISK),
        "errors": errors,
        "crumbs": [
            Crumb(_("Risk"), reverse("risk:desk")),
            Crumb(_("Risk profiles"), reverse("risk:profiles")),
            Crumb(f"{shown.code} v{shown.version}"),
        ],
    }
    return render(request, "risk/profile.html", context, status=status)
