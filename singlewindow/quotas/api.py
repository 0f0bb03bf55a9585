"""REST of quotas: what is left of each, and the days that were settled. Public, as the tariff is."""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from singlewindow.api.views import ApiView, json_response, known_parameters
from singlewindow.quotas import openapi
from singlewindow.quotas.shown import days_waiting, quota_of, quotas_on, runs_of
from singlewindow.quotas.types import QuotaView
from singlewindow.quotas.views import day_asked


class QuotasView(ApiView):
    """GET /api/v1/quotas"""

    permission_required = None  # what may be claimed is public (TFA article 1.1)

    @extend_schema(**openapi.LIST)
    def get(self, request: Request) -> HttpResponse:
        """The quotas with a period on a day: balance, open claims, critical level, state."""
        known_parameters(request, "on")
        on = day_asked(request._request)
        return json_response({"on": on.isoformat(), "quotas": [quota_output(one) for one in quotas_on(on)]})


class QuotaDetailView(ApiView):
    """GET /api/v1/quotas/{number}"""

    permission_required = None  # what may be claimed is public (TFA article 1.1)

    @extend_schema(**openapi.ONE)
    def get(self, request: Request, number: str) -> HttpResponse:
        """One quota with the days that were settled, newest first, and the days that wait."""
        known_parameters(request, "on")
        quota = quota_of(number, day_asked(request._request))
        settled = [
            {
                "day": run.day.isoformat(),
                "claims": run.claims,
                "demand": plain(run.demand),
                "granted": plain(run.granted),
                "left": plain(run.left),
            }
            for run in runs_of(quota.id)
        ]
        waiting = [day.isoformat() for day in days_waiting(quota.id)]
        return json_response({"quota": quota_output(quota), "settled": settled, "waiting": waiting})


def quota_output(one: QuotaView) -> dict[str, Any]:
    """A quota as the API tells it."""
    return {
        "order_number": one.order_number,
        "title": one.title,
        "law": one.law,
        "period_from": one.period_from.isoformat(),
        "period_to": one.period_to.isoformat(),
        "unit": one.unit,
        "volume": plain(one.volume),
        "balance": plain(one.balance),
        "pending": plain(one.pending),
        "critical_below": plain(one.critical_below),
        "state": one.state.value,
        "origins": list(one.origins),
        "last_settled_day": one.last_day.isoformat() if one.last_day else None,
    }


def plain(quantity: Decimal) -> str:
    """A quantity without zeros at its end and without exponent."""
    text = format(quantity, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
