"""REST of risk: what the control sample says of all trade, for anyone."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from risk import openapi
from risk.rules.estimate import CONFIDENCE, Estimate
from risk.selectors.compliance import compliance_months, compliance_quarters
from singlewindow.api.views import ApiView, json_response, known_parameters

KEPT_S = 3600
"""So long may anybody keep the figures: they change once a month, or when a late check is over."""


class ComplianceView(ApiView):
    """GET /api/v1/statistics/compliance"""

    permission_required = None  # published: how much of trade does not comply, of nobody in particular (N05)

    @extend_schema(**openapi.COMPLIANCE)
    def get(self, request: Request) -> HttpResponse:
        """The share of declarations that do not comply, by month and quarter, with its interval."""
        known_parameters(request)
        answer = {
            "confidence": f"{CONFIDENCE:.2f}",
            "method": "Clopper-Pearson, from the random control sample alone",
            "months": [_plain(one) for one in compliance_months()],
            "quarters": [_plain(one) for one in compliance_quarters()],
        }
        response = json_response(answer)
        response.headers["Cache-Control"] = f"public, max-age={KEPT_S}"
        return response


def _plain(one: Estimate) -> dict[str, Any]:
    return {
        "period": one.period,
        "drawn": one.drawn,
        "checked": one.checked,
        "not_checked": one.unchecked,
        "non_compliant": one.found,
        "share": f"{one.share:.4f}" if one.share is not None else None,
        "low": f"{one.low:.4f}",
        "high": f"{one.high:.4f}",
    }
