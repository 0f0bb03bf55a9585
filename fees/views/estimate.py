"""The total of all charges for a described consignment. No sign-in, no script needed."""

from datetime import UTC, datetime, time
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from fees.asked import today
from fees.schedule_forms import EstimateForm
from fees.selectors import authorities, charge_schedule
from fees.services.schedule.estimate import Consignment, charges_estimate
from fees.types import ChargeEvent, Direction, Facts, ItemFacts, Sum
from singlewindow.kernel import clock
from singlewindow.kernel.errors import RuleViolated
from singlewindow.reference.selectors import hs_description
from singlewindow.web.types import Crumb

NOON = time(12, tzinfo=UTC)


@require_safe
def estimate(request: HttpRequest) -> HttpResponse:
    """Every charge of every authority for goods that somebody describes, with law and sum."""
    schedule = charge_schedule(on=today())
    permits = [
        (row.code, f"{row.title} ({row.authority_name})") for row in schedule if row.event == ChargeEvent.PERMIT.value
    ]
    form = EstimateForm(request.GET if request.GET else None, permits=permits)
    context: dict[str, Any] = {
        "form": form,
        "estimate": None,
        "crumbs": [Crumb(_("Fees and charges"), "/fees"), Crumb(_("Total for a consignment"))],
    }
    if form.is_bound and form.is_valid():
        context |= _estimated(form.cleaned_data)
    return render(request, "fees/estimate.html", context)


def _estimated(asked: dict[str, Any]) -> dict[str, Any]:
    at = datetime.combine(asked["on"], NOON) if asked["on"] else clock.now()
    try:
        found = charges_estimate(_consignment(asked), at=at)
    except RuleViolated as error:
        return {"violations": error.violations}
    names = dict(authorities())
    return {
        "estimate": found,
        "due": [(names.get(code, code), amount) for code, amount in found.due],
        "lines": [(names.get(line.authority, line.authority), line) for line in found.lines],
        "goods": hs_description(asked["code"]),
    }


def _consignment(asked: dict[str, Any]) -> Consignment:
    item = ItemFacts(
        number=1,
        pointer="/items/0",
        commodity_code=asked["code"],
        procedure="4000",
        stated_value=Sum(asked["value"], asked["currency"], "/value"),
        net_mass_kg=asked["net_mass_kg"],
    )
    counts = {name: asked[name] for name in ("containers", "storage_days", "overtime_hours")}
    facts = Facts(direction=Direction(asked["direction"]), items=(item,))
    return Consignment(facts, asked["office"], permits=tuple(asked["permits"]), **counts)
