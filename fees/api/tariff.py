"""REST of the tariff browser: lines that answer words, and everything that is asked of a code."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from fees import openapi_tariff as openapi
from fees.asked import day_asked, json_answer
from fees.tariff_asked import asked_of, digits_of, hits_of, page_json, page_of, words_of
from singlewindow.api.views import ApiView, known_parameters


class TariffSearchView(ApiView):
    """GET /api/v1/tariff/search"""

    permission_required = None  # the tariff is public (TFA article 1.1)

    @extend_schema(**openapi.SEARCH)
    def get(self, request: Request) -> HttpResponse:
        """Codes that answer words or digits, best first; words may be misspelt."""
        known_parameters(request, "q", "on")
        words, on = words_of(request._request), day_asked(request._request)
        found = [
            {
                "code": one.commodity.code,
                "description": one.commodity.description,
                "declarable": one.commodity.declarable,
                "score": f"{one.score}",
                "path": one.path,
            }
            for one in hits_of(words, on)
        ]
        return json_answer(request._request, {"q": words, "on": on, "results": found})


class TariffLineView(ApiView):
    """GET /api/v1/tariff/{code}"""

    permission_required = None  # the tariff is public (TFA article 1.1)

    @extend_schema(**openapi.LINE)
    def get(self, request: Request, code: str) -> HttpResponse:
        """One line with measures, permits, charges and quotas for a country and a day, each with law and version."""
        known_parameters(request, "country", "direction", "on", "known", "suffix")
        asked = asked_of(request._request)
        return json_answer(request._request, page_json(page_of(digits_of(code), asked), asked))
