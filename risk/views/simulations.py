"""Pages of simulations: the list, a new one, and one with its progress and its figures."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from risk.selectors.profiles import profiles_in
from risk.selectors.rule_sets import rule_set_in_force
from risk.selectors.simulations import (
    VALID_DAYS,
    SimulationHead,
    profile_of,
    simulation_for,
    simulation_result_for,
    simulations_for,
)
from risk.services.activation import KIND
from risk.services.profiles import profile_propose
from risk.services.proposals import rule_change_propose
from risk.services.simulations import simulation_start, simulation_stop
from risk.simulation_forms import WHAT, BandsForm, ModelForm, ProfileForm, SelectionForm, SimulationForm
from risk.states import ProfileState, SimulationState
from risk.types import RuleChangeKind
from risk.views.simulation_shown import change_rows, csv_rows, figures_shown
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import actor_names
from singlewindow.accounts.types import Actor
from singlewindow.kernel.csv_out import csv_text
from singlewindow.kernel.errors import DomainError, NotFound
from singlewindow.learning.selectors import models_registered
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, PageError, Tab

PAGE = page_for(Permission.SIMULATE_RISK)
TRIED = (ProfileState.DRAFT, ProfileState.SIMULATED, ProfileState.PROPOSED, ProfileState.LIVE)
FIELDS = ("since", "until", "seed", "title")


@PAGE
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every simulation, newest first."""
    actor = actor_of(request)
    page = simulations_for(actor, cursor=request.GET.get("cursor", ""))
    names = actor_names(one.asked_by for one in page.rows)
    context = {
        "page": page,
        "rows": [(one, names.get(one.asked_by, one.asked_by)) for one in page.rows],
        "waiting": any(not one.ended for one in page.rows),
        "crumbs": [Crumb(_("Risk"), reverse("risk:desk")), Crumb(_("Simulations"))],
    }
    return render(request, "risk/simulations.html", context)


@PAGE
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose what is tried and on which days."""
    actor = actor_of(request)
    what = request.GET.get("what", "profile")
    if what not in WHAT:
        raise NotFound
    form = _form(what, actor, request)
    errors: list[PageError] = []
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                return redirect("risk:simulation", _started(actor, form).id)
            except DomainError as refused:
                errors, status = _told(refused), refused.status
        else:
            status = 422
    own = reverse("risk:simulation-new")
    context = {
        "form": form,
        "errors": errors,
        "live": rule_set_in_force(),
        "tabs": [Tab(str(label), f"{own}?what={key}", key == what) for key, label in WHAT.items()],
        "crumbs": [
            Crumb(_("Risk"), reverse("risk:desk")),
            Crumb(_("Simulations"), reverse("risk:simulations")),
            Crumb(_("New simulation")),
        ],
    }
    return render(request, "risk/simulation_new.html", context, status=status)


def _form(what: str, actor: Actor, request: HttpRequest) -> SimulationForm:
    data = request.POST if request.method == "POST" else None
    live = rule_set_in_force()
    if what == "profile":
        found = list(profiles_in(actor, states=TRIED))
        return ProfileForm(data, live=live, profiles=found, initial={"profile": request.GET.get("profile", "")})
    if what == "model":
        return ModelForm(data, live=live, models=models_registered())
    if what == "bands":
        return BandsForm(data, live=live)
    return SelectionForm(data, live=live)


def _started(actor: Actor, form: SimulationForm) -> Any:
    given = form.cleaned_data
    return simulation_start(
        actor=actor,
        change=form.change(),
        since=given["since"],
        until=given["until"],
        seed=given["seed"],
        title=given["title"],
    )


def _told(refused: DomainError) -> list[PageError]:
    """Each finding at its field, where there is one."""
    found = []
    for one in refused.violations:
        name = one.pointer.strip("/")
        href = f"#id_{name}" if name in FIELDS else ""
        found.append(PageError(_(one.message), href, one.rule, _(one.remedy) if one.remedy else ""))
    return found or [PageError(_(refused.detail))]


@PAGE
@require_safe
def show(request: HttpRequest, simulation_id: UUID) -> HttpResponse:
    """How far a simulation has come, and its figures once it is done; the progress alone when a script asks for it."""
    actor = actor_of(request)
    head = simulation_for(actor, simulation_id)
    if request.headers.get("HX-Request") and request.GET.get("part") == "progress":
        answer = render(request, "risk/partials/simulation_progress.html", {"simulation": head})
        if head.ended:
            answer["HX-Refresh"] = "true"
        return answer
    return _page(request, actor, head)


def _page(
    request: HttpRequest, actor: Actor, head: SimulationHead, *, errors: tuple[PageError, ...] = (), status: int = 200
) -> HttpResponse:
    result = simulation_result_for(actor, head.id) if head.state is SimulationState.DONE else None
    profile_id = profile_of(head.change)
    context = {
        "simulation": head,
        "errors": errors,
        "asked_by": actor_names([head.asked_by]).get(head.asked_by, head.asked_by),
        "change": change_rows(head.change, profile_id),
        "shown": figures_shown(result) if result else None,
        "result": result,
        "proposable": result is not None and actor.may(Permission.EDIT_RISK) and _proposable(head, profile_id),
        "valid_days": VALID_DAYS,
        "crumbs": [
            Crumb(_("Risk"), reverse("risk:desk")),
            Crumb(_("Simulations"), reverse("risk:simulations")),
            Crumb(head.title),
        ],
    }
    return render(request, "risk/simulation.html", context, status=status)


def _proposable(head: SimulationHead, profile_id: UUID | None) -> bool:
    return head.change.kind in KIND or (head.change.kind is RuleChangeKind.PROFILE_ADD and profile_id is not None)


@PAGE
@require_POST
def stop(request: HttpRequest, simulation_id: UUID) -> HttpResponse:
    """Stop a simulation."""
    actor = actor_of(request)
    try:
        simulation_stop(simulation_id=simulation_id, actor=actor)
    except NotFound:
        raise
    except DomainError as refused:
        return _page(request, actor, simulation_for(actor, simulation_id), errors=_refusal(refused), status=409)
    messages.success(request, _("The simulation was stopped."))
    return redirect("risk:simulation", simulation_id)


@PAGE
@require_POST
def propose(request: HttpRequest, simulation_id: UUID) -> HttpResponse:
    """Put what was tried before a second person."""
    actor = actor_of(request)
    head = simulation_for(actor, simulation_id)
    profile_id = profile_of(head.change)
    if not _proposable(head, profile_id):
        raise NotFound
    try:
        if head.change.kind is RuleChangeKind.PROFILE_ADD and profile_id is not None:
            proposal_id = profile_propose(actor=actor, profile_id=profile_id)
        else:
            proposal_id = rule_change_propose(actor=actor, change=head.change, title=head.title)
    except DomainError as refused:
        return _page(request, actor, head, errors=_refusal(refused), status=refused.status)
    messages.success(request, _("Another person must agree now."))
    return redirect("approvals:proposal", proposal_id)


def _refusal(refused: DomainError) -> tuple[PageError, ...]:
    found = tuple(PageError(_(one.message), "", one.rule, one.remedy) for one in refused.violations)
    return found or (PageError(_(refused.detail)),)


@PAGE
@require_safe
def csv_file(request: HttpRequest, simulation_id: UUID) -> HttpResponse:
    """Every figure of a simulation that is done, for spreadsheets."""
    actor = actor_of(request)
    head = simulation_for(actor, simulation_id)
    result = simulation_result_for(actor, simulation_id)
    if result is None:
        raise NotFound
    answer = HttpResponse(csv_text(csv_rows(head, result)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="simulation-{str(head.id)[-12:]}.csv"'
    return answer
