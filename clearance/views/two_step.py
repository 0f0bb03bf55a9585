"""Full declarations that are owed to customs: a list, the nearest day first."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from clearance.selectors import AWAITED, supplementary_page
from clearance.states import SupplementaryState
from singlewindow.accounts.permissions import Permission
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb, Tab

LISTS: dict[str, Any] = {
    AWAITED: gettext_lazy("Owed"),
    SupplementaryState.OVERDUE.value: gettext_lazy("Overdue"),
    SupplementaryState.COMPLETED.value: gettext_lazy("Completed"),
    SupplementaryState.DEBT_FIXED.value: gettext_lazy("Debt fixed without it"),
}


@require_safe
@page_for(Permission.VIEW_DESK)
def owed(request: HttpRequest) -> HttpResponse:
    """Show one list of full declarations that simplified ones owe."""
    state = request.GET.get("state", AWAITED)
    page = supplementary_page(actor_of(request), state=state, cursor=request.GET.get("cursor", ""))
    context = {
        "page": page,
        "awaited": state in {AWAITED, SupplementaryState.OVERDUE.value},
        "tabs": [Tab(str(label), _href(name), name == state) for name, label in LISTS.items()],
        "crumbs": [Crumb(_("Desk"), reverse("clearance:desk")), Crumb(_("Full declarations owed"))],
    }
    return render(request, "clearance/two_step.html", context)


def _href(state: str) -> str:
    return reverse("clearance:two-step") + ("" if state == AWAITED else f"?{urlencode({'state': state})}")
