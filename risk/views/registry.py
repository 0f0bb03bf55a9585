"""Pages of models: those registered, one with its card, and the steps of watching, promoting and rolling back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from risk.selectors.models_watched import DAYS, models_watched
from risk.selectors.rule_sets import rule_set_in_force
from risk.services.proposals import rule_change_propose
from risk.types import RuleChange, RuleChangeKind
from risk.views.card import card_parts
from singlewindow.accounts.permissions import Permission
from singlewindow.accounts.selectors import actor_names
from singlewindow.kernel.errors import NotFound
from singlewindow.learning.selectors import model_view, models_registered
from singlewindow.learning.types import ModelView
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, SummaryRow


@page_for(Permission.VIEW_RISK)
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Every registered model, newest first, with how those in use did."""
    actor = actor_of(request)
    rules, watched = rule_set_in_force(), models_watched(actor)
    rows = [_row(one, rules.model, rules.shadow, watched.get(one.hash)) for one in models_registered()]
    context = {
        "rows": rows,
        "days": DAYS,
        "rule_set": rules,
        "crumbs": [Crumb(_("Risk"), reverse("risk:desk")), Crumb(_("Models"))],
    }
    return render(request, "risk/models.html", context)


@page_for(Permission.VIEW_RISK)
@require_safe
def show(request: HttpRequest, model_hash: str) -> HttpResponse:
    """One model: its card, its figures, how it did here, and what may be done with it."""
    actor = actor_of(request)
    model, rules = model_view(model_hash), rule_set_in_force()
    context = {
        **_row(model, rules.model, rules.shadow, models_watched(actor).get(model.hash)),
        "rows": _rows(model),
        "card": card_parts(model.card),
        "days": DAYS,
        "may_change": actor.may(Permission.EDIT_RISK),
        "crumbs": [
            Crumb(_("Risk"), reverse("risk:desk")),
            Crumb(_("Models"), reverse("risk:models")),
            Crumb(model.name),
        ],
    }
    return render(request, "risk/model.html", context)


@page_for(Permission.EDIT_RISK)
@require_POST
def watch(request: HttpRequest, model_hash: str) -> HttpResponse:
    """Propose that a model is scored beside the one in force and only watched, or is so no more."""
    model, rules = model_view(model_hash), rule_set_in_force()
    hashes = set(rules.shadow)
    begin = request.POST.get("act") == "begin"
    if begin == (model.hash in hashes):
        raise NotFound
    change = RuleChange(RuleChangeKind.SHADOW, {"hashes": sorted(hashes ^ {model.hash})})
    title = _("Watch the model %(name)s") if begin else _("Watch the model %(name)s no more")
    proposal_id = rule_change_propose(actor=actor_of(request), change=change, title=title % {"name": model.name})
    messages.success(request, _("A second person is asked."))
    return redirect("approvals:proposal", proposal_id)


def _row(model: ModelView, live: str, shadow: tuple[str, ...], watched: Any) -> dict[str, Any]:
    use = "live" if model.hash == live else "shadow" if model.hash in shadow else ""
    return {"model": model, "use": use, "watched": watched}


def _rows(model: ModelView) -> list[SummaryRow]:
    who = actor_names([model.registered_by]).get(model.registered_by, model.registered_by)
    return [
        SummaryRow(_("Hash"), model.hash),
        SummaryRow(_("Kind"), f"{model.kind} ({model.spec})"),
        SummaryRow(_("Learned from"), f"{model.data_from.isoformat()} – {model.data_to.isoformat()}"),
        SummaryRow(_("Checked items"), str(model.data_rows)),
        SummaryRow(_("Registered by"), who),
    ]
