"""Pages on which profiles are written, and the acts on them; all work without script."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from risk.forms import ProfileBuilder
from risk.rules.profile_check import profile_read
from risk.rules.profiles import profile_change
from risk.selectors.profiles import ProfileShown, profile_for
from risk.services.profile_life import profile_end_propose
from risk.services.profiles import (
    profile_draft,
    profile_edit,
    profile_new_version,
    profile_propose,
    profile_withdraw,
)
from risk.services.simulations import simulation_start
from risk.states import PROFILE
from risk.views.profile_words import sentence_of
from risk.views.profiles import profile_page
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.types import Actor
from singlewindow.kernel import clock
from singlewindow.kernel.errors import DomainError, RuleViolated
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, PageError

REPLAYED = timedelta(days=90)
"""The past on which a profile is tried from its page; other periods are chosen on the page of simulations."""


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.EDIT_RISK)
def new(request: HttpRequest) -> HttpResponse:
    """Write a new profile."""
    actor = actor_of(request)
    builder = ProfileBuilder.of_request(request.POST.dict()) if request.method == "POST" else None

    def save(content: dict[str, Any]) -> UUID:
        return profile_draft(actor=actor, content=content)

    return _write(request, builder or ProfileBuilder.fresh(actor.name), save, None)


@require_http_methods(["GET", "HEAD", "POST"])
@page_for(Permission.EDIT_RISK)
def edit(request: HttpRequest, profile_id: UUID) -> HttpResponse:
    """Change a profile that is not live."""
    actor = actor_of(request)
    shown = profile_for(actor, profile_id)
    if "edit" not in PROFILE.allowed(shown.state):
        messages.error(request, _("What is live or over never changes. Write a new version."))
        return redirect("risk:profile", profile_id)
    posted = request.method == "POST"
    builder = ProfileBuilder.of_request(request.POST.dict()) if posted else ProfileBuilder.of_content(shown.content)

    def save(content: dict[str, Any]) -> UUID:
        seen = request.POST.get("seen", "")
        profile_edit(actor=actor, profile_id=profile_id, content=content, seen_sha256=seen)
        return profile_id

    return _write(request, builder, save, shown)


def _write(
    request: HttpRequest,
    builder: ProfileBuilder,
    save: Callable[[dict[str, Any]], UUID],
    shown: ProfileShown | None,
) -> HttpResponse:
    act = request.POST.get("act", "") if request.method == "POST" else ""
    errors: list[PageError] = []
    status = 200
    if act == "save":
        try:
            saved = save(builder.content())
        except DomainError as refusal:
            errors, status = builder.errors(refusal.violations) or [PageError(_(refusal.detail))], refusal.status
        else:
            messages.success(request, _("The profile is saved as a draft. Simulate it before you propose it."))
            return redirect("risk:profile", saved)
    sentence = _sentence(builder)
    if act == "check":
        errors = _findings(builder)
        status = 422 if errors else 200
    context = {
        "builder": builder,
        "profile": shown,
        "seen": request.POST.get("seen", shown.content_sha256 if shown else ""),
        "sentence": sentence,
        "errors": errors,
        "crumbs": [
            Crumb(_("Risk profiles"), reverse("risk:profiles")),
            *([Crumb(f"{shown.code} v{shown.version}", reverse("risk:profile", args=[shown.id]))] if shown else []),
            Crumb(_("Edit") if shown else _("New profile")),
        ],
    }
    part = {"sentence": "sentence", "rows": "criteria"}.get(request.GET.get("part", ""))
    template = f"risk/partials/profile_{part}.html" if part else "risk/profile_edit.html"
    return render(request, template, context, status=200 if part else status)


def _sentence(builder: ProfileBuilder) -> str:
    """The sentence of what stands on the page, as soon as its criteria can be read."""
    content = builder.content() | {"name": "-", "owner": "-", "basis": "-", "expected_hit_rate": "0", "valid_days": 1}
    try:
        return sentence_of(profile_read(content))
    except RuleViolated:
        return ""


def _findings(builder: ProfileBuilder) -> list[PageError]:
    try:
        profile_read(builder.content())
    except RuleViolated as refusal:
        return builder.errors(refusal.violations)
    return []


@require_POST
@page_for(Permission.VIEW_PROPOSAL)
def act(request: HttpRequest, profile_id: UUID) -> HttpResponse:
    """One act on a profile: simulate, propose, new version, give up, propose its end."""
    actor = actor_of(request)
    shown = profile_for(actor, profile_id)
    try:
        done = _ACTS.get(request.POST.get("act", ""), _nothing)(actor, shown, request.POST.get("reason", ""))
    except DomainError as refusal:
        found = [PageError(_(one.message), rule=one.rule, remedy=_(one.remedy)) for one in refusal.violations]
        return profile_page(request, profile_id, errors=found or [PageError(_(refusal.detail))], status=refusal.status)
    if done is None:
        return profile_page(request, profile_id, errors=[PageError(_("There is no such act."))], status=422)
    text, address = done
    messages.success(request, text)
    return redirect(address)


Done = tuple[str, str]


def _here(profile_id: UUID) -> str:
    return reverse("risk:profile", args=[profile_id])


def _nothing(actor: Actor, shown: ProfileShown, reason: str) -> Done | None:
    return None


def _simulate(actor: Actor, shown: ProfileShown, reason: str) -> Done | None:
    change = profile_change(shown.content, code=shown.code, version=shown.version)
    until = clock.today() - timedelta(days=1)
    title = f"{shown.code} v{shown.version}: {shown.name}"[:200]
    simulation_start(actor=actor, change=change, since=until - REPLAYED, until=until, title=title)
    return _("The simulation runs. When it is done, you can propose the profile."), _here(shown.id)


def _propose(actor: Actor, shown: ProfileShown, reason: str) -> Done | None:
    proposal_id = profile_propose(actor=actor, profile_id=shown.id)
    return _("Another person must agree now."), reverse("approvals:proposal", args=[proposal_id])


def _new_version(actor: Actor, shown: ProfileShown, reason: str) -> Done | None:
    made = profile_new_version(actor=actor, profile_id=shown.id)
    return _("A new version was begun. The live one stays until another person agrees."), reverse(
        "risk:profile-edit", args=[made]
    )


def _give_up(actor: Actor, shown: ProfileShown, reason: str) -> Done | None:
    profile_withdraw(actor=actor, profile_id=shown.id, reason=reason)
    return _("The profile was given up; it stays on record."), _here(shown.id)


def _end(actor: Actor, shown: ProfileShown, reason: str) -> Done | None:
    proposal_id = profile_end_propose(actor=actor, profile_id=shown.id, reason=reason)
    return _("Another person must agree now."), reverse("approvals:proposal", args=[proposal_id])


_ACTS: dict[str, Callable[[Actor, ProfileShown, str], Done | None]] = {
    "simulate": _simulate,
    "propose": _propose,
    "new-version": _new_version,
    "give-up": _give_up,
    "end": _end,
}
