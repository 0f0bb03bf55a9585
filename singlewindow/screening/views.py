"""Pages of screening: lists in force and proposed, a name tried against them, one entry, one possible match."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import actor_names
from singlewindow.accounts.types import Actor
from singlewindow.approvals.selectors import may_decide, proposal_open
from singlewindow.approvals.types import ProposalView
from singlewindow.kernel.errors import DomainError, NotFound
from singlewindow.screening.forms import DecisionForm, QueryForm
from singlewindow.screening.selectors import (
    decision_for,
    earlier_decisions,
    entry_for,
    live_set,
    screen_names,
    subject_key,
    thresholds_now,
    version_for,
    versions_for,
)
from singlewindow.screening.services import match_decide
from singlewindow.screening.services.lists import KIND
from singlewindow.screening.states import ListState, Verdict
from singlewindow.screening.types import SOURCE_NAMES, Decision, Match, ScreenQuery, VersionRow
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, PageError, SummaryRow, Tone

PAGE = page_for(Permission.VIEW_RISK)

STATES: dict[ListState, tuple[str | Promise, Tone, str]] = {
    ListState.LIVE: (gettext_lazy("In force"), Tone.OK, "circle-check"),
    ListState.PROPOSED: (gettext_lazy("Waits for a second person"), Tone.WARN, "hourglass"),
    ListState.DECLINED: (gettext_lazy("Not agreed"), Tone.NEUTRAL, "circle-x"),
    ListState.SUPERSEDED: (gettext_lazy("Earlier version"), Tone.NEUTRAL, "history"),
}
READINGS: dict[str, str | Promise] = {
    "transliterated": gettext_lazy("in Latin letters"),
    "restored": gettext_lazy("with the vowels of a listed name"),
    "look_alike": gettext_lazy("letters that look Latin read as Latin"),
}
FOUND_BY: dict[str, str | Promise] = {
    "words": gettext_lazy("Word by word"),
    "joined": gettext_lazy("The same when written as one word"),
    "identifier": gettext_lazy("The same number"),
    "address": gettext_lazy("Address, word by word"),
}
KIND_NAMES: dict[str, str | Promise] = {
    "person": gettext_lazy("Person"),
    "organisation": gettext_lazy("Organisation"),
    "vessel": gettext_lazy("Vessel"),
    "aircraft": gettext_lazy("Aircraft"),
}
QUALITIES: dict[str, str | Promise] = {
    "primary": gettext_lazy("Name"),
    "strong": gettext_lazy("Also known as"),
    "weak": gettext_lazy("Also known as, weak"),
    "original": gettext_lazy("In its own script"),
}


@dataclass(frozen=True, slots=True)
class ListLine:
    """A version of a list as the page shows it."""

    row: VersionRow
    source: str
    state: str | Promise
    tone: Tone
    icon: str
    loaded_by: str
    proposal: ProposalView | None = None
    mine_to_decide: bool = False


@dataclass(frozen=True, slots=True)
class MatchCard:
    """A possible match as the page shows it."""

    match: Match
    source: str
    kind: str | Promise
    found_by: str | Promise
    reading: str | Promise
    quality: str | Promise
    decide: str
    """Address where it is decided."""


@PAGE
@require_safe
def lists(request: HttpRequest) -> HttpResponse:
    """Lists in force and proposed, and a box to try a name."""
    actor = actor_of(request)
    asked = "name" in request.GET
    form = QueryForm(request.GET if asked else None)
    query = form.query() if asked and form.is_valid() else None
    versions = _lines(actor, versions_for(actor))
    context = {
        "form": form,
        "asked": asked,
        "query": query,
        "cards": [match_card(match) for match in screen_names([query])] if query else [],
        "versions": versions,
        "proposed": [line for line in versions if line.row.state is ListState.PROPOSED],
        "set_version": live_set().version,
        "thresholds": thresholds_now(),
        "crumbs": [Crumb(_("Risk"), reverse("risk:desk")), Crumb(_("Screening"))],
    }
    return render(request, "screening/lists.html", context)


@PAGE
@require_safe
def list_version(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """One version of a list: what was loaded, from which files, what was left out, and who must agree."""
    actor = actor_of(request)
    (line,) = _lines(actor, [version_for(actor, version_id)])
    row = line.row
    context = {
        "line": line,
        "facts": [
            SummaryRow(_("Published"), row.published_on or _("Not told by the files")),
            SummaryRow(_("Entries"), row.entries),
            SummaryRow(_("Names"), row.names),
            SummaryRow(_("Addresses"), row.addresses),
            SummaryRow(_("Loaded by"), line.loaded_by),
        ],
        "crumbs": [
            Crumb(_("Risk"), reverse("risk:desk")),
            Crumb(_("Screening"), reverse("screening:lists")),
            Crumb(line.source),
        ],
    }
    return render(request, "screening/list.html", context)


@PAGE
@require_safe
def entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """Everything that a list says of one entry, and what was decided about matches with it."""
    actor = actor_of(request)
    listed, names, places, version = entry_for(actor, entry_id)
    (line,) = _lines(actor, [version])
    decided = earlier_decisions(actor, source=version.source.value, uid=listed.uid)
    people = actor_names(row.decided_by for row in decided)
    context = {
        "entry": listed,
        "kind": KIND_NAMES[listed.kind],
        "names": [(name.name, QUALITIES[name.quality]) for name in names],
        "places": places,
        "line": line,
        "decided": [(row, people.get(row.decided_by, row.decided_by)) for row in decided],
        "confirmed": Verdict.CONFIRMED.value,
        "crumbs": [
            Crumb(_("Risk"), reverse("risk:desk")),
            Crumb(_("Screening"), reverse("screening:lists")),
            Crumb(listed.name),
        ],
    }
    return render(request, "screening/entry.html", context)


@PAGE
@require_http_methods(["GET", "HEAD", "POST"])
def match(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """One possible match with its reasons; an officer says whether it is them."""
    actor = actor_of(request)
    asked = QueryForm(request.GET)
    if not asked.is_valid():
        raise NotFound
    query = asked.query()
    listed, _names, _places, version = entry_for(actor, entry_id)
    standing = decision_for(subject_key(query), version.source.value, listed.uid, listed.sha256)
    found = next((one for one in screen_names([query]) if one.entry.id == entry_id), None)
    form = DecisionForm(request.POST or None, initial={"revises": standing.id if standing else None})
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        if not actor.may(Permission.SCREEN_PARTIES):
            raise NotFound
        status = 422
        if form.is_valid():
            try:
                _decided(form, query, entry_id, actor, found)
            except DomainError as refused:
                errors, status = [PageError(refused.detail)], refused.status
            else:
                messages.success(request, _("The decision is kept."))
                return redirect(request.get_full_path())
    context = {
        "entry": listed,
        "query": query,
        "card": match_card(found) if found else None,
        "standing": standing,
        "standing_by": _name_of(standing),
        "confirmed": standing is not None and standing.verdict is Verdict.CONFIRMED,
        "form": form if actor.may(Permission.SCREEN_PARTIES) else None,
        "errors": errors,
        "crumbs": [
            Crumb(_("Risk"), reverse("risk:desk")),
            Crumb(_("Screening"), reverse("screening:lists")),
            Crumb(_("Possible match")),
        ],
    }
    return render(request, "screening/match.html", context, status=status)


def match_address(found: Match) -> str:
    """Path of the page where a possible match is shown and decided."""
    query = found.query
    asked = {
        "name": query.name,
        "kind": query.kind.value,
        "country": query.country,
        "birth": query.birth,
        "identifier": query.identifier,
    }
    filled = {key: value for key, value in asked.items() if value}
    return f"{reverse('screening:match', args=[found.entry.id])}?{urlencode(filled, errors='replace')}"


def _decided(form: DecisionForm, query: ScreenQuery, entry_id: UUID, actor: Actor, found: Match | None) -> None:
    match_decide(
        query=query,
        entry_id=entry_id,
        verdict=Verdict(form.cleaned_data["verdict"]),
        reason=form.cleaned_data["reason"],
        actor=actor,
        score=found.score if found else None,
        revises=form.cleaned_data["revises"],
    )


def _lines(actor: Actor, rows: list[VersionRow]) -> list[ListLine]:
    people = actor_names(row.loaded_by for row in rows)
    lines = []
    for row in rows:
        label, tone, icon = STATES[row.state]
        proposal = proposal_open(KIND, str(row.id)) if row.state is ListState.PROPOSED else None
        lines.append(
            ListLine(
                row,
                SOURCE_NAMES[row.source],
                label,
                tone,
                icon,
                people.get(row.loaded_by, row.loaded_by),
                proposal,
                proposal is not None and may_decide(actor, proposal),
            )
        )
    return lines


def match_card(found: Match) -> MatchCard:
    """A possible match as a card, for this and other pages."""
    return MatchCard(
        match=found,
        source=SOURCE_NAMES[found.entry.source],
        kind=KIND_NAMES[found.entry.kind.value],
        found_by=FOUND_BY[found.found_by.value],
        reading=READINGS.get(found.reading, ""),
        quality=QUALITIES[found.quality.value],
        decide=match_address(found),
    )


def _name_of(decision: Decision | None) -> str:
    if decision is None:
        return ""
    return actor_names([decision.decided_by]).get(decision.decided_by, decision.decided_by)
