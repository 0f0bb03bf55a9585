"""The page of the rules in force."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from risk.selectors import rule_hits, rule_set_in_force
from risk.selectors.results import HITS_DAYS
from singlewindow.accounts.types import VISITOR, Actor
from singlewindow.web.types import Crumb


@require_safe
@never_cache
def rules(request: HttpRequest) -> HttpResponse:
    """Show every rule with its source, thresholds and points, and how often it fired; for who may see risk."""
    actor: Actor = getattr(request, "actor", None) or VISITOR
    context = {
        "rule_set": rule_set_in_force(),
        "hits": rule_hits(actor),
        "days": HITS_DAYS,
        "crumbs": [Crumb(_("Risk"), reverse("risk:desk")), Crumb(_("Risk rules"))],
    }
    return render(request, "risk/rules.html", context)
