"""The page of the simulated provider: what a card page would be, with the manners to choose from."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from singlewindow.accounts.permissions import Permission
from singlewindow.kernel.errors import NotFound
from singlewindow.kernel.money import from_minor
from singlewindow.payments.providers.simulator import BEHAVIOURS, SIMULATOR
from singlewindow.payments.selectors.baskets import provider_payment_for
from singlewindow.payments.services.simulation import simulation_play, simulator_used
from singlewindow.web.access import actor_of, page_for
from singlewindow.web.types import Crumb


@page_for(Permission.PAY)
@require_http_methods(["GET", "HEAD", "POST"])
def simulator(request: HttpRequest, payment_id: UUID) -> HttpResponse:
    """Pay as the simulated provider; not there where the installation does not use it."""
    if not simulator_used():
        raise NotFound
    actor = actor_of(request)
    basket, provider, transaction, state = provider_payment_for(actor, payment_id)
    if provider != SIMULATOR.code:
        raise NotFound
    if request.method == "POST":
        simulation_play(payment_id=payment_id, behaviour=request.POST.get("behaviour", "well"), actor=actor)
        messages.info(request, _("The provider will tell what became of the payment."))
        return redirect("payments:basket", basket.id)
    context = {
        "basket": basket,
        "total": from_minor(basket.total_minor, basket.currency),
        "transaction": transaction,
        "state": state,
        "behaviours": BEHAVIOURS.items(),
        "crumbs": [Crumb(_("Pay"))],
    }
    return render(request, "payments/simulator.html", context)
